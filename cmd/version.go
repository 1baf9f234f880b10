package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"blueline/modules/telemetry"
)

// newVersion does not load the settings, so that it works if they are wrong.
func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the commit and the build time",
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintln(cmd.OutOrStdout(), "blueline", telemetry.ThisBuild())
		},
	}
}
