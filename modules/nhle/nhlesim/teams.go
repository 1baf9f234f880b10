package nhlesim

// A team of the current season, with a roster.
type team struct {
	id           int64
	franchise    int
	tri          string
	place, nick  string
	division     string
	colour, trim string
	formerName   string // full name until two seasons ago, if it had another

	strength float64 // scales the goals scored, 1 is average
	roster   []*player
}

func (t *team) name() string { return t.place + " " + t.nick }

// nameIn returns the name the team played under in a season.
func (t *team) nameIn(season, current int) string {
	if t.formerName != "" && season < seasonBefore(current, 1) {
		return t.formerName
	}
	return t.name()
}

// activeTeams returns the pool of active teams. The first one has moved under a new id while the team list still has a
// row with its old id and the same tricode, so that even the smallest league has that case.
func activeTeams() []*team {
	return []*team{
		{68, 40, "HFX", "Halifax", "Corsairs", "Harbour", "#12355b", "#f2c14e", "Halifax Hockey Club", 0, nil},
		{8, 1, "MTL", "Montréal", "Cormorans", "Harbour", "#7a1f3d", "#e8e4d8", "", 0, nil},
		{10, 5, "TOR", "Toronto", "Lamplighters", "Lakes", "#243b6b", "#f6d365", "", 0, nil},
		{23, 20, "VAN", "Vancouver", "Herons", "Pacific", "#0b6e6e", "#dfe9e8", "", 0, nil},
		{6, 6, "BOS", "Boston", "Clippers", "Harbour", "#1d3b2a", "#e6b655", "", 0, nil},
		{16, 11, "CHI", "Chicago", "Cyclones", "Lakes", "#5c2a86", "#f0eef5", "", 0, nil},
		{52, 35, "QUE", "Québec", "Carillons", "Harbour", "#1f5fa8", "#ffffff", "", 0, nil},
		{22, 25, "EDM", "Edmonton", "Aurora", "Pacific", "#0f4c5c", "#7ae7c7", "", 0, nil},
		{3, 10, "NYS", "New York", "Skyliners", "Harbour", "#2b2d42", "#8fb8de", "", 0, nil},
		{17, 12, "DET", "Detroit", "Forge", "Lakes", "#a63d1e", "#2a2a2a", "", 0, nil},
		{20, 21, "CGY", "Calgary", "Chinooks", "Pacific", "#b3541e", "#f4e3c1", "", 0, nil},
		{9, 30, "OTT", "Ottawa", "Locksmiths", "Lakes", "#6b1d1d", "#d9c18f", "", 0, nil},
		{55, 39, "SEA", "Seattle", "Ospreys", "Pacific", "#1c4966", "#9ed8db", "", 0, nil},
		{28, 29, "SFC", "San Francisco", "Cable Cars", "Pacific", "#8a2b2b", "#f1d9a7", "", 0, nil},
		{4, 16, "PHI", "Philadelphia", "Bellringers", "Harbour", "#3d2c6d", "#f2b134", "", 0, nil},
		{19, 18, "STL", "St. Louis", "Riverboats", "Southern", "#1b4f8f", "#f7f3e3", "", 0, nil},
		{5, 17, "PIT", "Pittsburgh", "Smelters", "Lakes", "#22223b", "#f5b700", "", 0, nil},
		{21, 27, "DEN", "Denver", "Summits", "Southern", "#38507a", "#e5eef7", "", 0, nil},
		{30, 37, "MIN", "Minneapolis", "Lumberjacks", "Lakes", "#2f5233", "#e9dcc9", "", 0, nil},
		{14, 31, "TPA", "Tampa", "Manatees", "Southern", "#116a8c", "#f4f9fb", "", 0, nil},
		{1, 23, "NWK", "Newark", "Locomotives", "Harbour", "#333333", "#e4572e", "", 0, nil},
		{7, 19, "BUF", "Buffalo", "Millwrights", "Lakes", "#20487c", "#f3c969", "", 0, nil},
		{25, 15, "DAL", "Dallas", "Longhorns", "Southern", "#704214", "#efe6dd", "", 0, nil},
		{26, 14, "LAC", "Los Angeles", "Comets", "Pacific", "#1a1a40", "#c7a6ff", "", 0, nil},
		{33, 28, "WPG", "Winnipeg", "Meteors", "Pacific", "#14405c", "#cfd8dc", "", 0, nil},
		{18, 34, "NSH", "Nashville", "Troubadours", "Southern", "#946c00", "#1f2a44", "", 0, nil},
		{15, 24, "WSH", "Washington", "Sentinels", "Harbour", "#8b1e3f", "#dfe6f0", "", 0, nil},
		{54, 38, "LVV", "Las Vegas", "Vultures", "Southern", "#4a4e4d", "#e2b04a", "", 0, nil},
		{12, 26, "RAL", "Raleigh", "Red Oaks", "Southern", "#9b2226", "#eae2b7", "", 0, nil},
		{29, 36, "CLE", "Cleveland", "Ironmongers", "Lakes", "#37474f", "#ff8f5a", "", 0, nil},
		{13, 33, "MIA", "Miami", "Flamingos", "Southern", "#c2416b", "#fdf0f4", "", 0, nil},
		{24, 32, "SDG", "San Diego", "Breakers", "Pacific", "#0e5e8a", "#ffd9a0", "", 0, nil},
	}
}

// formerTeams fill the team list with rows that have no roster; two are placeholders without a franchise.
var formerTeams = []*team{
	{id: 59, franchise: 40, tri: "HFX", place: "Halifax", nick: "Hockey Club"},
	{id: 31, franchise: 2, tri: "KEN", place: "Kenora", nick: "Nuggets"},
	{id: 34, franchise: 26, tri: "HWE", place: "Hartford", nick: "Weavers"},
	{id: 36, franchise: 3, tri: "OLO", place: "Ottawa", nick: "Locksmiths (1917)"},
	{id: 41, franchise: 7, tri: "MTW", place: "Montréal", nick: "Tramways"},
	{id: 46, franchise: 13, tri: "OPE", place: "Oakland", nick: "Pelicans"},
	{id: 11, franchise: 35, tri: "ATL", place: "Atlanta", nick: "Peregrines"},
	{id: 70, tri: "TBD", place: "To be", nick: "determined"},
	{id: 99, tri: "NHL", place: "National", nick: "Hockey League"},
}
