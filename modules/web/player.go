package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"blueline/db"
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
	AgeYears   *int // today; nil when the birth date is unknown
	Percentile *float64
	Headline   templates.Table // the career in a row
	Trend      *trend          // nil while there are fewer than two days to tell of
	Choices    []choice        // the seasons that can be looked at; the chosen one is among them
	Bars       []bar
	Unranked   string // why there are no bars
	Chart      *chart // nil without games
	Log        templates.Table
	Notes      []string // what was corrected in the games shown
	Splits     []templates.Table
	Careers    []templates.Table // regular season, playoffs
	Elsewhere  []templates.Table // the same of other leagues
	Doubts     []string          // where two sources of a number disagree
}

// profile is a player with his ranks, and with what could not be fetched of him.
type profile struct {
	league.Profile
	analysis.PlayerRanks
	gaps []ledger.Gap
}

// choice is a season and game type to look at.
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
	if err != nil {
		return err
	}
	var path []crumb
	if p.Team != nil {
		path = append(path, crumb{p.Team.FullName, fmt.Sprintf("/team/%d", p.Team.ID)})
	}
	l, err := s.layout(ctx, p.FullName(), append(path, crumb{Name: p.FullName()})...)
	if err != nil {
		return err
	}
	page, err := newPlayerPage(l, p, v, s.Now())
	if err != nil {
		return err
	}
	page.Image, page.Address = webAddress(p.Headshot), s.address(page.View.URL())
	return s.render(w, http.StatusOK, "player", page)
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
	return slices.ContainsFunc(p.gaps, func(g ledger.Gap) bool { return g.Task != ledger.FetchGameData })
}

// logFailed reports whether the game log of the season shown could not be fetched, which follows his profile.
func (p profile) logFailed() bool {
	return p.Season == p.Current && p.profileFailed() || slices.ContainsFunc(p.gaps, func(g ledger.Gap) bool {
		return g.Task == ledger.FetchGameData && g.Season == int(p.Season) && g.GameType == p.GameType
	})
}

func newPlayerPage(l layout, p profile, v view, now time.Time) (page playerPage, err error) {
	v.player, v.current = p.ID, p.Current
	v.Season = p.Season
	if err := v.fillDefaults(p.Position.Goalie()); err != nil {
		return page, err
	}
	page = playerPage{layout: l, profile: p, View: v, Choices: choices(p.Profile, v), Doubts: doubts(p.Profile)}
	if p.BirthDate != nil {
		years := age(p.BirthDate.Time, now)
		page.AgeYears = &years
	}
	if p.Rank != nil {
		pr := percentile(p.Rank.Place)
		page.Percentile = &pr
	}
	page.Trend = newTrend(p.Days)
	page.Bars, page.Unranked = newBars(p)
	page.Chart = newChart(p.Profile, v)
	page.Notes = notes(p.Corrections)
	page.Headline = headlineTable(p.Profile, page.Percentile)
	page.Log = logTable(p.Profile)
	page.Splits = splitTables(p.Profile)
	page.Careers, page.Elsewhere = careerTables(p.Profile)
	return page, nil
}

func percentile(p analysis.Place) float64 { return analysis.PercentileRank(p.Below, p.Equal, p.Crowd) }

// age is in full years on the given day.
func age(born, today time.Time) int {
	years := today.Year() - born.Year()
	if today.Month() < born.Month() || today.Month() == born.Month() && today.Day() < born.Day() {
		years--
	}
	return years
}

// choices are the current season, and all the logs with a game in them, the latest first. They keep the chart as it is:
// who looks at the mean of ten games wants to compare it with last season's.
func choices(p league.Profile, v view) []choice {
	logs := slices.Clone(p.Logs)
	if shown := (league.Log{Season: p.Season, GameType: p.GameType, Games: 1}); p.Log() == nil {
		logs = append(logs, shown)
	}
	current := league.Log{Season: p.Current, GameType: league.RegularSeason}
	if !slices.ContainsFunc(logs, func(l league.Log) bool { return l.Season == current.Season && l.GameType == current.GameType }) {
		logs = append(logs, current)
	}
	slices.SortFunc(logs, func(a, b league.Log) int {
		if a.Season != b.Season {
			return int(b.Season - a.Season)
		}
		return b.GameType - a.GameType
	})
	var list []choice
	for _, l := range logs {
		shown := l.Season == p.Season && l.GameType == p.GameType
		if l.Season == 0 || l.Games == 0 && !shown && (l.Season != p.Current || l.GameType != league.RegularSeason) {
			continue
		}
		to := v
		to.Season, to.GameType = l.Season, l.GameType
		list = append(list, choice{Name: seasonName(l.Season, l.GameType), URL: to.ChartURL(p.Position.Goalie()), Current: shown})
	}
	return list
}

// seasonName is 2025–26, or 2025–26 playoffs.
func seasonName(s league.Season, gameType int) string {
	if gameType == league.Playoffs {
		return s.String() + " playoffs"
	}
	return s.String()
}

// SeasonTitle is the season shown, in full.
func (p playerPage) SeasonTitle() string {
	if p.GameType == league.Playoffs {
		return p.Season.String() + " playoffs"
	}
	return p.Season.String() + " regular season"
}

