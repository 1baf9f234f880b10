package cmd

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"blueline/config"
	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/nhle"
	"blueline/modules/xg"
)

func newXG() *cobra.Command {
	cmd := parent("xg", "Train and evaluate the expected-goals model, and score attempts with it", "train, evaluate or score")
	train := xgCommand("train", "Train the model on the games and write it to a file", (*app).trainXG)
	train.Flags().String("out", "modules/xg/model.json", "file to write the model to")
	evaluate := xgCommand("evaluate", "Print the error of the model on games that it was not trained on, and write it to a file", (*app).evaluateXG)
	evaluate.Flags().String("out", "modules/xg/evaluation.json", "file to write the evaluation to")
	cmd.AddCommand(train, evaluate, xgCommand("score", "Print the expected goals of every attempt as CSV", (*app).scoreXG))
	return cmd
}

// xgCommand returns a subcommand that reads games from the files that are its arguments, or from the database if there are none.
func xgCommand(use, short string, run xgRun) *cobra.Command {
	return &cobra.Command{
		Use:   use + " [FILE...]",
		Short: short,
		Long: short + ". The files are recorded play-by-play responses of the NHL as JSON, one or more per file,\n" +
			"optionally compressed with gzip. Without files, the games are those in DATABASE_URL with expected goals: all their plays are stored.",
		RunE: func(cmd *cobra.Command, files []string) error {
			settings, err := config.Load(cmd.Flags())
			if err != nil {
				return err
			}
			a := newApp(settings, cmd.OutOrStdout(), cmd.ErrOrStderr())
			defer a.close()
			out := ""
			if flag := cmd.Flags().Lookup("out"); flag != nil {
				out = flag.Value.String()
			}
			return a.runXG(cmd.Context(), run, files, out)
		},
	}
}

// xgRun is what a subcommand does with the games. A file that it writes is named out.
type xgRun func(a *app, ctx context.Context, games []xg.Game, out string) error

// runXG reads the games and runs a subcommand. If it is stopped, it fails, so that a script does not continue with an old file. A stopped
// server succeeds.
func (a *app) runXG(ctx context.Context, run xgRun, files []string, out string) error {
	if slices.ContainsFunc(files, func(file string) bool { return sameFile(file, out) }) {
		return fmt.Errorf("--out %s is one of the files to read", out)
	}
	games, err := a.playedGames(ctx, files)
	if err == nil {
		err = run(a, ctx, games, out)
	}
	if err != nil && ctx.Err() != nil {
		return errors.New("stopped before the end")
	}
	return err
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// writeFile replaces a file as a whole: if it fails, the old file stays as it is. A device, such as /dev/stdout, cannot be replaced.
func writeFile(ctx context.Context, name string, text []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(name, text, 0o644)
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err == nil {
		defer os.Remove(file.Name()) // fails after a rename
		_, err = file.Write(text)
		err = cmp.Or(err, file.Chmod(0o644), file.Sync(), file.Close())
	}
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, errors.Unwrap(err)) // not the name of the temporary file
	}
	return nil
}

func (a *app) trainXG(ctx context.Context, games []xg.Game, out string) error {
	m, err := xg.Train(ctx, games)
	if err != nil {
		return err
	}
	if err := writeFile(ctx, out, m.Encode()); err != nil {
		return err
	}
	a.printf("model %s from %d games, %d attempts and %d goals: %s\n", m.Version, m.Data.Games, m.Data.Attempts, m.Data.Goals, out)
	return nil
}

func (a *app) evaluateXG(ctx context.Context, games []xg.Game, out string) error {
	e, err := xg.Evaluate(ctx, games)
	if err != nil {
		return err
	}
	if err := writeFile(ctx, out, e.Encode()); err != nil {
		return err
	}
	a.printf("model %s, %d games from %s to %s in %d folds, %d own goals left out\n", e.Version, e.Data.Games, e.Data.From, e.Data.To, xg.Folds, e.OwnGoals)
	a.printf("%-26s %8s %6s %9s %8s %6s\n", "", "attempts", "goals", "xG", "log-loss", "AUC")
	line := func(name string, f xg.Figures) {
		a.printf("%-26s %8d %6d %9.2f %8.5f %6.4f\n", name, f.Attempts, f.Goals, f.XG, f.LogLoss, f.AUC)
	}
	line("all attempts", e.All)
	line("without empty nets", e.Guarded)
	line(fmt.Sprintf("goals %d seconds earlier", e.ClockShift), e.Clock)
	for _, d := range e.Deciles {
		line("decile "+d.Name, d)
	}
	for _, s := range e.Segments {
		for _, f := range s.Rows {
			line(s.Name+": "+f.Name, f)
		}
	}
	a.printf("calibration: slope %.4f, intercept %.4f; xG per goal %.4f\n", e.Calibration.Slope, e.Calibration.Intercept, e.All.XG/float64(e.All.Goals))
	return nil
}

