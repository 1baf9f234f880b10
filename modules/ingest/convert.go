package ingest

import (
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/nhle"
)

// This file translates the NHL's vocabulary into the league's.

// standingsOf returns a row for each club that has a tricode of the season's standings.
func standingsOf(season int, teams []league.Team, list []nhle.Standing) []league.TeamStanding {
	records := map[string]league.Standing{}
	for _, s := range list {
		if s.Season == season { // else the new season has no game yet
			records[string(s.TeamAbbrev)] = league.Standing{GP: *s.GamesPlayed, Wins: *s.Wins, Losses: *s.Losses, OTLosses: *s.OTLosses, Points: *s.Points}
		}
	}
	var rows []league.TeamStanding
	for _, t := range teams {
		if record, there := records[t.TriCode]; there {
			rows = append(rows, league.TeamStanding{TeamID: t.ID, Standing: record})
		}
	}
	return rows
}

// inPlayoffs reports whether the player has a row of the season's NHL playoffs.
func inPlayoffs(l nhle.Landing, season int) bool {
	return slices.ContainsFunc(l.SeasonTotals, func(s nhle.SeasonTotal) bool {
		return s.LeagueAbbrev == "NHL" && s.GameTypeID == league.Playoffs && s.Season == season
	})
}

func rosterPlayers(r nhle.Roster) []league.Player {
	var players []league.Player
	for _, p := range r.Players() {
		player := person(p.Person)
		player.ID, player.Position = p.ID, league.Position(p.Position)
		players = append(players, player)
	}
	return players
}

func person(p nhle.Person) league.Player {
	player := league.Player{
		FirstName:     string(p.FirstName),
		LastName:      string(p.LastName),
		SweaterNumber: p.SweaterNumber,
		Headshot:      p.Headshot,
		BirthCity:     string(p.BirthCity),
		BirthProvince: string(p.BirthStateProvince),
		BirthCountry:  p.BirthCountry,
		HeightIn:      p.HeightInInches,
		HeightCm:      p.HeightInCM,
		WeightLb:      p.WeightInPounds,
		WeightKg:      p.WeightInKilograms,
		Shoots:        p.ShootsCatches,
	}
	if !p.BirthDate.IsZero() {
		player.BirthDate = &db.Date{Time: p.BirthDate.Time}
	}
	return player
}

func profileOf(l nhle.Landing) league.PlayerProfile {
	p := league.PlayerProfile{Player: person(l.Person)}
	p.ID, p.Position = l.PlayerID, league.Position(l.Position)
	if d := l.DraftDetails; d != nil {
		p.DraftYear, p.DraftTeam, p.DraftRound = &d.Year, d.TeamAbbrev, &d.Round
		p.DraftPick, p.DraftOverall = &d.PickInRound, &d.OverallPick
	}
	p.Career = career(l)
	for _, s := range l.SeasonTotals {
		p.Seasons = append(p.Seasons, league.SeasonLine{
			Season:   league.Season(s.Season),
			League:   s.LeagueAbbrev,
			GameType: s.GameTypeID,
			TeamName: string(s.TeamName),
			Sequence: s.Sequence,
			StatLine: statLine(s.Stats),
		})
	}
	return p
}

func career(l nhle.Landing) []league.CareerLine {
	if l.CareerTotals == nil {
		return nil
	}
	var lines []league.CareerLine
	add := func(gameType int, s *nhle.Stats) {
		if s == nil {
			return
		}
		line := league.CareerLine{PlayerID: l.PlayerID, GameType: gameType, StatLine: statLine(*s)}
		if line.Points == nil && line.Goals != nil && line.Assists != nil { // goalies, whom the API gives none
			points := *line.Goals + *line.Assists
			line.Points = &points
		}
		lines = append(lines, line)
	}
	add(league.RegularSeason, l.CareerTotals.RegularSeason)
	add(league.Playoffs, l.CareerTotals.Playoffs)
	return lines
}

func statLine(s nhle.Stats) league.StatLine {
	return league.StatLine{
		GP:              s.GamesPlayed,
		Goals:           s.Goals,
		Assists:         s.Assists,
		Points:          s.Points,
		PIM:             s.PIM,
		PlusMinus:       s.PlusMinus,
		Shots:           s.Shots,
		PowerPlayGoals:  s.PowerPlayGoals,
		PowerPlayPoints: s.PowerPlayPoints,
		ShortHandGoals:  s.ShorthandedGoals,
		ShortHandPoints: s.ShorthandedPoints,
		GameWinners:     s.GameWinningGoals,
		OvertimeGoals:   s.OTGoals,
		ShootingPctg:    s.ShootingPctg,
		FaceoffPctg:     s.FaceoffWinningPctg,
		AvgTOI:          (*int)(s.AvgTOI),
		GamesStarted:    s.GamesStarted,
		Wins:            s.Wins,
		Losses:          s.Losses,
		Ties:            s.Ties,
		OTLosses:        s.OTLosses,
		ShotsAgainst:    s.ShotsAgainst,
		GoalsAgainst:    s.GoalsAgainst,
		Shutouts:        s.Shutouts,
		GAA:             s.GoalsAgainstAvg,
		SavePctg:        s.SavePctg,
		TOI:             (*int)(s.TimeOnIce),
	}
}

func gameLine(g nhle.Game) league.GameLine {
	line := league.GameLine{
		GameID:          g.GameID,
		Date:            db.Date{Time: g.GameDate.Time},
		Team:            g.TeamAbbrev,
		Opponent:        g.OpponentAbbrev,
		Home:            g.HomeRoadFlag == "H",
		Goals:           *g.Goals,
		Assists:         *g.Assists,
		Points:          *g.Goals + *g.Assists,
		PIM:             *g.PIM,
		TOI:             int(*g.TOI),
		PlusMinus:       g.PlusMinus,
		Shots:           g.Shots,
		Shifts:          g.Shifts,
		PowerPlayGoals:  g.PowerPlayGoals,
		PowerPlayPoints: g.PowerPlayPoints,
		ShortHandGoals:  g.ShorthandedGoals,
		ShortHandPoints: g.ShorthandedPoints,
		GameWinners:     g.GameWinningGoals,
		OvertimeGoals:   g.OTGoals,
		Decision:        g.Decision,
		ShotsAgainst:    g.ShotsAgainst,
		GoalsAgainst:    g.GoalsAgainst,
		SavePctg:        g.SavePctg,
		Shutouts:        g.Shutouts,
	}
	if g.Points != nil {
		line.Points = *g.Points
	}
	if g.GamesStarted != nil {
		started := *g.GamesStarted > 0
		line.Started = &started
	}
	return line
}
