package metric

// Table is the statistics that a table of the site shows, as keys in the order of the page.
type Table struct{ Skaters, Goalies []string }

// The tables of the site.
var (
	// HeadlineTable is a career in a row.
	HeadlineTable = Table{
		[]string{"gp", "goals", "assists", "points", "percentile", "shots", "ppg", "s_pctg", "p_gp", "g_gp", "avg_toi"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so", "percentile"}}
	// SeasonTable has a row for each NHL season. Who has ties has a column more.
	SeasonTable = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "pim", "ppg", "ppp", "shg", "shp", "gwg", "otg", "shots", "s_pctg",
			"fo_pctg", "avg_toi", "p_gp", "g_gp"},
		[]string{"gp", "gs", "w", "l", "ot", "sa", "ga", "sv_pctg", "gaa", "so", "toi"}}
	// ElsewhereTable has a row for each season in another league, of which less is known.
	ElsewhereTable = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "pim"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}}
	// GameTable has a row for each game.
	GameTable = Table{
		[]string{"goals", "assists", "points", "plus_minus", "pim", "ppp", "shp", "gwg", "shots", "shifts", "toi"},
		[]string{"gs", "sa", "ga", "saves", "sv_pctg", "so", "toi"}}
	// SplitTable has a row for each part of a season.
	SplitTable = Table{
		[]string{"gp", "goals", "assists", "points", "plus_minus", "pim", "ppp", "shp", "gwg", "shots", "s_pctg", "p_gp", "avg_toi", "toi"},
		[]string{"gp", "gs", "w", "l", "ot", "sa", "ga", "sv_pctg", "gaa", "so", "toi"}}
	// RosterTable has a row for each player of a team.
	RosterTable = Table{
		[]string{"gp", "goals", "assists", "points", "p_gp", "plus_minus", "pim"},
		[]string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}}
	// Percentiles are those of a season. By each of them, players are ranked.
	Percentiles = Table{
		[]string{"goals", "assists", "points", "p_gp", "g_gp", "p_60", "g_60", "s_60", "s_pctg", "ppp", "shp", "plus_minus", "pim", "gwg", "avg_toi"},
		[]string{"sv_pctg", "gaa", "w", "so", "gs"}}
)

// Columns returns the keys of a group.
func (t Table) Columns(g Group) []string {
	if g == Goalies {
		return t.Goalies
	}
	return t.Skaters
}
