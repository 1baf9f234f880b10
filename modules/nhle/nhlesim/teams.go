package nhlesim

// A Team is an active team.
type Team struct {
	ID      int64
	Name    string
	TriCode string
	Colour  string // "#12355b"
	Trim    string // second colour
}

// A team is a Team with its roster.
type team struct {
	Team
	division   string
	formerName string // until two seasons ago, if the team had another name

	strength float64 // scales the goals scored; 1 is average
	roster   []*player
}

// nameIn returns the name of the team in a season.
func (t *team) nameIn(season, current int) string {
	if t.formerName != "" && season < seasonBefore(current, 1) {
		return t.formerName
	}
	return t.Name
}

// conferences are the conferences of the divisions.
var conferences = map[string]string{"Harbour": "Eastern", "Lakes": "Eastern", "Pacific": "Western", "Southern": "Western"}

// activeTeams returns the pool of active teams. The first one has a former team with the same tricode, so that even the
// smallest league has that case.
func activeTeams() []*team {
	return []*team{
		{Team: Team{68, "Halifax Corsairs", "HFX", "#12355b", "#f2c14e"}, division: "Harbour", formerName: "Halifax Hockey Club"},
		{Team: Team{8, "Montréal Cormorans", "MTL", "#7a1f3d", "#e8e4d8"}, division: "Harbour"},
		{Team: Team{10, "Toronto Lamplighters", "TOR", "#243b6b", "#f6d365"}, division: "Lakes"},
		{Team: Team{23, "Vancouver Herons", "VAN", "#0b6e6e", "#dfe9e8"}, division: "Pacific"},
		{Team: Team{6, "Boston Clippers", "BOS", "#1d3b2a", "#e6b655"}, division: "Harbour"},
		{Team: Team{16, "Chicago Cyclones", "CHI", "#5c2a86", "#f0eef5"}, division: "Lakes"},
		{Team: Team{52, "Québec Carillons", "QUE", "#1f5fa8", "#ffffff"}, division: "Harbour"},
		{Team: Team{22, "Edmonton Aurora", "EDM", "#0f4c5c", "#7ae7c7"}, division: "Pacific"},
		{Team: Team{3, "New York Skyliners", "NYS", "#2b2d42", "#8fb8de"}, division: "Harbour"},
		{Team: Team{17, "Detroit Forge", "DET", "#a63d1e", "#2a2a2a"}, division: "Lakes"},
		{Team: Team{20, "Calgary Chinooks", "CGY", "#b3541e", "#f4e3c1"}, division: "Pacific"},
		{Team: Team{9, "Ottawa Locksmiths", "OTT", "#6b1d1d", "#d9c18f"}, division: "Lakes"},
		{Team: Team{55, "Seattle Ospreys", "SEA", "#1c4966", "#9ed8db"}, division: "Pacific"},
		{Team: Team{28, "San Francisco Cable Cars", "SFC", "#8a2b2b", "#f1d9a7"}, division: "Pacific"},
		{Team: Team{4, "Philadelphia Bellringers", "PHI", "#3d2c6d", "#f2b134"}, division: "Harbour"},
		{Team: Team{19, "St. Louis Riverboats", "STL", "#1b4f8f", "#f7f3e3"}, division: "Southern"},
		{Team: Team{5, "Pittsburgh Smelters", "PIT", "#22223b", "#f5b700"}, division: "Lakes"},
		{Team: Team{21, "Denver Summits", "DEN", "#38507a", "#e5eef7"}, division: "Southern"},
		{Team: Team{30, "Minneapolis Lumberjacks", "MIN", "#2f5233", "#e9dcc9"}, division: "Lakes"},
		{Team: Team{14, "Tampa Manatees", "TPA", "#116a8c", "#f4f9fb"}, division: "Southern"},
		{Team: Team{1, "Newark Locomotives", "NWK", "#333333", "#e4572e"}, division: "Harbour"},
		{Team: Team{7, "Buffalo Millwrights", "BUF", "#20487c", "#f3c969"}, division: "Lakes"},
		{Team: Team{25, "Dallas Longhorns", "DAL", "#704214", "#efe6dd"}, division: "Southern"},
		{Team: Team{26, "Los Angeles Comets", "LAC", "#1a1a40", "#c7a6ff"}, division: "Pacific"},
		{Team: Team{33, "Winnipeg Meteors", "WPG", "#14405c", "#cfd8dc"}, division: "Pacific"},
		{Team: Team{18, "Nashville Troubadours", "NSH", "#946c00", "#1f2a44"}, division: "Southern"},
		{Team: Team{15, "Washington Sentinels", "WSH", "#8b1e3f", "#dfe6f0"}, division: "Harbour"},
		{Team: Team{54, "Las Vegas Vultures", "LVV", "#4a4e4d", "#e2b04a"}, division: "Southern"},
		{Team: Team{12, "Raleigh Red Oaks", "RAL", "#9b2226", "#eae2b7"}, division: "Southern"},
		{Team: Team{29, "Cleveland Ironmongers", "CLE", "#37474f", "#ff8f5a"}, division: "Lakes"},
		{Team: Team{13, "Miami Flamingos", "MIA", "#c2416b", "#fdf0f4"}, division: "Southern"},
		{Team: Team{24, "San Diego Breakers", "SDG", "#0e5e8a", "#ffd9a0"}, division: "Pacific"},
	}
}

// formerTeams are the teams of the list without a roster. Two are placeholders.
var formerTeams = []Team{
	{ID: 59, Name: "Halifax Hockey Club", TriCode: "HFX"},
	{ID: 31, Name: "Kenora Nuggets", TriCode: "KEN"},
	{ID: 34, Name: "Hartford Weavers", TriCode: "HWE"},
	{ID: 36, Name: "Ottawa Locksmiths (1917)", TriCode: "OLO"},
	{ID: 41, Name: "Montréal Tramways", TriCode: "MTW"},
	{ID: 46, Name: "Oakland Pelicans", TriCode: "OPE"},
	{ID: 11, Name: "Atlanta Peregrines", TriCode: "ATL"},
	{ID: 70, Name: "To be determined", TriCode: "TBD"},
	{ID: 99, Name: "National Hockey League", TriCode: "NHL"},
}
