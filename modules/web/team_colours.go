package web

import (
	"html/template"

	"blueline/templates"
)

// teamColours are the first and second colour of the NHL's teams, by team id.
var teamColours = map[int64][2]string{
	1:  {"#ce1126", "#111111"}, // New Jersey
	2:  {"#00539b", "#f47d30"}, // New York Islanders
	3:  {"#0038a8", "#ce1126"}, // New York Rangers
	4:  {"#f74902", "#111111"}, // Philadelphia
	5:  {"#111111", "#fcb514"}, // Pittsburgh
	6:  {"#111111", "#ffb81c"}, // Boston
	7:  {"#003087", "#ffb81c"}, // Buffalo
	8:  {"#af1e2d", "#192168"}, // Montréal
	9:  {"#da1a32", "#b79257"}, // Ottawa
	10: {"#00205b", "#ffffff"}, // Toronto
	12: {"#cc0000", "#111111"}, // Carolina
	13: {"#041e42", "#c8102e"}, // Florida
	14: {"#002868", "#ffffff"}, // Tampa Bay
	15: {"#c8102e", "#041e42"}, // Washington
	16: {"#cf0a2c", "#111111"}, // Chicago
	17: {"#ce1126", "#ffffff"}, // Detroit
	18: {"#ffb81c", "#041e42"}, // Nashville
	19: {"#002f87", "#fcb514"}, // St. Louis
	20: {"#c8102e", "#f1be48"}, // Calgary
	21: {"#6f263d", "#236192"}, // Colorado
	22: {"#041e42", "#ff4c00"}, // Edmonton
	23: {"#00205b", "#00843d"}, // Vancouver
	24: {"#cf4520", "#111111"}, // Anaheim
	25: {"#006847", "#8f8f8c"}, // Dallas
	26: {"#111111", "#a2aaad"}, // Los Angeles
	28: {"#006d75", "#ea7200"}, // San José
	29: {"#002654", "#ce1126"}, // Columbus
	30: {"#154734", "#a6192e"}, // Minnesota
	52: {"#041e42", "#ac162c"}, // Winnipeg
	53: {"#8c2633", "#e2d6b5"}, // Arizona
	54: {"#333f42", "#b4975a"}, // Vegas
	55: {"#001628", "#99d9d9"}, // Seattle
	59: {"#010101", "#71afe5"}, // Utah, in its first season
	68: {"#010101", "#71afe5"}, // Utah
}

// neutral is for teams without known colours.
var neutral = [2]string{"#54636f", "#b9c4cd"}

func crest(colours map[int64][2]string, id int64, letters string) template.HTML {
	pair, known := colours[id]
	if !known {
		pair = neutral
	}
	return templates.Crest(pair[0], pair[1], letters)
}
