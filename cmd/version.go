package cmd

import (
	"github.com/spf13/cobra"

	"blueline/modules/telemetry"
)

// newVersion does not load the settings, so that it works if they are wrong.
func newVersion(c *console) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the commit and the build time",
		Args:  cobra.NoArgs,
		Run:   func(*cobra.Command, []string) { c.printf("blueline %s\n", telemetry.ThisBuild()) },
	}
}