// scoreXG writes a row for every attempt. It has no xG if it was blocked, an own goal, or in a shootout.
func (a *app) scoreXG(ctx context.Context, games []xg.Game, _ string) error {
	w := csv.NewWriter(a.out)
	w.Write([]string{"game", "event_id", "xg"})
	for _, g := range games {
		for i, score := range xg.Score(g.Plays) {
			p := &g.Plays[i]
			if !p.Attempt() {
				continue
			}
			value := ""
			if score != nil {
				value = strconv.FormatFloat(*score, 'f', 6, 64)
			}
			w.Write([]string{strconv.FormatInt(g.ID, 10), strconv.FormatInt(p.EventID, 10), value})
		}
		w.Flush()
		if err := cmp.Or(w.Error(), ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// playedGames returns the games of the files, or those of the database, sorted by id.
func (a *app) playedGames(ctx context.Context, files []string) (games []xg.Game, err error) {
	if len(files) == 0 {
		if games, err = a.storedPlays(ctx); err != nil {
			return nil, err
		}
	}
	in := map[int64]string{} // the file of a game
	for _, name := range files {
		more, err := readGames(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, g := range more {
			switch first := in[g.ID]; first {
			case "":
				in[g.ID] = name
			case name:
				return nil, fmt.Errorf("game %d is in %s twice", g.ID, name)
			default:
				return nil, fmt.Errorf("game %d is in %s and in %s", g.ID, first, name)
			}
		}
		games = append(games, more...)
	}
	slices.SortFunc(games, func(a, b xg.Game) int { return cmp.Compare(a.ID, b.ID) })
	return games, nil
}

// storedPlays returns the games with expected goals: the plays of the others are missing or incomplete.
func (a *app) storedPlays(ctx context.Context) (games []xg.Game, err error) {
	if err := a.openMigrated(ctx); err != nil {
		return nil, err
	}
	store := league.NewStore(a.db)
	stored, err := store.RatedGames(ctx)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 {
		return nil, errors.New("the database has no game with all its plays; give files of recorded games instead")
	}
	var ids []int64
	dates := map[int64]string{}
	for _, g := range stored {
		ids, dates[g.ID] = append(ids, g.ID), g.Date.String()
	}
	err = store.EachPlays(ctx, ids, func(some map[int64][]league.Play) error {
		for id, plays := range some {
			games = append(games, xg.Game{ID: id, Date: dates[id], Plays: plays})
		}
		return nil
	})
	return games, err
}

// readGames returns the games of a file of play-by-play responses.
func readGames(ctx context.Context, name string) (games []xg.Game, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, errors.Unwrap(err) // the caller names the file
	}
	defer file.Close()
	text, err := plainText(file)
	if err != nil {
		return nil, unreadable(1, err)
	}
	answers := json.NewDecoder(text)
	for n := 1; ctx.Err() == nil; n++ {
		var answer json.RawMessage
		switch err := answers.Decode(&answer); {
		case errors.Is(err, io.EOF) && n > 1:
			return games, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("the file is empty")
		case err != nil:
			return nil, unreadable(n, err)
		}
		g, err := nhle.DecodePlayByPlay(answer)
		switch {
		case err != nil:
			return nil, notPlayByPlay(n, err)
		case !g.State.Over():
			return nil, fmt.Errorf("game %d is not over", g.ID)
		case len(g.Events()) == 0:
			return nil, fmt.Errorf("game %d has no plays", g.ID)
		}
		games = append(games, xg.Game{ID: g.ID, Date: g.Date.Format(time.DateOnly), Plays: ingest.Plays(g)})
	}
	return nil, ctx.Err()
}

// plainText returns the text of a file that may be compressed, without the byte-order mark that some editors put first.
func plainText(file io.Reader) (io.Reader, error) {
	text := bufio.NewReader(file)
	if starts(text, "\x1f\x8b") {
		z, err := gzip.NewReader(text)
		if err != nil {
			return nil, err
		}
		text = bufio.NewReader(z)
	}
	if mark := "\uFEFF"; starts(text, mark) {
		text.Discard(len(mark))
	}
	return text, nil
}

func starts(text *bufio.Reader, with string) bool {
	start, _ := text.Peek(len(with)) // the next read returns the error
	return string(start) == with
}

// unreadable describes why a response of a file could not be read.
func unreadable(n int, err error) error {
	var syntax *json.SyntaxError
	var path *fs.PathError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the file is cut off in response %d", n)
	case errors.As(err, &syntax):
		return fmt.Errorf("response %d is not JSON: %w", n, err)
	case errors.As(err, &path): // of a folder, for example
		return path.Err
	}
	return fmt.Errorf("response %d cannot be read: %w", n, err)
}

// notPlayByPlay describes why a response is no play-by-play, without the names of Go's types.
func notPlayByPlay(n int, err error) error {
	reason := strings.TrimPrefix(err.Error(), nhle.ErrMalformed.Error()+": ")
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		reason = "unexpected " + other.Value
		if field := strings.TrimPrefix(other.Field, "ScoredGame."); field != "" {
			reason += " in " + field
		}
	}
	return fmt.Errorf("response %d is not a play-by-play: %s", n, reason)
}
