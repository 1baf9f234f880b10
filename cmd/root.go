// Package cmd is the command line: one file for each subcommand, and app.go, which builds everything they run. It is the
// only package that knows whether the program runs embedded or on many machines.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"blueline/config"
	"blueline/modules/telemetry"
)

// stopPatience is a little less than the 30 s after which Heroku kills a dyno that it has told to stop.
const stopPatience = 28 * time.Second

// Execute runs the program with the arguments and returns its exit code.
func Execute(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader of the output who leaves is no reason to leave things lying about
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the program at once
		time.AfterFunc(stopPatience, func() {
			fmt.Fprintln(errOut, "blueline: not stopped in time, giving up")
			os.Exit(1)
		})
	})
	return execute(ctx, args, out, errOut)
}

// execute is Execute under the caller's context, whose end stops what runs like a signal does.
func execute(ctx context.Context, args []string, out, errOut io.Writer) int {
	root := newRoot(newConsole(out, errOut))
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil { // stopped before it had begun
		return 0
	}
	if err != nil {
		fmt.Fprintln(errOut, "blueline:", err)
		return 1
	}
	return 0
}

func newRoot(c *console) *cobra.Command {
	root := &cobra.Command{
		Use:   "blueline",
		Short: "A hockey analytics site that anyone can run",
		Long:  "Blueline fetches the NHL's public statistics, stores them, computes its own metrics and serves teams, rosters\nand player profiles. `blueline demo` shows it with a simulated league and needs nothing else.",

		Version: telemetry.ThisBuild().String(),

		SilenceUsage:       true,
		SilenceErrors:      true,
		DisableSuggestions: true, // they are further lines
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	config.AddFlags(root.PersistentFlags())
	root.AddCommand(newDemo(c), newUp(c), newServe(c), newWork(c), newTrigger(c), newMigrate(c), newQueue(c), newHealth(c), newVersion(c))
	return root
}

// command is a subcommand that runs with the settings loaded.
func command(c *console, use, short string, run func(ctx context.Context, a *app) error) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := config.Load(cmd.Flags())
			if err != nil {
				return err
			}
			return run(cmd.Context(), newApp(settings, c))
		},
	}
}
