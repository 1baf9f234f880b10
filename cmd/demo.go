package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"blueline/modules/nhle/nhlesim"
)

// demoRate is no limit in practice, because the simulated league runs in this process.
const demoRate = 10_000

func newDemo() *cobra.Command {
	return command("demo", "Run everything in one process against a simulated league", demo)
}

// demo is up with a simulated league on a second loopback port, and a database that is deleted at the end.
func demo(ctx context.Context, a *app) error {
	l, err := a.listen(ctx, "localhost", "PORT", a.config.Port)
	if err != nil {
		return err
	}
	defer l.Close()
	dir, err := os.MkdirTemp("", "blueline-demo-")
	if err != nil {
		return fmt.Errorf("create a folder for the demo's database: %w", err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			a.log.Warn("cannot delete the demo's database", "error", err)
		}
	}()
	defer a.close() // before its database is deleted
	upstream, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open a port for the simulated league: %w", err)
	}
	simulated := nhlesim.New(nhlesim.Options{Seed: 1})
	simulation := &http.Server{Handler: simulated, ReadHeaderTimeout: readHeaderTimeout}
	go func() {
		if err := simulation.Serve(upstream); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("simulated league stopped", "error", err)
		}
	}()
	defer simulation.Close()

	a.config.DatabaseURL = "sqlite:" + filepath.Join(dir, "demo.db")
	a.config.AMQPURL = ""
	a.config.NHLEWebURL = "http://" + upstream.Addr().String()
	a.config.NHLEStatsURL = a.config.NHLEWebURL
	a.config.NHLERate = demoRate
	a.config.Season = 0
	a.log.Info("simulating the NHL", "url", a.config.NHLEWebURL)
	a.colours = map[int64][2]string{}
	for _, team := range simulated.Teams() {
		a.colours[team.ID] = [2]string{team.Colour, team.Trim}
	}
	return a.up(ctx, l, true)
}
