package cmd

import (
	"github.com/spf13/cobra"

	"blueline/modules/telemetry"
)

// newVersion needs no settings, so that it answers where they are wrong.
func newVersion(c *console) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which commit this is and when it was built",
		Args:  cobra.NoArgs,
		Run:   func(*cobra.Command, []string) { c.printf("blueline %s\n", telemetry.ThisBuild()) },
	}
}
