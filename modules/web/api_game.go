package web

import (
	"context"
	"time"

	"blueline/modules/league"
)

// APIGameRecord is the answer of getGame.
type APIGameRecord struct {
	APIScheduledGame
	FetchedAt *time.Time   `json:"fetched_at" doc:"When plays and boxscore were fetched; null if they are not stored, and the next lists are empty."`
	Doubt     *string      `json:"doubt" doc:"What disagrees or is missing in the plays, the boxscore and the players’ game logs; null if nothing does."`
	Periods   []APIPeriod  `json:"periods" doc:"The line score."`
	Boxscore  []APIBoxLine `json:"boxscore" doc:"Players who dressed, those of the away team first, by sweater number."`
}

// APIPeriod is a period of the line score.
type APIPeriod struct {
	Period    int    `json:"period" doc:"Number of the period; overtime goes on counting from 4."`
	Name      string `json:"name" doc:"1st, 2nd, 3rd, OT, 2OT and so on, or SO for a shootout."`
	AwayGoals int    `json:"away_goals" doc:"Goals of the away team. A shootout is worth one goal to its winner."`
	HomeGoals int    `json:"home_goals" doc:"Goals of the home team."`
	AwayShots *int   `json:"away_shots" doc:"Shots on goal of the away team; null for a shootout."`
	HomeShots *int   `json:"home_shots" doc:"Shots on goal of the home team; null for a shootout."`
}

// APIBoxLine is a player's line of a boxscore.
type APIBoxLine struct {
	PlayerID   int64         `json:"player_id"`
	FirstName  string        `json:"first_name"`
	LastName   string        `json:"last_name"`
	Number     *int          `json:"number" doc:"Sweater number in this game."`
	Position   string        `json:"position"`
	Home       bool          `json:"home" doc:"Whether his team played at home."`
	Started    *bool         `json:"started" doc:"Whether he started in goal; null for skaters."`
	Decision   *string       `json:"decision"`
	Statistics boxStatistics `json:"statistics" doc:"With a time on ice of 0 if he dressed and did not play."`
}

// APIPlays is the answer of listPlays.
type APIPlays struct {
	GameID    int64      `json:"game_id" doc:"The NHL's id of the game."`
	FetchedAt *time.Time `json:"fetched_at" doc:"When the plays were fetched; null if they are not stored."`
	Plays     []APIPlay  `json:"plays" doc:"In the order of the game."`
}

// APIPlay is an event of a game.
type APIPlay struct {
	EventID    int64    `json:"event_id" doc:"The NHL's id of the event, unique in the game."`
	Kind       string   `json:"kind" enum:"goal,shot,miss,block,failed,penalty,faceoff,hit,giveaway,takeaway" doc:"What happened. A shot was saved; failed is a penalty shot without a shot."`
	Period     int      `json:"period" doc:"Number of the period; overtime goes on counting from 4."`
	PeriodType string   `json:"period_type" enum:"REG,OT,SO" doc:"REG regulation, OT overtime, SO shootout."`
	Second     int      `json:"second" doc:"Seconds played in the period."`
	Team       string   `json:"team" doc:"Tricode of the team whose play it is: the shooters, the winners of a faceoff, the hitters, the team that lost or took the puck, the penalized team."`
	Home       bool     `json:"home" doc:"Whether this is the home team."`
	X          *int     `json:"x" doc:"Feet from centre ice along the rink, turned so that the home team attacks towards positive x in every period. The goal lines are at 89 and -89. A blocked shot has the place of the block. Null if no place was recorded."`
	Y          *int     `json:"y" doc:"Feet from the middle across the rink, turned like x: positive to the left of the attacking home team. Null if no place was recorded."`
	Zone       *string  `json:"zone" doc:"O offensive, N neutral, D defensive, seen from the team of the play."`
	Strength   *string  `json:"strength" doc:"ev even, pp power play, sh short-handed, seen from the team of the play, without an extra attacker. Null for a penalty shot and if the situation is unknown."`
	Situation  *string  `json:"situation" doc:"Goalie and skaters of the away team, then skaters and goalie of the home team: 1551 is five on five. Null if unknown."`
	ShotType   *string  `json:"shot_type" doc:"How the puck was shot, as the NHL records it; null for an own goal, a blocked shot, and a play that is no attempt."`
	XG         *float64 `json:"xg" doc:"Expected goals, in goals: the probability that the attempt becomes a goal. Null for blocked shots, own goals, shootouts, plays that are no attempts, and games whose plays are incomplete."`
	Reason     *string  `json:"reason" doc:"Why a shot missed or was blocked, or the offence of a penalty."`
	Penalty    *string  `json:"penalty_type" doc:"Type of a penalty as the NHL has it, such as MIN, MAJ, BEN or PS."`
	Minutes    *int     `json:"penalty_minutes" doc:"Minutes of a penalty."`
	PlayerID   *int64   `json:"player_id" doc:"Who did it; null for a bench penalty."`
	OtherID    *int64   `json:"other_player_id" doc:"Who lost the faceoff, was hit, blocked the shot or drew the penalty."`
	Assist1ID  *int64   `json:"assist1_player_id" doc:"First assist of a goal."`
	Assist2ID  *int64   `json:"assist2_player_id" doc:"Second assist of a goal."`
	GoalieID   *int64   `json:"goalie_id" doc:"Goalie who faced the attempt; null if the net was empty or the shot was blocked."`
	ServedID   *int64   `json:"served_by_player_id" doc:"Who served a penalty for another player."`
}

