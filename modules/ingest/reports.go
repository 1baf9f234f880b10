package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// seasonsPerReport keeps a report below the 10,000 rows at which the NHL cuts it: the largest seasons have about a thousand skaters.
const seasonsPerReport = 8

// fetchedWhole reports whether a report is stored as it was after the end of its season.
func fetchedWhole(stored map[league.ReportSeason]db.Instant, r league.ReportSeason) bool {
	_, end := daysOf(int(r.Season))
	return stored[r].After(end)
}

// reportTasks returns the tasks that fetch the bulk reports of a range of seasons as far as they are not stored, the latest
// seasons first, because they matter most. The current season is fetched again if it has games of the type.
func (in *Ingester) reportTasks(ctx context.Context, store *league.Store, first, last, current int) ([]queue.Task, error) {
	if first == 0 {
		return nil, nil
	}
	stored, err := store.StoredReports(ctx)
	if err != nil {
		return nil, err
	}
	played, err := store.GameTypes(ctx, league.Season(current))
	if err != nil {
		return nil, err
	}
	var tasks []queue.Task
	for _, report := range ledger.Reports {
		for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
			wanted := func(season int) bool {
				r := league.ReportSeason{Report: report, Season: league.Season(season), GameType: gameType}
				if _, there := stored[r]; there && season == current {
					return slices.Contains(played, gameType)
				}
				return !fetchedWhole(stored, r)
			}
			for _, r := range ranges(first, last, wanted) {
				tasks = append(tasks, queue.Task{Name: report, Season: r[0], Last: r[1], GameType: gameType})
			}
		}
	}
	slices.SortStableFunc(tasks, func(a, b queue.Task) int { return cmp.Compare(b.Season, a.Season) })
	return tasks, nil
}

// ranges returns the wanted seasons as ranges of at most seasonsPerReport.
func ranges(first, last int, wanted func(season int) bool) (list [][2]int) {
	n := 0 // seasons of the last range
	for season := first; season <= last; season += league.Year {
		switch {
		case !wanted(season):
			n = seasonsPerReport
		case n == 0 || n == seasonsPerReport:
			list, n = append(list, [2]int{season, season}), 1
		default:
			list[len(list)-1][1] = season
			n++
		}
	}
	return list
}

// fetchReport fetches and stores a bulk report of a range of seasons.
func (in *Ingester) fetchReport(ctx context.Context, t queue.Task) (save, error) {
	of := league.ReportRange{Report: t.Name, First: league.Season(t.Season), Last: league.Season(t.Last), GameType: t.GameType}
	seasons := nhle.Range{First: t.Season, Last: t.Last, GameType: t.GameType}
	group := nhle.Skaters
	if t.Name == ledger.FetchGoalieTotals || t.Name == ledger.FetchGoalieBios {
		group = nhle.Goalies
	}
	switch t.Name {
	case ledger.FetchTeamTotals:
		rows, err := in.API.TeamSummaries(ctx, seasons)
		return func(tx db.Querier) ([]queue.Task, error) {
			return nil, league.NewStore(tx).ReplaceTeamTotals(ctx, of, teamTotals(rows, t.GameType), in.at())
		}, err
	case ledger.FetchSkaterBios, ledger.FetchGoalieBios:
		rows, err := in.API.Bios(ctx, group, seasons)
		return func(tx db.Querier) ([]queue.Task, error) {
			return nil, league.NewStore(tx).SaveBios(ctx, of, bios(rows), in.at())
		}, err
	}
	rows, err := in.API.Summaries(ctx, group, seasons)
	return func(tx db.Querier) ([]queue.Task, error) {
		players, totals := seasonTotals(rows, t.GameType)
		return nil, league.NewStore(tx).ReplaceSeasonTotals(ctx, of, group == nhle.Goalies, players, totals, in.at())
	}, err
}

// deriveTotals calculates what follows from several reports.
func deriveTotals(ctx context.Context, q db.Querier) error {
	store := league.NewStore(q)
	if err := store.DeriveSeasonTotals(ctx, []string{ledger.FetchSkaterTotals, ledger.FetchGoalieTotals}); err != nil {
		return err
	}
	seasons, err := store.ScheduledSeasons(ctx)
	for season := range seasons {
		err = errors.Join(err, store.DeriveExpectedTotals(ctx, season))
	}
	return err
}

// Progress is how far a backfill is. A schedule adds the tasks of its games.
type Progress struct {
	Done, Tasks int
	Took        time.Duration
}

