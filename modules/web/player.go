package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/metric"
	"blueline/templates"
)

type playerPage struct {
	layout
	profile
	View       view
	Words      words
	Age        *int // today; nil if the birth date is unknown
	Percentile *float64
	Headline   templates.Table // the career in one row
	Trend      *trend          // nil before there are two days
	Facts      []fact          // the season shown, in one line
	Moved      string          // the teams of the season shown, if there are several
	Choices    []choice        // the seasons to choose from, with the one shown
	Bars       []barGroup
	Ranking    templates.Table // the bars, for CSV
	Unranked   string          // why there are no bars
	Chart      *chart          // nil without games
	Shots      *shotMap        // nil without plays
	Log        templates.Table
	Notes      []string // corrections of the games shown
	Splits     []splitTable
	Careers    []templates.Table // NHL seasons: regular season, playoffs
	Elsewhere  []templates.Table // the same for other leagues
	Doubts     []string          // where two sources of a number disagree
}

// profile is a player with his ranks and with what could not be fetched.
type profile struct {
	league.Profile
	analysis.PlayerRanks
	gaps []ledger.Gap
}

// choice is a season and game type to choose.
type choice struct {
	Name    string
	URL     string
	Current bool
}

func (s *server) showPlayer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	v, err := readView(r.URL.Query())
	if err != nil {
		return err
	}
	p, err := s.profile(ctx, id, v)
	if errors.Is(err, league.ErrNotFound) && v.Season != 0 {
		return s.seasonNotStored(ctx, id, v)
	}
	if err != nil {
		return err
	}
	var path []crumb
	if p.Team != nil {
		path = append(path, crumb{p.Team.FullName, fmt.Sprintf("/team/%d", p.Team.ID)})
	}
	v.player, v.current, v.Season = p.ID, p.Default, p.Season
	l, err := s.layout(ctx, v.URL(), p.FullName(), append(path, crumb{Name: p.FullName()})...)
	if err != nil {
		return err
	}
	page, err := newPlayerPage(l, p, v, s.Now())
	if err != nil {
		return err
	}
	shots, err := s.playerShots(ctx, p.Profile)
	if err != nil {
		return err
	}
	if err := page.addShots(shots); err != nil {
		return err
	}
	page.Image = cmp.Or(s.shareImage(p), webAddress(p.Headshot))
	return s.show(w, r, "player", &page)
}

// seasonNotStored returns the error of a season in which the player has no games.
func (s *server) seasonNotStored(ctx context.Context, id int64, v view) error {
	p, err := s.Store.Profile(ctx, id, 0, league.RegularSeason)
	if err != nil {
		return err
	}
	return &statusError{http.StatusNotFound, fmt.Sprintf("%s has no NHL games in %s.", p.FullName(), seasonInText(v.Season, v.GameType))}
}

func (s *server) profile(ctx context.Context, id int64, v view) (p profile, err error) {
	if p.Profile, err = s.Store.Profile(ctx, id, v.Season, v.GameType); err != nil {
		return p, err
	}
	if p.PlayerRanks, err = s.Ranks.Of(ctx, p.Profile); err != nil {
		return p, err
	}
	if !p.Fetched || p.Log() == nil {
		p.gaps, err = s.Ledger.GapsOf(ctx, id)
	}
	return p, err
}

// profileFailed reports whether his profile could not be fetched.
func (p profile) profileFailed() bool {
	return slices.ContainsFunc(p.gaps, func(g ledger.Gap) bool { return g.Name != ledger.FetchGameData })
}

// logFailed reports whether the game log of the season shown could not be fetched. The current one is fetched after the
// profile, and not without it.
func (p profile) logFailed() bool {
	return p.Season == p.Current && p.profileFailed() || slices.ContainsFunc(p.gaps, func(g ledger.Gap) bool {
		return g.Name == ledger.FetchGameData && g.Season == int(p.Season) && g.GameType == p.GameType
	})
}

