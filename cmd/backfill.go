package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"blueline/db"
	"blueline/modules/ingest"
	"blueline/modules/league"
)

func newBackfill() *cobra.Command {
	var from, to int
	var again bool
	cmd := command("backfill", "Fetch what is not stored of the totals since 1917-18 and of the games of HISTORY seasons", func(ctx context.Context, a *app) error {
		return a.backfill(ctx, from, to, again)
	})
	cmd.PreRunE = func(*cobra.Command, []string) error {
		for name, season := range map[string]int{"from": from, "to": to} {
			if s := league.Season(season); s != 0 && (s < league.FirstSeason || !s.Valid()) {
				return fmt.Errorf("--%s must be a season since 19171918, such as 20252026", name)
			}
		}
		if to != 0 && to < from {
			return fmt.Errorf("--to %d is before --from %d", to, from)
		}
		return nil
	}
	cmd.Flags().IntVar(&from, "from", int(league.FirstSeason), "first season")
	cmd.Flags().IntVar(&to, "to", 0, "last season; the current one by default")
	cmd.Flags().BoolVar(&again, "again", false, "fetch totals again that are stored, because the NHL corrects old ones now and then")
	return cmd
}

// backfill fetches in this process. It may run beside a server: both store the same.
func (a *app) backfill(ctx context.Context, from, to int, again bool) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	if again {
		last := league.Season(cmp.Or(to, 99999999))
		if err := league.NewStore(a.db).OutdateReports(ctx, league.Season(from), last); err != nil {
			return err
		}
	}
	var requests atomic.Int64
	a.ingester.API = a.newClient(func(string, string, time.Duration) { requests.Add(1) })
	began := db.At(now())
	bar := progressBar{out: a.out, terminal: isTerminal(a.out)}
	err := a.ingester.Backfill(ctx, from, to, bar.show)
	rows, countErr := league.NewStore(a.db).ReportRows(context.WithoutCancel(ctx), began)
	if countErr != nil {
		return errors.Join(err, countErr)
	}
	a.printf("rows: %d, requests: %d\n", rows, requests.Load())
	if err != nil {
		a.printf("not complete: run the same command again to continue\n")
	}
	return err
}

// progressBar shows the progress of a backfill: one line on a terminal, otherwise a line for every tenth of it.
type progressBar struct {
	out      io.Writer
	terminal bool
	tenths   int // already shown
}

const barWidth = 30

func (b *progressBar) show(p ingest.Progress) {
	if p.Tasks == 0 {
		fmt.Fprintln(b.out, "everything is stored")
		return
	}
	text := fmt.Sprintf("%d of %d tasks", p.Done, p.Tasks)
	if p.Done > 0 && p.Done < p.Tasks {
		left := p.Took / time.Duration(p.Done) * time.Duration(p.Tasks-p.Done)
		text += fmt.Sprintf(", about %v left", left.Round(time.Second))
	}
	tenths := 10 * p.Done / p.Tasks
	switch {
	case b.terminal:
		full := barWidth * p.Done / p.Tasks
		fmt.Fprintf(b.out, "\r[%s%s] %-40s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), text)
		if p.Done == p.Tasks {
			fmt.Fprintln(b.out)
		}
	case p.Done == 0 || tenths > b.tenths:
		fmt.Fprintln(b.out, text)
	}
	b.tenths = tenths
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