// Backfill fetches the bulk reports of a range of seasons as far as they are not stored, and the games of those past seasons whose game
// logs are fetched as well, without the queue. It calls progress before each task and at the end. It can be interrupted: what is
// stored stays, and the next backfill continues.
func (in *Ingester) Backfill(ctx context.Context, first, last int, progress func(Progress)) error {
	current := in.Season
	if current == 0 {
		var err error
		if current, err = in.API.CurrentSeason(ctx); err != nil {
			return err
		}
	}
	if last == 0 || last > current {
		last = current
	}
	tasks, err := in.reportTasks(ctx, in.league(), first, last, current)
	if err != nil {
		return err
	}
	games, err := in.pastGames(ctx, in.league(), current)
	if err != nil {
		return err
	}
	tasks = append(tasks, slices.DeleteFunc(games, func(t queue.Task) bool { return t.Season < first || t.Season > last })...)
	began := in.Now()
	for i := 0; i < len(tasks); i++ {
		progress(Progress{i, len(tasks), in.Now().Sub(began)})
		follow, err := in.fetchNow(ctx, tasks[i])
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", tasks[i].Key(), err), in.deriveNow(ctx))
		}
		tasks = append(tasks, follow...)
	}
	progress(Progress{len(tasks), len(tasks), in.Now().Sub(began)})
	return in.deriveNow(ctx)
}

// fetchNow fetches and stores the data of a task outside of a refresh.
func (in *Ingester) fetchNow(ctx context.Context, t queue.Task) (follow []queue.Task, err error) {
	save, err := in.fetch(ctx, t)
	if err != nil {
		return nil, err
	}
	err = db.InTx(ctx, in.DB, func(tx db.Querier) error {
		follow, err = save(tx)
		return err
	})
	return follow, err
}

// deriveNow also runs if the backfill was interrupted.
func (in *Ingester) deriveNow(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	return db.InTx(ctx, in.DB, func(tx db.Querier) error { return deriveTotals(ctx, tx) })
}

// seasonTotals translates the rows of a summary, and returns the players they are about.
func seasonTotals(rows []nhle.Summary, gameType int) (players []league.Player, totals []league.SeasonTotal) {
	for _, row := range rows {
		position := league.Position(cmp.Or(row.Position, "G"))
		players = append(players, namedPlayer(row.PlayerID, row.SkaterName+row.GoalieName, row.LastName, position))
		line := lineOf(row)
		if row.SecondsAGame != nil && *row.SecondsAGame > 0 {
			line.AvgTOI = new(int(math.Round(*row.SecondsAGame)))
			line.TOI = new(int(math.Round(*row.SecondsAGame * float64(*row.GamesPlayed))))
		}
		if line.FaceoffPctg != nil && *line.FaceoffPctg == 0 {
			line.FaceoffPctg = nil // also 0 for some players without faceoffs
		}
		totals = append(totals, league.SeasonTotal{LogKey: league.LogKey{PlayerID: row.PlayerID, Season: league.Season(row.Season), GameType: gameType},
			Position: position, Teams: row.TeamAbbrevs, StatLine: line})
	}
	return players, totals
}

// namedPlayer returns a player of a bulk report, which has no first name.
func namedPlayer(id int64, full, last string, position league.Position) league.Player {
	return league.Player{ID: id, FirstName: strings.TrimSpace(strings.TrimSuffix(full, last)), LastName: last, Position: position}
}

func teamTotals(rows []nhle.TeamSummary, gameType int) []league.TeamTotal {
	totals := make([]league.TeamTotal, len(rows))
	for i, r := range rows {
		totals[i] = league.TeamTotal{TeamID: r.TeamID, Season: league.Season(r.Season), GameType: gameType, Name: r.TeamFullName,
			GP: r.GamesPlayed, Wins: r.Wins, Losses: r.Losses, Ties: r.Ties, OTLosses: r.OTLosses, Points: r.Points,
			GoalsFor: r.GoalsFor, GoalsAgainst: r.GoalsAgainst}
	}
	return totals
}

func bios(rows []nhle.Bio) []league.Bio {
	list := make([]league.Bio, len(rows))
	for i, r := range rows {
		p := namedPlayer(r.PlayerID, r.SkaterName+r.GoalieName, r.LastName, league.Position(cmp.Or(r.Position, "G")))
		p.BirthCity, p.BirthProvince, p.BirthCountry = r.BirthCity, r.BirthProvince, r.BirthCountry
		p.HeightIn, p.HeightCm = r.Height, scaled(r.Height, 2.54)
		p.WeightLb, p.WeightKg = r.Weight, scaled(r.Weight, 0.45359237)
		p.Shoots, p.DraftYear, p.DraftRound, p.DraftOverall = r.ShootsCatches, r.DraftYear, r.DraftRound, r.DraftOverall
		if !r.BirthDate.IsZero() {
			p.BirthDate = &db.Date{Time: r.BirthDate.Time}
		}
		list[i] = league.Bio{Player: p, Nationality: r.Nationality, HallOfFame: r.HallOfFame == "Y"}
	}
	return list
}

func scaled(n *int, factor float64) *int {
	if n == nil {
		return nil
	}
	return new(int(math.Round(float64(*n) * factor)))
}
