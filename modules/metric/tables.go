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
			"fo_pctg", "avg_toi", "p_gp", "g_gp"},
		[]string{"gp", "gs", "w", "l", "ot", "sa", "ga", "sv_pctg", "gaa", "so", "toi"}}
	// ElsewhereTable has a row for each season in another league, where fewer statistics are known.
	ElsewhereTable = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "pim"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}}
	// GameTable has a row for each game.
	GameTable = Table{
		[]string{"goals", "assists", "points", "plus_minus", "pim", "ppp", "shp", "gwg", "shots", "shifts", "toi"},
		[]string{"gs", "sa", "ga", "saves", "sv_pctg", "so", "toi"}}
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
	// Percentiles are the metrics by which players are ranked in a season.
	Percentiles = Table{
		[]string{"goals", "assists", "points", "p_gp", "g_gp", "p_60", "g_60", "s_60", "s_pctg", "ppp", "shp", "plus_minus", "pim", "gwg", "avg_toi"},
		[]string{"sv_pctg", "gaa", "w", "so", "gs"}}
)

// Columns returns the keys for skaters or goalies.
func (t Table) Columns(g Group) []string {
	if g == Goalies {
		return t.Goalies
	}
	return t.Skaters
}