func (s *server) apiGame(ctx context.Context, r apiRequest) (a APIGameRecord, err error) {
	g, err := s.gameRecord(ctx, r.ID)
	if err != nil {
		return a, err
	}
	teams, err := s.contestants(ctx)
	if err != nil {
		return a, err
	}
	a = APIGameRecord{APIScheduledGame: newAPIGame(teams, g.ScheduledGame), FetchedAt: timeOrNull(g.PlaysAt), Doubt: textOrNull(g.Doubt),
		Periods: []APIPeriod{}, Boxscore: make([]APIBoxLine, len(g.box))}
	for i, p := range periodScores(g.plays) {
		period := APIPeriod{Period: i + 1, Name: p.Name, AwayGoals: p.Goals[0], HomeGoals: p.Goals[1]}
		if !p.Shootout {
			period.AwayShots, period.HomeShots = &p.Shots[0], &p.Shots[1]
		}
		a.Periods = append(a.Periods, period)
	}
	for i, l := range g.box {
		a.Boxscore[i] = APIBoxLine{PlayerID: l.PlayerID, FirstName: l.FirstName, LastName: l.LastName, Number: l.Number, Position: string(l.Position), Home: l.Home,
			Started: l.Started, Decision: textOrNull(l.Decision), Statistics: newBoxStatistics(l)}
	}
	return a, nil
}

func (s *server) apiPlays(ctx context.Context, r apiRequest) (a APIPlays, err error) {
	g, err := s.gameRecord(ctx, r.ID)
	if err != nil {
		return a, err
	}
	a = APIPlays{GameID: g.ID, FetchedAt: timeOrNull(g.PlaysAt), Plays: make([]APIPlay, len(g.plays))}
	for i := range g.plays {
		a.Plays[i] = newAPIPlay(g, &g.plays[i])
	}
	return a, nil
}

func newAPIPlay(g gameRecord, p *league.Play) APIPlay {
	play := APIPlay{EventID: p.EventID, Kind: string(p.Kind), Period: p.Period, PeriodType: p.PeriodType, Second: p.Second, Team: g.Away, Home: p.Home, X: p.X, Y: p.Y,
		Zone: textOrNull(p.Zone), Situation: textOrNull(p.Situation), ShotType: textOrNull(p.ShotType), XG: goalsOrNull(p.XG), Reason: textOrNull(p.Reason),
		Penalty: textOrNull(p.Penalty), Minutes: p.Minutes, PlayerID: p.PlayerID, OtherID: p.OtherID, Assist1ID: p.Assist1ID, Assist2ID: p.Assist2ID,
		GoalieID: p.GoalieID, ServedID: p.ServedID}
	if p.Home {
		play.Team = g.Home
	}
	if own, _ := p.Skaters(); own > 0 {
		play.Strength = new(string(p.Strength()))
	}
	return play
}
