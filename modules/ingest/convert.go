package ingest

import (
	"math"
	"reflect"
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/nhle"
)

// This file translates the NHL's vocabulary into the league's.

// standingsOf returns a row for each team whose tricode is in the standings of the season.
func standingsOf(season int, teams []league.Team, list []nhle.Standing) []league.TeamStanding {
	records := map[string]league.Standing{}
	for _, s := range list {
		if s.Season == season { // before the first game, the standings are those of the past season
			records[string(s.TeamAbbrev)] = league.Standing{GP: *s.GamesPlayed, Wins: *s.Wins, Losses: *s.Losses, OTLosses: *s.OTLosses, Points: *s.Points,
				Place: s.LeagueSequence, Division: s.DivisionName, Conference: s.ConferenceName, GoalsFor: s.GoalFor, GoalsAgainst: s.GoalAgainst,
				LastWins: s.L10Wins, LastLosses: s.L10Losses, LastOTLosses: s.L10OTLosses}
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

// inPlayoffs reports whether the player has a row for the NHL playoffs of the season.
func inPlayoffs(l nhle.Landing, season int) bool {
	return slices.ContainsFunc(l.SeasonTotals, func(s nhle.SeasonTotal) bool {
		return s.LeagueAbbrev == "NHL" && s.GameTypeID == league.Playoffs && s.Season == season
	})
}

func rosterPlayers(r nhle.Roster) []league.Player {
	var players []league.Player
	for _, p := range r.Players() {
		players = append(players, leaguePlayer(p.ID, p.Position, p.Person))
	}
	return players
}

func leaguePlayer(id int64, position string, p nhle.Person) league.Player {
	player := league.Player{
		ID:            id,
		Position:      league.Position(position),
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
	p := league.PlayerProfile{Player: leaguePlayer(l.PlayerID, l.Position, l.Person), Career: career(l)}
	if d := l.DraftDetails; d != nil {
		p.DraftYear, p.DraftTeam, p.DraftRound = &d.Year, d.TeamAbbrev, &d.Round
		p.DraftPick, p.DraftOverall = &d.PickInRound, &d.OverallPick
	}
	for _, s := range l.SeasonTotals {
		p.Seasons = append(p.Seasons, league.SeasonLine{
			Season:   league.Season(s.Season),
			League:   s.LeagueAbbrev,
			GameType: s.GameTypeID,
			TeamName: string(s.TeamName),
			Sequence: s.Sequence,
			StatLine: seasonStats(s),
		})
	}
	return p
}

func career(l nhle.Landing) (lines []league.CareerLine) {
	if l.CareerTotals == nil {
		return nil
	}
	totals := map[int]*nhle.Stats{league.RegularSeason: l.CareerTotals.RegularSeason, league.Playoffs: l.CareerTotals.Playoffs}
	for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
		s := totals[gameType]
		if s == nil {
			continue
		}
		line := league.CareerLine{PlayerID: l.PlayerID, GameType: gameType, StatLine: countsOf(*s)}
		if line.Points == nil && line.Goals != nil && line.Assists != nil { // the API has no points for goalies
			line.Points = new(*line.Goals + *line.Assists)
		}
		lines = append(lines, line)
	}
	return lines
}

// seasonStats returns the numbers of a season row.
func seasonStats(s nhle.SeasonTotal) league.StatLine {
	if s.FaceoffWinningPctg != nil && *s.FaceoffWinningPctg == 0 {
		s.FaceoffWinningPctg = nil // also 0 for a player without faceoffs
	}
	if s.LeagueAbbrev == league.NHL {
		return countsOf(s.Stats)
	}
	line := lineOf(s.Stats)
	if line.GAA != nil {
		line.TOI = nil // other leagues have whole minutes or games of another length
	}
	return line
}

// countsOf returns a line that contains a ratio only if its counts are unknown, because the NHL's ratios are rounded: 1 goal on 22
// shots is 4.5%, but the NHL's 0.0455 would round to 4.6%.
func countsOf(s nhle.Stats) league.StatLine {
	line := lineOf(s)
	line.Saves, line.SavePctg = saves(s.ShotsAgainst, s.GoalsAgainst, s.SavePctg)
	if s.Goals != nil && s.Shots != nil {
		line.ShootingPctg = nil
	}
	if s.GoalsAgainst != nil && s.TimeOnIce != nil {
		line.GAA = nil
	}
	return line
}

// saves returns a goalie's saves, or the ratio if they cannot be calculated. Saves are not shots against minus goals against, because
// an own goal is not a shot. They are the count that matches the NHL's ratio, which has six decimals, or three in 2019-20 and
// 2020-21. If several counts match, saves returns the one nearest to shots minus goals.
func saves(shotsAgainst, goalsAgainst *int, pctg *float64) (count *int, ratio *float64) {
	switch {
	case shotsAgainst == nil || pctg == nil && *shotsAgainst > 0:
		return nil, pctg
	case *shotsAgainst == 0:
		return new(0), nil
	}
	shots := float64(*shotsAgainst)
	likely := math.Round(*pctg * shots)
	if goalsAgainst != nil {
		likely = shots - float64(*goalsAgainst)
	}
	for _, near := range []float64{1e-6, 0.5e-3} {
		least, most := math.Ceil((*pctg-near)*shots), math.Floor((*pctg+near)*shots)
		if least <= most {
			return new(int(min(max(likely, least), most))), nil
		}
	}
	return nil, pctg
}

// lineOf returns the numbers of a response. Each field's stat tag is the key of its metric.
func lineOf[Response any](response Response) (line league.StatLine) {
	fields := reflect.ValueOf(response)
	for _, field := range reflect.VisibleFields(fields.Type()) {
		key, tagged := field.Tag.Lookup("stat")
		if !tagged {
			continue
		}
		m := metric.Must(key)
		switch n := fields.FieldByIndex(field.Index).Interface().(type) {
		case *int:
			*m.Int(&line) = n
		case *nhle.Clock:
			*m.Int(&line) = (*int)(n)
		case *float64:
			*m.Float(&line) = n
		}
	}
	return line
}

func gameLine(g nhle.Game) league.GameLine {
	line := league.GameLine{
		GameID:   g.GameID,
		Date:     db.Date{Time: g.GameDate.Time},
		Team:     g.TeamAbbrev,
		Opponent: g.OpponentAbbrev,
		Home:     g.HomeRoadFlag == "H",
		Decision: g.Decision,
		StatLine: lineOf(g),
	}
	line.Saves, line.SavePctg = saves(g.ShotsAgainst, g.GoalsAgainst, g.SavePctg)
	if g.Points == nil {
		line.Points = new(*g.Goals + *g.Assists)
	}
	if g.GamesStarted != nil {
		line.Started = new(*g.GamesStarted > 0)
	}
	return line
}

// totalsOf returns the rows of the NHL's summaries by player.
func totalsOf(rows []nhle.Summary) map[int64]league.StatLine {
	totals := make(map[int64]league.StatLine, len(rows))
	for _, row := range rows {
		line := lineOf(row)
		if row.SecondsAGame != nil {
			line.AvgTOI = new(int(math.Round(*row.SecondsAGame)))
		}
		totals[row.PlayerID] = line
	}
	return totals
}
