package nhlesim

// A club is a row of the team list; the active ones have a roster.
type club struct {
	id        int64
	franchise int
	tri       string
	place     string
	nick      string
	ofPlace   string // French: "de Boston", "d'Ottawa"
	before    string // full name until two seasons ago, if it had another
	colour    string
	trim      string

	strength float64 // scales the goals scored, 1 is average
	roster   []*player
}

func (c *club) name() string { return c.place + " " + c.nick }

func (c *club) fullName() text {
	return text{Default: c.name(), Fr: c.nick + " " + c.ofPlace}
}

func (c *club) placeName() text { return text{Default: c.place, Fr: c.ofPlace} }

// nameIn is the name the club played under in a season, in the form of a
// season row: the full name and the nickname.
func (c *club) nameIn(season, current int) (full, common text) {
	if c.before != "" && season < seasonBefore(current, 1) {
		return plain(c.before), plain(c.before)
	}
	return c.fullName(), plain(c.nick)
}

// activeClubs is the pool of active clubs. The first one has moved under a new
// id while the team list still has a row with its old id and the same tricode,
// so that even the smallest league has that case.
func activeClubs() []*club {
	return []*club{
		{id: 68, franchise: 40, tri: "HFX", place: "Halifax", nick: "Corsairs", ofPlace: "d'Halifax",
			before: "Halifax Hockey Club", colour: "#12355b", trim: "#f2c14e"},
		{id: 8, franchise: 1, tri: "MTL", place: "Montréal", nick: "Cormorans", ofPlace: "de Montréal", colour: "#7a1f3d", trim: "#e8e4d8"},
		{id: 10, franchise: 5, tri: "TOR", place: "Toronto", nick: "Lamplighters", ofPlace: "de Toronto", colour: "#243b6b", trim: "#f6d365"},
		{id: 23, franchise: 20, tri: "VAN", place: "Vancouver", nick: "Herons", ofPlace: "de Vancouver", colour: "#0b6e6e", trim: "#dfe9e8"},
		{id: 6, franchise: 6, tri: "BOS", place: "Boston", nick: "Clippers", ofPlace: "de Boston", colour: "#1d3b2a", trim: "#e6b655"},
		{id: 16, franchise: 11, tri: "CHI", place: "Chicago", nick: "Cyclones", ofPlace: "de Chicago", colour: "#5c2a86", trim: "#f0eef5"},
		{id: 52, franchise: 35, tri: "QUE", place: "Québec", nick: "Carillons", ofPlace: "de Québec", colour: "#1f5fa8", trim: "#ffffff"},
		{id: 22, franchise: 25, tri: "EDM", place: "Edmonton", nick: "Aurora", ofPlace: "d'Edmonton", colour: "#0f4c5c", trim: "#7ae7c7"},
		{id: 3, franchise: 10, tri: "NYS", place: "New York", nick: "Skyliners", ofPlace: "de New York", colour: "#2b2d42", trim: "#8fb8de"},
		{id: 17, franchise: 12, tri: "DET", place: "Detroit", nick: "Forge", ofPlace: "de Detroit", colour: "#a63d1e", trim: "#2a2a2a"},
		{id: 20, franchise: 21, tri: "CGY", place: "Calgary", nick: "Chinooks", ofPlace: "de Calgary", colour: "#b3541e", trim: "#f4e3c1"},
		{id: 9, franchise: 30, tri: "OTT", place: "Ottawa", nick: "Locksmiths", ofPlace: "d'Ottawa", colour: "#6b1d1d", trim: "#d9c18f"},
		{id: 55, franchise: 39, tri: "SEA", place: "Seattle", nick: "Ospreys", ofPlace: "de Seattle", colour: "#1c4966", trim: "#9ed8db"},
		{id: 28, franchise: 29, tri: "SFC", place: "San Francisco", nick: "Cable Cars", ofPlace: "de San Francisco", colour: "#8a2b2b", trim: "#f1d9a7"},
		{id: 4, franchise: 16, tri: "PHI", place: "Philadelphia", nick: "Bellringers", ofPlace: "de Philadelphie", colour: "#3d2c6d", trim: "#f2b134"},
		{id: 19, franchise: 18, tri: "STL", place: "St. Louis", nick: "Riverboats", ofPlace: "de St. Louis", colour: "#1b4f8f", trim: "#f7f3e3"},
		{id: 5, franchise: 17, tri: "PIT", place: "Pittsburgh", nick: "Smelters", ofPlace: "de Pittsburgh", colour: "#22223b", trim: "#f5b700"},
		{id: 21, franchise: 27, tri: "DEN", place: "Denver", nick: "Summits", ofPlace: "de Denver", colour: "#38507a", trim: "#e5eef7"},
		{id: 30, franchise: 37, tri: "MIN", place: "Minneapolis", nick: "Lumberjacks", ofPlace: "de Minneapolis", colour: "#2f5233", trim: "#e9dcc9"},
		{id: 14, franchise: 31, tri: "TPA", place: "Tampa", nick: "Manatees", ofPlace: "de Tampa", colour: "#116a8c", trim: "#f4f9fb"},
		{id: 1, franchise: 23, tri: "NWK", place: "Newark", nick: "Locomotives", ofPlace: "de Newark", colour: "#333333", trim: "#e4572e"},
		{id: 7, franchise: 19, tri: "BUF", place: "Buffalo", nick: "Millwrights", ofPlace: "de Buffalo", colour: "#20487c", trim: "#f3c969"},
		{id: 25, franchise: 15, tri: "DAL", place: "Dallas", nick: "Longhorns", ofPlace: "de Dallas", colour: "#704214", trim: "#efe6dd"},
		{id: 26, franchise: 14, tri: "LAC", place: "Los Angeles", nick: "Comets", ofPlace: "de Los Angeles", colour: "#1a1a40", trim: "#c7a6ff"},
		{id: 33, franchise: 28, tri: "WPG", place: "Winnipeg", nick: "Meteors", ofPlace: "de Winnipeg", colour: "#14405c", trim: "#cfd8dc"},
		{id: 18, franchise: 34, tri: "NSH", place: "Nashville", nick: "Troubadours", ofPlace: "de Nashville", colour: "#946c00", trim: "#1f2a44"},
		{id: 15, franchise: 24, tri: "WSH", place: "Washington", nick: "Sentinels", ofPlace: "de Washington", colour: "#8b1e3f", trim: "#dfe6f0"},
		{id: 54, franchise: 38, tri: "LVV", place: "Las Vegas", nick: "Vultures", ofPlace: "de Las Vegas", colour: "#4a4e4d", trim: "#e2b04a"},
		{id: 12, franchise: 26, tri: "RAL", place: "Raleigh", nick: "Red Oaks", ofPlace: "de Raleigh", colour: "#9b2226", trim: "#eae2b7"},
		{id: 29, franchise: 36, tri: "CLE", place: "Cleveland", nick: "Ironmongers", ofPlace: "de Cleveland", colour: "#37474f", trim: "#ff8f5a"},
		{id: 13, franchise: 33, tri: "MIA", place: "Miami", nick: "Flamingos", ofPlace: "de Miami", colour: "#c2416b", trim: "#fdf0f4"},
		{id: 24, franchise: 32, tri: "SDG", place: "San Diego", nick: "Breakers", ofPlace: "de San Diego", colour: "#0e5e8a", trim: "#ffd9a0"},
	}
}