func newPlayerPage(l layout, p profile, v view, now time.Time) (page playerPage, err error) {
	v.player, v.current, v.Season = p.ID, p.Default, p.Season
	if err := v.fillDefaults(p.Position.Goalie()); err != nil {
		return page, err
	}
	page = playerPage{layout: l, profile: p, View: v, Words: wordsOf(p.GameType), Choices: choices(p.Profile, v),
		Facts: seasonFacts(p.Profile), Moved: moved(p.Profile), Trend: newTrend(p.Days), Chart: newChart(p.Profile, v), Log: logTable(p.Profile), Notes: notes(p.Corrections),
		Splits: splitTables(p.Profile), Doubts: doubts(p.Profile)}
	if p.BirthDate != nil {
		page.Age = new(age(p.BirthDate.Time, now))
	}
	if p.Rank != nil {
		page.Percentile = new(percentile(p.Rank.Place))
	}
	page.Bars, page.Unranked = newBars(p)
	page.Ranking = rankingTable(p)
	page.Headline = headlineTable(p.Profile, page.Percentile)
	page.Careers, page.Elsewhere = careerTables(p.Profile)
	return page, nil
}

func percentile(p analysis.Place) float64 { return analysis.PercentileRank(p.Below, p.Equal, p.Peers) }

// age returns the full years on the given day.
func age(born, today time.Time) int {
	years := today.Year() - born.Year()
	if today.Month() < born.Month() || today.Month() == born.Month() && today.Day() < born.Day() {
		years--
	}
	return years
}

// choices returns the default season, the season shown and all game logs with a game, latest first. Their links keep the
// chart's settings, so that a reader can compare the same chart between seasons.
func choices(p league.Profile, v view) []choice {
	type key struct {
		season   league.Season
		gameType int
	}
	shown := key{p.Season, p.GameType}
	keys := []key{shown, {p.Default, league.RegularSeason}}
	for _, l := range p.Logs {
		if l.Games > 0 {
			keys = append(keys, key{l.Season, l.GameType})
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(b.season, a.season), b.gameType-a.gameType) })
	var list []choice
	for _, k := range slices.Compact(keys) {
		if k.season == 0 { // before the first refresh
			continue
		}
		v.Season, v.GameType = k.season, k.gameType
		list = append(list, choice{Name: seasonName(k.season, k.gameType), URL: v.ChartURL(p.Position.Goalie()), Current: k == shown})
	}
	return list
}

// InTitle returns the season shown as a heading has it.
func (p profile) InTitle() string { return seasonName(p.Season, p.GameType) }

// URL returns the address of the player's page.
func (p profile) URL() string { return fmt.Sprintf("/player/%d", p.ID) }

// Compare returns the address of a comparison that starts with the player.
func (p profile) Compare() string { return fmt.Sprintf("/compare?players=%d", p.ID) }

// Hand returns the hand he shoots or catches with, or nothing if it is unknown.
func (p profile) Hand() string { return map[string]string{"L": "Left", "R": "Right"}[p.Shoots] }

// InText returns the season shown as it reads in a sentence.
func (p profile) InText() string { return seasonInText(p.Season, p.GameType) }

// NoProfile says that the profile is missing.
func (p profile) NoProfile() string { return missing("His profile", p.profileFailed()) }

// NoLog says that the game log of the season shown is missing, or that he has no game in it.
func (p profile) NoLog() string {
	if p.Log() != nil || noPlayoffs(p.Profile) {
		return fmt.Sprintf("No %ss in %s.", wordsOf(p.GameType).Game, p.Season)
	}
	return missing("His game log for "+p.InText(), p.logFailed())
}

// StoredLogs says which game logs are stored.
func (p profile) StoredLogs() string {
	var names []string
	for _, l := range p.Logs {
		if l.Games > 0 {
			names = append(names, seasonInText(l.Season, l.GameType))
		}
	}
	if len(names) == 0 {
		return "No game log is stored."
	}
	return "Game logs are stored for " + sentence(names) + "."
}

