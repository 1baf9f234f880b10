package web

import (
	"strings"
	"testing"

	"blueline/modules/league"
)

func TestSeasonFacts(t *testing.T) {
	skater := league.StatLine{GP: new(21), Goals: new(13), Assists: new(19), Points: new(32), PlusMinus: new(11), AvgTOI: new(21*60 + 57)}
	goalie := league.StatLine{GP: new(92), Wins: new(28), Losses: new(57), OTLosses: new(7), SavePctg: new(0.9), GAA: new(3.214), Shutouts: new(2)}
	old := league.StatLine{GP: new(60), Wins: new(30), Losses: new(20), Ties: new(10), Shutouts: new(5)}
	game := league.GameLine{StatLine: league.StatLine{Goals: new(2), Assists: new(1), Points: new(3), TOI: new(1000)}}
	for _, c := range []struct {
		name     string
		position league.Position
		gameType int
		rows     []league.StatLine
		games    []league.GameLine
		want     string
	}{
		{"a skater", "C", 2, []league.StatLine{skater}, nil, "21 GP · 13 G · 19 A · 32 P · +11 · 21:57"},
		{"a goalie", "G", 2, []league.StatLine{goalie}, nil, "92 GP · 28–57–7 · .900 SV% · 3.21 GAA · 2 SO"},
		{"a goalie in playoffs", "G", 3, []league.StatLine{goalie}, nil, "92 GP · 28–57 · .900 SV% · 3.21 GAA · 2 SO"},
		{"ties, and averages that are unknown", "G", 2, []league.StatLine{old}, nil, "60 GP · 30–20–10 · 5 SO"},
		{"a game that no season row has", "C", 2, nil, []league.GameLine{game}, "1 GP · 2 G · 1 A · 3 P · 16:40"},
		{"an even plus-minus", "C", 2, []league.StatLine{{GP: new(1), PlusMinus: new(0)}}, nil, "1 GP · 0 +/-"},
		{"no games", "C", 2, nil, nil, ""},
	} {
		p := league.Profile{Player: league.Player{Position: c.position}, Season: 20262027, GameType: c.gameType, Games: c.games}
		for _, row := range c.rows {
			p.Seasons = append(p.Seasons, league.SeasonLine{Season: 20262027, League: league.NHL, GameType: c.gameType, StatLine: row})
		}
		var texts []string
		for _, f := range seasonFacts(p) {
			texts = append(texts, f.Text)
		}
		if got := strings.Join(texts, " · "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMoved(t *testing.T) {
	type stint struct {
		team string
		gp   int
	}
	ottawa, utah := stint{"Ottawa Senators", 14}, stint{"Utah Mammoth", 2}
	for _, c := range []struct {
		name   string
		season league.Season
		stints []stint
		team   string // his team of today; empty for none
		want   string
	}{
		{"one team", 20262027, []stint{ottawa}, "Ottawa Senators", ""},
		{"traded", 20262027, []stint{ottawa, utah}, "Utah Mammoth", "From Ottawa Senators: 14 GP there, 2 here"},
		{"traded, and no game since", 20262027, []stint{ottawa}, "Utah Mammoth", "From Ottawa Senators: 14 GP there, 0 here"},
		{"traded away and back", 20262027, []stint{ottawa, utah}, "Ottawa Senators", "With Ottawa Senators (14 GP) and Utah Mammoth (2 GP)"},
		{"traded twice", 20262027, []stint{ottawa, utah, {"Boston Bruins", 1}}, "Boston Bruins",
			"With Ottawa Senators (14 GP), Utah Mammoth (2 GP) and Boston Bruins (1 GP)"},
		{"without a team now", 20262027, []stint{ottawa, utah}, "", "With Ottawa Senators (14 GP) and Utah Mammoth (2 GP)"},
		{"in a former season", 20252026, []stint{ottawa, utah}, "Utah Mammoth", "With Ottawa Senators (14 GP) and Utah Mammoth (2 GP)"},
		{"with another team in a former season", 20252026, []stint{ottawa}, "Utah Mammoth", "With Ottawa Senators (14 GP)"},
	} {
		p := league.Profile{Current: 20262027, Season: c.season, GameType: 2}
		if c.team != "" {
			p.Team = &league.Team{FullName: c.team}
		}
		for i, s := range c.stints {
			p.Seasons = append(p.Seasons, nhlSeason(c.season, i, s.team, league.StatLine{GP: new(s.gp)}))
		}
		if got := moved(p); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
