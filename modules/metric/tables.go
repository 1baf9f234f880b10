package metric

// Table lists the keys of the statistics that a table of the site shows, in the order of its columns.
type Table struct{ Skaters, Goalies []string }

// The tables of the site.
var (
	// HeadlineTable is a career in one row.
	HeadlineTable = Table{
		[]string{"gp", "goals", "assists", "points", "percentile", "shots", "ppg", "s_pctg", "p_gp", "g_gp", "avg_toi"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so", "percentile"}}
	// SeasonTable has a row for each NHL season. A goalie with ties gets one more column.
	SeasonTable = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "pim", "ppg", "ppp", "shg", "shp", "gwg", "otg", "shots", "s_pctg",
			"fo_pctg", "avg_toi", "p_gp", "g_gp", "ixg", "g_ixg", "ixg_60"},
		[]string{"gp", "gs", "w", "l", "ot", "sa", "ga", "sv_pctg", "gaa", "so", "toi", "xga", "gsax", "gsax_60"}}
	// ElsewhereTable has a row for each season in another league, where fewer statistics are known.
	ElsewhereTable = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "pim"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}}
	// GameTable has a row for each game.
	GameTable = Table{
		[]string{"goals", "assists", "points", "plus_minus", "shots", "toi", "pim", "ppp", "shp", "gwg", "shifts", "ixg", "g_ixg"},
		[]string{"sa", "ga", "sv_pctg", "saves", "so", "toi", "gs", "xga", "gsax"}}
	// BoxTable has a row for each player of a game.
	BoxTable = Table{
		[]string{"goals", "assists", "points", "plus_minus", "pim", "shots", "hits", "blocks", "giveaways", "takeaways", "fo_pctg", "toi", "ixg"},
		[]string{"sa", "ga", "saves", "sv_pctg", "toi", "xga", "gsax"}}
	// SplitTable has a row for each split of a season.
	SplitTable = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "pim", "ppp", "shp", "gwg", "shots", "s_pctg", "p_gp", "avg_toi", "toi"},
		[]string{"gp", "gs", "w", "l", "ot", "sa", "ga", "sv_pctg", "gaa", "so", "toi"}}
	// RosterSeasonTable has a row for each player of a team, with his season. The rows are in the order of points, so points
	// come first after the games, and a phone shows them.
	RosterSeasonTable = Table{
		[]string{"gp", "points", "goals", "assists", "plus_minus", "pim", "shots", "avg_toi", "career_points"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}}
	// RosterCareerTable has a row for each player of a team, with his career.
	RosterCareerTable = Table{
		[]string{"gp", "career_points", "goals", "assists", "p_gp", "plus_minus", "pim", "avg_toi"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}}
	// ExplorerTable has a row for each player of a view, if the view names no other columns.
	ExplorerTable = Table{
		[]string{"gp", "points", "goals", "assists", "plus_minus", "pim", "ppp", "shots", "s_pctg", "avg_toi"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}}
	// SeasonFacts sum up a season in one line. W–L–OT is one of them.
	SeasonFacts = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "avg_toi"},
		[]string{"gp", "record", "sv_pctg", "gaa", "so"}}
)

// Percentiles are the metrics by which players are ranked in a season, grouped by what they show. Those that say little about
// a player come last.
var Percentiles = []struct {
	Name string
	Table
}{
	{"Scoring", Table{Skaters: []string{"points", "goals", "assists"}}},
	{"Rates", Table{Skaters: []string{"p_gp", "g_gp", "p_60", "g_60"}}},
	{"Shooting", Table{Skaters: []string{"s_60", "s_pctg"}}},
	{"Expected goals", Table{Skaters: []string{"ixg", "ixg_60", "g_ixg"}, Goalies: []string{"gsax", "gsax_60"}}},
	{"Special teams", Table{Skaters: []string{"ppp"}}},
	{"Goaltending", Table{Goalies: []string{"sv_pctg", "gaa"}}},
	{"Results", Table{Goalies: []string{"w", "so"}}},
	{"Usage", Table{Skaters: []string{"avg_toi"}, Goalies: []string{"gs"}}},
	{"Other", Table{Skaters: []string{"plus_minus", "pim", "shp", "gwg"}}},
}

// Ranked returns the keys of all metrics by which players of a group are ranked.
func Ranked(g Group) (keys []string) {
	for _, p := range Percentiles {
		keys = append(keys, p.Columns(g)...)
	}
	return keys
}

// Columns returns the keys for skaters or goalies.
func (t Table) Columns(g Group) []string {
	if g == Goalies {
		return t.Goalies
	}
	return t.Skaters
}