// formerClubs fill the team list with rows that have no roster.
func formerClubs() []teamRow {
	rows := []teamRow{
		{ID: 59, FullName: "Halifax Hockey Club", TriCode: "HFX", franchise: 40},
		{ID: 31, FullName: "Kenora Nuggets", TriCode: "KEN", franchise: 2},
		{ID: 32, FullName: "Québec Carillons (1972)", TriCode: "QCC", franchise: 27},
		{ID: 34, FullName: "Hartford Weavers", TriCode: "HWE", franchise: 26},
		{ID: 35, FullName: "Kansas City Fountains", TriCode: "KCF", franchise: 23},
		{ID: 36, FullName: "Ottawa Locksmiths (1917)", TriCode: "OLO", franchise: 3},
		{ID: 37, FullName: "Hamilton Stovepipes", TriCode: "HSP", franchise: 4},
		{ID: 38, FullName: "Cobalt Miners", TriCode: "COB", franchise: 9},
		{ID: 40, FullName: "Detroit Foundrymen", TriCode: "DFM", franchise: 12},
		{ID: 41, FullName: "Montréal Tramways", TriCode: "MTW", franchise: 7},
		{ID: 44, FullName: "Brooklyn Bridgebuilders", TriCode: "BKB", franchise: 8},
		{ID: 46, FullName: "Oakland Pelicans", TriCode: "OPE", franchise: 13},
		{ID: 11, FullName: "Atlanta Peregrines", TriCode: "ATL", franchise: 35},
		{ID: 70, FullName: "To be determined", TriCode: "TBD"},
		{ID: 99, FullName: "NHL", TriCode: "NHL"},
	}
	return rows
}
