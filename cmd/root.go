// Package cmd is the command line: one file for each subcommand, and app.go, which builds what they run. No other package
// knows whether the program runs embedded or on many machines.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"blueline/config"
	"blueline/modules/telemetry"
)

// stopPatience is a little less than the 30 s that Heroku gives a dyno to stop.
const stopPatience = 28 * time.Second

// Execute runs the program with the arguments and returns its exit code.
func Execute(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // if the reader of the output ends, stop properly all the same
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the program at once
		time.AfterFunc(stopPatience, func() {
			fmt.Fprintln(errOut, "blueline: did not stop in time")
			os.Exit(1)
		})
	})
	return execute(ctx, args, out, errOut)
}

// execute is Execute with a context, whose end has the same effect as a signal.
func execute(ctx context.Context, args []string, out, errOut io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil { // stopped during the start
		return 0
	}
	if err != nil {
		fmt.Fprintln(errOut, "blueline:", err)
		return 1
	}
	return 0
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "blueline",
		Short: "A hockey analytics site that anyone can run",
		Long: "Blueline fetches the NHL's public statistics, stores them, calculates its own metrics and serves teams, rosters\n" +
			"and player profiles. `blueline demo` runs it with a simulated league and needs nothing else.",

		Version: telemetry.ThisBuild().String(),

		SilenceUsage:       true,
		SilenceErrors:      true,
		DisableSuggestions: true, // they would make an error longer than one line
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { // without Go's own reason
		reason, _, _ := strings.Cut(err.Error(), ": strconv.")
		return errors.New(reason)
	})
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	config.AddFlags(root.PersistentFlags())
	root.AddCommand(newDemo(), newUp(), newServe(), newWork(), newTrigger(), newMigrate(), newBackfill(), newXG(), newQueue(), newHealth(), newVersion())
	return root
}

// command returns a subcommand that loads the settings, runs, and closes what it has opened.
func command(use, short string, run func(ctx context.Context, a *app) error) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := config.Load(cmd.Flags())
			if err != nil {
				return err
			}
			a := newApp(settings, cmd.OutOrStdout(), cmd.ErrOrStderr())
			defer a.close()
			return run(cmd.Context(), a)
		},
	}
}

// parent returns a command that does nothing without one of its subcommands, which missing lists.
func parent(use, short, missing string, subcommands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return errors.New("a subcommand is missing: " + missing) },
	}
	cmd.AddCommand(subcommands...)
	return cmd
}