// noPlayoffs reports whether there is no log because he has not played in the playoffs: a log of playoffs is only fetched if
// the career has a row of them.
func noPlayoffs(p league.Profile) bool {
	return p.GameType == league.Playoffs && p.Log() == nil && len(shownRows(p)) == 0
}

// doubts compares totals that the NHL gives in several places.
func doubts(p league.Profile) []string {
	var found []string
	compare := func(what string, a, b league.StatLine) {
		if d := difference(p.Position, a, b); d != "" {
			found = append(found, fmt.Sprintf("The NHL’s %s: %s.", what, d))
		}
	}
	if rows := shownRows(p); p.Log() != nil && len(rows) > 0 {
		compare("totals for "+seasonInText(p.Season, p.GameType)+" differ from the games below", league.SumSeasons(rows), league.SumGames(p.Games))
	}
	if p.Playoffs.GP != nil {
		compare("career playoff totals differ from its season rows", p.Playoffs, league.SumSeasons(nhlRows(p, league.Playoffs)))
	}
	if p.Career.GP != nil {
		compare("career regular-season totals differ from its season rows", p.Career, league.SumSeasons(nhlRows(p, league.RegularSeason)))
	}
	return found
}

// shownRows returns the career's rows of the season shown, one for each team.
func shownRows(p league.Profile) []league.SeasonLine {
	return slices.DeleteFunc(nhlRows(p, p.GameType), func(row league.SeasonLine) bool { return row.Season != p.Season })
}

func nhlRows(p league.Profile, gameType int) []league.SeasonLine {
	return slices.DeleteFunc(slices.Clone(p.Seasons), func(row league.SeasonLine) bool {
		return row.League != league.NHL || row.GameType != gameType
	})
}

// difference returns where two lines differ that should be equal: 12 vs 11 G. An empty line is that of no games.
func difference(position league.Position, a, b league.StatLine) string {
	keys := []string{"gp", "goals", "assists"}
	if position.Goalie() {
		keys = []string{"gp", "w", "ga"}
	}
	var found []string
	for _, key := range keys {
		m := metric.Must(key)
		x, y := m.Of(&a), m.Of(&b)
		if b == (league.StatLine{}) {
			y = new(float64)
		}
		if x == nil || y == nil || *x == *y {
			continue
		}
		found = append(found, fmt.Sprintf("%s vs %s %s", templates.Format(m, x), templates.Format(m, y), m.Abbr))
	}
	return strings.Join(found, ", ")
}

// change is a corrected statistic as pages show it. A whole game that was added or withdrawn is a change of GP.
type change struct{ stat, was, now string }

func changeOf(stat string, was, now *int) change {
	if stat == league.GameCorrected {
		stat = "gp"
	}
	m, err := metric.Get(stat)
	if err != nil {
		m = metric.Metric{Abbr: stat, Unit: metric.Count}
	}
	return change{m.Abbr, templates.Format(m, float(was)), templates.Format(m, float(now))}
}

// String returns the change as it reads in a sentence: G 1 → 2.
func (c change) String() string { return fmt.Sprintf("%s %s → %s", c.stat, c.was, c.now) }

func float(n *int) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}

// notes returns a sentence for each corrected game and time. The corrections come ordered by both.
func notes(corrections []league.Correction) []string {
	var list []string
	for len(corrections) > 0 {
		first, n := corrections[0], 0
		var changes []string
		for n < len(corrections) && corrections[n].GameID == first.GameID && corrections[n].NoticedAt == first.NoticedAt {
			changes = append(changes, changeOf(statistic(corrections[n].Stat), corrections[n].Was, corrections[n].Now).String())
			n++
		}
		list = append(list, fmt.Sprintf("Game of %s: %s, noticed %s.", first.Date.Format(chartDate), strings.Join(changes, ", "),
			first.NoticedAt.UTC().Format("2 Jan 2006, 15:04 UTC")))
		corrections = corrections[n:]
	}
	return list
}