// seasonInText is the season within a sentence: 2025–26, or the 2025–26 playoffs.
func seasonInText(s league.Season, gameType int) string {
	if gameType == league.Playoffs {
		return "the " + seasonName(s, gameType)
	}
	return s.String()
}

// InText is the season shown, within a sentence.
func (p playerPage) InText() string { return seasonInText(p.Season, p.GameType) }

// missing says that something is not stored, and why if the NHL's API failed: most of what is missing was never asked for.
func missing(what string, failed bool) string {
	if failed {
		return what + " could not be fetched."
	}
	return what + " is not available."
}

// NoProfile and NoLog say what the page lacks.
func (p playerPage) NoProfile() string { return missing("His profile", p.profileFailed()) }
func (p playerPage) NoLog() string     { return missing("His game log for "+p.InText(), p.logFailed()) }

// GameNoun is a word for the games of the season shown.
func (p playerPage) GameNoun() string { return wordsOf(p.GameType).game }

// noPlayoffs tells that there is no log because there were no games: nobody asks for a log of playoffs that a career has
// no row of.
func noPlayoffs(p league.Profile) bool {
	return p.GameType == league.Playoffs && p.Log() == nil && seasonRow(p) == nil
}

// Unplayed tells that he has no game in the season shown, and that this is known.
func (p playerPage) Unplayed() bool {
	return len(p.Games) == 0 && (p.Profile.Log() != nil || noPlayoffs(p.Profile))
}

// doubts compares what different answers of the upstream say of the same thing.
func doubts(p league.Profile) []string {
	var found []string
	if p.Log() != nil {
		if row := seasonRow(p); row != nil {
			if d := difference(p.Position, *row, league.SumGames(p.Games)); d != "" {
				found = append(found, fmt.Sprintf("The NHL's row of %s and the games below do not add up to the same: %s.",
					seasonInText(p.Season, p.GameType), d))
			}
		}
	}
	for gameType, career := range map[int]league.StatLine{league.RegularSeason: p.Career, league.Playoffs: p.Playoffs} {
		if career.GP == nil {
			continue
		}
		if d := difference(p.Position, career, league.SumSeasons(nhlRows(p, gameType))); d != "" {
			what := map[int]string{league.RegularSeason: "regular-season", league.Playoffs: "playoff"}[gameType]
			found = append(found, fmt.Sprintf("The NHL's %s career and its season rows do not add up to the same: %s.", what, d))
		}
	}
	slices.Sort(found)
	return found
}

// seasonRow is what the career says of the season shown; nil if it has no row of it.
func seasonRow(p league.Profile) *league.StatLine {
	var rows []league.SeasonLine
	for _, row := range nhlRows(p, p.GameType) {
		if row.Season == p.Season {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	sum := league.SumSeasons(rows)
	return &sum
}

func nhlRows(p league.Profile, gameType int) []league.SeasonLine {
	var rows []league.SeasonLine
	for _, row := range p.Seasons {
		if row.League == league.NHL && row.GameType == gameType {
			rows = append(rows, row)
		}
	}
	return rows
}

// difference says where two lines that should be equal are not: 12 and 11 G. Both lines are empty for who never played.
func difference(position league.Position, a, b league.StatLine) string {
	keys := []string{"gp", "goals", "assists"}
	if position.Goalie() {
		keys = []string{"gp", "w", "ga"}
	}
	var found []string
	for _, key := range keys {
		m := metric.Must(key)
		x, y := m.Of(&a), m.Of(&b)
		if y == nil && b == (league.StatLine{}) { // the sum of nothing
			y = new(float64)
		}
		if x == nil || y == nil || *x == *y {
			continue
		}
		found = append(found, fmt.Sprintf("%s and %s %s", templates.Format(m, x), templates.Format(m, y), m.Abbr))
	}
	return strings.Join(found, ", ")
}

// change says what a correction changed: G 1 → 2.
func change(c league.Correction) string {
	if c.Stat == league.GameCorrected {
		if c.Now != nil && *c.Now > 0 {
			return "game added"
		}
		return "game withdrawn"
	}
	m, err := metric.ByColumn(c.Stat)
	if err != nil {
		return c.Stat + " changed"
	}
	return fmt.Sprintf("%s %s → %s", m.Abbr, templates.Format(m, float(c.Was)), templates.Format(m, float(c.Now)))
}

func float(n *int) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}

// notes tell of corrections, those of one game and one time in one sentence.
func notes(corrections []league.Correction) []string {
	type key struct {
		game int64
		at   time.Time
	}
	said := map[key][]string{}
	var order []key
	days := map[key]db.Date{}
	for _, c := range corrections {
		k := key{c.GameID, c.NoticedAt.Time}
		if said[k] == nil {
			order = append(order, k)
		}
		said[k], days[k] = append(said[k], change(c)), c.Date
	}
	list := make([]string, len(order))
	for i, k := range order {
		list[i] = fmt.Sprintf("Game of %s: %s, noticed %s.", days[k].Format(chartDate), strings.Join(said[k], ", "),
			k.at.UTC().Format("2 Jan 2006, 15:04 UTC"))
	}
	return list
}
