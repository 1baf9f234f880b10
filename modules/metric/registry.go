package metric

// quarter is the share of his team's games, 21 of 82, that a player needs to be ranked by a metric that a few games can
// distort. Counts where more is better need no such minimum: few games can only make them lower.
const quarter = 0.25

// XGModel is the version of the expected-goals model. A test compares it with the model's file.
const XGModel = "1-1469ff63"

const byModel = ", by Blueline’s model, version " + XGModel + "."

// hour turns a total per second on ice into a total per 60 minutes.
const hour = 3600.0

// All is the registry, in the order of the glossary.
var All = complete([]Metric{
	// Columns of words.
	{Key: "number", Name: "Sweater number", Abbr: "#", Formula: "Sweater number on the current roster, otherwise his last one.", Unit: Count},
	{Key: "name", Name: "Name", Abbr: "Name", Formula: "First and last name."},
	{Key: "position", Name: "Position", Abbr: "Pos", Formula: "C centre, L left wing, R right wing, D defence, G goalie."},
	{Key: "season", Name: "Season", Abbr: "Season", Formula: "The two years it is played in."},
	{Key: "team", Name: "Team", Abbr: "Team", Formula: "The team he played for."},
	{Key: "league", Name: "League", Abbr: "League", Formula: "League or tournament, as abbreviated by the NHL."},
	{Key: "date", Name: "Date", Abbr: "Date", Formula: "Date of the game in the arena’s time zone."},
	{Key: "opponent", Name: "Opponent", Abbr: "Opp", Formula: "vs at home, @ on the road."},
	{Key: "split", Name: "Split", Abbr: "Split", Formula: "The games included in the row."},
	{Key: "tricode", Name: "Tricode", Abbr: "Tricode", Formula: "Three-letter abbreviation of the team.", For: Teams},
	{Key: "players", Name: "Players", Abbr: "Players", Formula: "Players on the active roster.", Unit: Count, For: Teams},
	{Key: "rest", Name: "Days of rest", Abbr: "Rest", Formula: "Days off since his previous game; 0 for back-to-back games.", Unit: Count},

	{Key: "age", Name: "Age on 31 January", Abbr: "Age", Formula: "His age on 31 January of the season.", Unit: Count},
	{Key: "seasons", Name: "Seasons played", Abbr: "Seasons", Formula: "Seasons whose numbers are added up in the row.", Unit: Count},
	{Key: "nationality", Name: "Nationality", Abbr: "Nat", Formula: "Three-letter code of his nationality."},

	// Columns of a game's page.
	{Key: "period", Name: "Period", Abbr: "Period", Formula: "1st to 3rd, then OT, 2OT and so on for overtime."},
	{Key: "game_time", Name: "Time", Abbr: "Time", Formula: "Time played in the period.", Unit: Clock},
	{Key: "result", Name: "Result", Abbr: "Result", Formula: "Goal, saved, missed, blocked, own goal, or no shot (a penalty shot without a shot)."},
	{Key: "shot_type", Name: "Shot type", Abbr: "Shot type", Formula: "How the puck was shot, as the NHL records it."},
	{Key: "strength", Name: "Strength", Abbr: "Strength", Formula: "Even, power play or short-handed, seen from the shooter’s team. An extra attacker does not count."},
	{Key: "xg", Name: "Expected goals", Abbr: "xG", Formula: "Probability that the attempt becomes a goal" + byModel + " Blocked shots, own goals and shootouts have none.", Unit: Decimal, Digits: 2},
	{Key: "distance", Name: "Distance in feet", Abbr: "Dist", Formula: "From the centre of the goal, in feet. A blocked shot has the distance of the block.", Unit: Count},
	{Key: "x", Name: "Feet from centre ice", Abbr: "x", Formula: "Along the rink, in feet from centre ice. In a game, the home team attacks towards positive x; on a player’s map, his team does.", Unit: Signed},
	{Key: "y", Name: "Feet from the middle", Abbr: "y", Formula: "Across the rink, in feet from the middle, positive to the left of the team that attacks towards positive x.", Unit: Signed},

	// Columns of the status page.
	{Key: "missing", Name: "Missing", Abbr: "Missing", Formula: "Data that could not be fetched."},
	{Key: "since", Name: "Since", Abbr: "Since", Formula: "Date of the first failed fetch."},
	{Key: "stored", Name: "Stored", Abbr: "Stored", Formula: "Date of the older version shown instead."},
	{Key: "reason", Name: "Reason", Abbr: "Reason", Formula: "Why it could not be fetched."},
	{Key: "rosters", Name: "Rosters", Abbr: "Rosters", Formula: "Rosters stored, out of one per team in the standings.", Unit: Count},
	{Key: "profiles", Name: "Profiles", Abbr: "Profiles", Formula: "Profiles stored, out of one per player on a roster.", Unit: Count},
	{Key: "logs", Name: "Game logs", Abbr: "Game logs", Formula: "Game logs stored, out of one per season and playoffs of each player on a current roster.", Unit: Count},
	{Key: "player", Name: "Player", Abbr: "Player", Formula: "Player whose stat was corrected."},
	{Key: "game_day", Name: "Game", Abbr: "Game", Formula: "Date of the game."},
	{Key: "doubt", Name: "Doubt", Abbr: "Doubt", Formula: "What disagrees or is missing in the plays, the boxscore and the players’ game logs of the game."},
	{Key: "noticed", Name: "Noticed", Abbr: "Noticed", Formula: "Date the correction was noticed."},
	{Key: "stat", Name: "Stat", Abbr: "Stat", Formula: "Stat that was corrected."},
	{Key: "was", Name: "Was", Abbr: "Was", Formula: "Value before the correction.", Unit: Count},
	{Key: "is_now", Name: "Now", Abbr: "Now", Formula: "Value after the correction.", Unit: Count},

	// Columns of the page about expected goals.
	{Key: "sample", Name: "Sample", Abbr: "Sample", Formula: "The attempts in the row."},
	{Key: "model", Name: "Model", Abbr: "Model", Formula: "Who made the model."},
	{Key: "unblocked", Name: "Unblocked attempts", Abbr: "Att", Formula: "Goals, saved shots and misses, excluding own goals, penalty shots and shootouts.", Unit: Count},
	{Key: "scored", Name: "Goals from these attempts", Abbr: "Goals", Formula: "Goals among the attempts in the row.", Unit: Count},
	{Key: "expected", Name: "Expected goals", Abbr: "xG", Formula: "Sum of the goal probabilities that the model gives the attempts.", Unit: Decimal, Digits: 1},
	{Key: "log_loss", Name: "Log-loss", Abbr: "Log-loss", Formula: "Average of −ln p, where p is the probability the model gave to what happened; lower is better.", Unit: Decimal, Digits: 4},
	{Key: "auc", Name: "Area under the curve", Abbr: "AUC", Formula: "Probability that a random goal has a higher xG than a random attempt that failed; 0.5 is chance.", Unit: Decimal, Digits: 4},

	// Everyone.
	{Key: "gp", Name: "Games played", Abbr: "GP", Formula: "Games in which he was on the ice.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.GP }, Stored: Seasons, Sum: `COUNT(*)`},
	{Key: "goals", Name: "Goals", Abbr: "G", Formula: "Goals scored, shootout goals excluded.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.Goals }, Stored: Seasons | Games},
	{Key: "assists", Name: "Assists", Abbr: "A", Formula: "Credited to the last one or two teammates to touch the puck before the scorer.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.Assists }, Stored: Seasons | Games},
	{Key: "points", Name: "Points", Abbr: "P", Formula: "Goals + assists.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.Points }, Stored: Seasons | Games},
	{Key: "pim", Name: "Penalty minutes", Abbr: "PIM", Formula: "Total minutes of his penalties.", Unit: Count, Kind: Total, Less: true, MinShare: quarter, Int: func(l *Line) **int { return &l.PIM }, Stored: Seasons | Games},
	{Key: "toi", Name: "Time on ice", Abbr: "TOI", Formula: "Time on the ice, in minutes and seconds.", Unit: Clock, Kind: Total, Int: func(l *Line) **int { return &l.TOI }, Stored: Seasons | Games},

	// Skaters.
	{Key: "career_points", Name: "Career points", Abbr: "Career P", Formula: "Goals + assists in the regular seasons of his NHL career.", Unit: Count, For: Skaters, Kind: Total},
	{Key: "plus_minus", Name: "Plus-minus", Abbr: "+/-", Formula: "Goals for minus goals against while he is on the ice, power-play goals excluded.", Unit: Signed, For: Skaters, Kind: Total, MinShare: quarter, Int: func(l *Line) **int { return &l.PlusMinus }, Stored: Seasons | Games},
	{Key: "shots", Name: "Shots on goal", Abbr: "S", Formula: "Shots that scored or would have scored if the goalie had not stopped them.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.Shots }, Stored: Seasons | Games},
	{Key: "ppg", Name: "Power-play goals", Abbr: "PPG", Formula: "Goals scored on the power play.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.PowerPlayGoals }, Stored: Seasons | Games},
	{Key: "ppp", Name: "Power-play points", Abbr: "PPP", Formula: "Power-play goals + power-play assists.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.PowerPlayPoints }, Stored: Seasons | Games},
	{Key: "shg", Name: "Short-handed goals", Abbr: "SHG", Formula: "Goals scored while short-handed.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.ShortHandGoals }, Stored: Seasons | Games},
	{Key: "shp", Name: "Short-handed points", Abbr: "SHP", Formula: "Short-handed goals + short-handed assists.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.ShortHandPoints }, Stored: Seasons | Games},
	{Key: "gwg", Name: "Game-winning goals", Abbr: "GWG", Formula: "Goals that put his team one ahead of the opponent’s final total.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.GameWinners }, Stored: Seasons | Games},
	{Key: "otg", Name: "Overtime goals", Abbr: "OTG", Formula: "Goals scored in overtime.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.OvertimeGoals }, Stored: Seasons | Games},
	{Key: "shifts", Name: "Shifts", Abbr: "Shifts", Formula: "Number of shifts on the ice.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.Shifts }, Stored: Games},
	{Key: "attempts", Name: "Shot attempts", Abbr: "ATT", Formula: "Goals, saved, missed and blocked shots. Shootouts are left out.", Unit: Count, For: Skaters, Kind: Total},
	{Key: "hits", Name: "Hits", Abbr: "HIT", Formula: "Body checks on an opponent who has the puck or has just played it.", Unit: Count, For: Skaters, Kind: Total},
	{Key: "blocks", Name: "Blocked shots", Abbr: "BLK", Formula: "Opponents’ shots he blocked. A shot that hits a teammate of the shooter counts for nobody.", Unit: Count, For: Skaters, Kind: Total},
	{Key: "giveaways", Name: "Giveaways", Abbr: "GV", Formula: "Times he lost the puck to the opponent by his own mistake.", Unit: Count, Less: true, For: Skaters, Kind: Total},
	{Key: "takeaways", Name: "Takeaways", Abbr: "TK", Formula: "Times he took the puck from the opponent.", Unit: Count, For: Skaters, Kind: Total},
	{Key: "s_pctg", Name: "Shooting percentage", Abbr: "S%", Formula: "Goals / shots on goal.", Unit: Percent, Digits: 1, For: Skaters, Kind: Rate, Num: "goals", Den: "shots", Factor: 1, MinShare: quarter, Float: func(l *Line) **float64 { return &l.ShootingPctg }, Stored: Seasons},
	{Key: "fo_pctg", Name: "Faceoff percentage", Abbr: "FO%", Formula: "Faceoffs won / faceoffs taken. In season totals the NHL reports 0% both for a player who took no faceoff and for one who won none; Blueline shows – for both.", Unit: Percent, Digits: 1, For: Skaters, Kind: Rate, Float: func(l *Line) **float64 { return &l.FaceoffPctg }, Stored: Seasons},
	{Key: "p_gp", Name: "Points per game", Abbr: "P/GP", Formula: "Points / games played.", Unit: Decimal, Digits: 2, For: Skaters, Kind: PerGame, Num: "points", Den: "gp", Factor: 1, MinShare: quarter},
	{Key: "g_gp", Name: "Goals per game", Abbr: "G/GP", Formula: "Goals / games played.", Unit: Decimal, Digits: 2, For: Skaters, Kind: PerGame, Num: "goals", Den: "gp", Factor: 1, MinShare: quarter},
	{Key: "p_60", Name: "Points per 60 minutes", Abbr: "P/60", Formula: "60 · points / minutes on ice, all situations.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Rate, Num: "points", Den: "toi", Factor: hour, MinShare: quarter},
	{Key: "g_60", Name: "Goals per 60 minutes", Abbr: "G/60", Formula: "60 · goals / minutes on ice, all situations.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Rate, Num: "goals", Den: "toi", Factor: hour, MinShare: quarter},
	{Key: "s_60", Name: "Shots per 60 minutes", Abbr: "S/60", Formula: "60 · shots on goal / minutes on ice, all situations.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Rate, Num: "shots", Den: "toi", Factor: hour, MinShare: quarter},
	{Key: "ixg", Name: "Individual expected goals", Abbr: "ixG", Formula: "Sum of the probabilities that his unblocked attempts become goals" + byModel + " Own goals and shootouts have none.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.XG }, Scale: PerGoal, Stored: Games | Totals},
	{Key: "g_ixg", Name: "Goals above expected", Abbr: "G−ixG", Formula: "Goals − individual expected goals. An own goal credited to him counts as a goal but has no expected goals.", Unit: Signed, Digits: 2, For: Skaters, Kind: Total, MinShare: quarter, Int: func(l *Line) **int { return &l.AboveXG }, Scale: PerGoal, Stored: Games | Totals},
	{Key: "ixg_60", Name: "Individual expected goals per 60 minutes", Abbr: "ixG/60", Formula: "60 · individual expected goals / minutes on ice, all situations.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Rate, Num: "ixg", Den: "toi", Factor: hour / PerGoal, MinShare: quarter},
	{Key: "avg_toi", Name: "Time on ice per game", Abbr: "TOI/GP", Formula: "Time on ice / games played.", Unit: Clock, For: Skaters, Kind: PerGame, Num: "toi", Den: "gp", Factor: 1, MinShare: quarter, Int: func(l *Line) **int { return &l.AvgTOI }, Stored: Seasons},

	// Goalies.
	{Key: "gs", Name: "Games started", Abbr: "GS", Formula: "Games he started in goal.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.GamesStarted }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE started = TRUE)`},
	{Key: "decision", Name: "Decision", Abbr: "DEC", Formula: "W win, L regulation loss, O overtime or shootout loss, credited to the goalie of record.", For: Goalies},
	{Key: "w", Name: "Wins", Abbr: "W", Formula: "Wins as the goalie of record.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Wins }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE decision = 'W')`},
	{Key: "l", Name: "Losses", Abbr: "L", Formula: "Regulation losses as the goalie of record.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Losses }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE decision = 'L')`},
	{Key: "t", Name: "Ties", Abbr: "T", Formula: "Ties as the goalie of record. The NHL had ties through 2003–04.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Ties }, Stored: Seasons},
	{Key: "ot", Name: "Overtime losses", Abbr: "OT", Formula: "Overtime and shootout losses as the goalie of record.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.OTLosses }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE decision = 'O')`},
	{Key: "sa", Name: "Shots against", Abbr: "SA", Formula: "Shots on goal he faced.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.ShotsAgainst }, Stored: Seasons | Games},
	{Key: "ga", Name: "Goals against", Abbr: "GA", Formula: "Goals he allowed.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.GoalsAgainst }, Stored: Seasons | Games},
	{Key: "saves", Name: "Saves", Abbr: "SV", Formula: "Shots he stopped. An own goal is a goal against but not a shot, so saves can differ from shots against − goals against.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Saves }, Stored: Seasons | Games, Sum: `CASE WHEN COUNT(saves) = COUNT(*) THEN SUM(saves) END`},
	{Key: "sv_pctg", Name: "Save percentage", Abbr: "SV%", Formula: "Saves / shots against.", Unit: Fraction, Digits: 3, For: Goalies, Kind: Rate, Num: "saves", Den: "sa", Factor: 1, MinShare: quarter, Float: func(l *Line) **float64 { return &l.SavePctg }, Stored: Seasons | Games},
	{Key: "gaa", Name: "Goals-against average", Abbr: "GAA", Formula: "60 · goals against / minutes in goal.", Unit: Decimal, Digits: 2, Less: true, For: Goalies, Kind: Rate, Num: "ga", Den: "toi", Factor: hour, MinShare: quarter, Float: func(l *Line) **float64 { return &l.GAA }, Stored: Seasons},
	{Key: "so", Name: "Shutouts", Abbr: "SO", Formula: "Full games in goal without a goal against.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Shutouts }, Stored: Seasons | Games},
	{Key: "xga", Name: "Expected goals against", Abbr: "xGA", Formula: "Sum of the probabilities that the unblocked attempts he faced become goals" + byModel + " Own goals and shootouts have none.", Unit: Decimal, Digits: 2, Less: true, For: Goalies, Kind: Total, MinShare: quarter, Int: func(l *Line) **int { return &l.XGA }, Scale: PerGoal, Stored: Games | Totals},
	{Key: "gsax", Name: "Goals saved above expected", Abbr: "GSAx", Formula: "Expected goals against − goals against. Own goals count among the goals against but have no expected goals.", Unit: Signed, Digits: 2, For: Goalies, Kind: Total, MinShare: quarter, Int: func(l *Line) **int { return &l.SavedXGA }, Scale: PerGoal, Stored: Games | Totals},
	{Key: "gsax_60", Name: "Goals saved above expected per 60 minutes", Abbr: "GSAx/60", Formula: "60 · goals saved above expected / minutes in goal.", Unit: Decimal, Digits: 2, For: Goalies, Kind: Rate, Num: "gsax", Den: "toi", Factor: hour / PerGoal, MinShare: quarter},

	// Teams.
	{Key: "record", Name: "Record", Abbr: "W–L–OT", Formula: "Wins, regulation losses, and overtime or shootout losses.", For: Teams},
	{Key: "team_place", Name: "Place", Abbr: "#", Formula: "Place in the league, in the order of the NHL’s standings.", Unit: Count, For: Teams},
	{Key: "standing_place", Name: "Place in the standings", Abbr: "#", Formula: "Place in the division, conference, league or wild-card race, calculated by Blueline.", Unit: Count, For: Teams},
	{Key: "division", Name: "Division", Abbr: "Division", Formula: "Division the team plays in.", For: Teams},
	{Key: "team_gf", Name: "Goals for", Abbr: "GF", Formula: "Goals the team scored. A shootout win adds one.", Unit: Count, For: Teams, Kind: Total},
	{Key: "team_ga", Name: "Goals against", Abbr: "GA", Formula: "Goals the team allowed. A shootout loss adds one.", Unit: Count, Less: true, For: Teams, Kind: Total},
	{Key: "team_xgf", Name: "Expected goals for", Abbr: "xGF", Formula: "Sum of the probabilities that the team’s unblocked attempts become goals" + byModel + " Own goals and shootouts have none.", Unit: Decimal, Digits: 1, For: Teams, Kind: Total},
	{Key: "team_xga", Name: "Expected goals against", Abbr: "xGA", Formula: "Sum of the probabilities that the opponents’ unblocked attempts become goals" + byModel + " Own goals and shootouts have none.", Unit: Decimal, Digits: 1, Less: true, For: Teams, Kind: Total},
	{Key: "team_xgf_pctg", Name: "Expected goals percentage", Abbr: "xGF%", Formula: "Expected goals for / (expected goals for + expected goals against).", Unit: Percent, Digits: 1, For: Teams, Kind: Rate},
	{Key: "last_ten", Name: "Last ten games", Abbr: "L10", Formula: "Wins, regulation losses, and overtime or shootout losses in the last ten games.", For: Teams},
	{Key: "team_points", Name: "Points in the standings", Abbr: "PTS", Formula: "2 per win, 1 per overtime or shootout loss.", Unit: Count, For: Teams, Kind: Total},
	{Key: "team_points_pctg", Name: "Points percentage", Abbr: "P%", Formula: "Points in the standings / points available (2 per game).", Unit: Fraction, Digits: 3, For: Teams, Kind: Rate},
	{Key: "team_w", Name: "Team wins", Abbr: "W", Formula: "Games the team has won.", Unit: Count, For: Teams, Kind: Total},
	{Key: "team_l", Name: "Team losses", Abbr: "L", Formula: "Games the team has lost in regulation.", Unit: Count, Less: true, For: Teams, Kind: Total},
	{Key: "team_ot", Name: "Team overtime losses", Abbr: "OT", Formula: "Games the team has lost in overtime or a shootout.", Unit: Count, Less: true, For: Teams, Kind: Total},
	{Key: "team_rw", Name: "Regulation wins", Abbr: "RW", Formula: "Wins in regulation. Since 2019–20, the first tiebreaker after fewer games played.", Unit: Count, For: Teams, Kind: Total},
	{Key: "team_row", Name: "Regulation and overtime wins", Abbr: "ROW", Formula: "Wins without those in a shootout.", Unit: Count, For: Teams, Kind: Total},
	{Key: "team_diff", Name: "Goal differential", Abbr: "DIFF", Formula: "Goals for − goals against. A shootout counts as one goal for its winner.", Unit: Signed, For: Teams, Kind: Total},
	{Key: "home_record", Name: "Home record", Abbr: "HOME", Formula: "Wins, regulation losses, and overtime or shootout losses at home.", For: Teams},
	{Key: "road_record", Name: "Road record", Abbr: "ROAD", Formula: "Wins, regulation losses, and overtime or shootout losses on the road.", For: Teams},
	{Key: "streak", Name: "Streak", Abbr: "STRK", Formula: "Games in a row with the same outcome: W for wins, L for regulation losses, OT for losses in overtime or a shootout.", For: Teams},
	{Key: "team_gp", Name: "Team games played", Abbr: "GP", Formula: "Regular-season games the team has played.", Unit: Count, For: Teams, Kind: Total},

	// Calculated by Blueline.
	{Key: "percentile", Name: "Percentile rank", Abbr: "PR", Formula: "Share of the peer group he outranks; ties count half.", Unit: Decimal, Digits: 1, Kind: Rate},
})
