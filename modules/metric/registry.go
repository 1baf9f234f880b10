package metric

// quarter of his team's games, 21 of 82, is what a player needs to be ranked by a metric that few games distort. Counts of
// which more is better need no such minimum: few games can only cost a place.
const quarter = 0.25

// hour turns a total for each second on ice into one for sixty minutes.
const hour = 3600

// All is the registry, in the order of the glossary.
var All = complete([]Metric{
	// Who, when and where.
	{Key: "number", Name: "Sweater number", Abbr: "#", Formula: "The number on the back of his sweater; the current roster's, where he is on one.", Unit: Count},
	{Key: "name", Name: "Name", Abbr: "Name", Formula: "First and last name."},
	{Key: "position", Name: "Position", Abbr: "Pos", Formula: "C centre, L left wing, R right wing, D defence, G goalie."},
	{Key: "season", Name: "Season", Abbr: "Season", Formula: "The two years it is played in."},
	{Key: "team", Name: "Team", Abbr: "Team", Formula: "The club he played for."},
	{Key: "league", Name: "League", Abbr: "League", Formula: "The league or tournament, as the NHL abbreviates it."},
	{Key: "date", Name: "Date", Abbr: "Date", Formula: "Day of the game, local to the rink."},
	{Key: "opponent", Name: "Opponent", Abbr: "Opponent", Formula: "vs at home, @ away."},
	{Key: "home_away", Name: "Home or away", Abbr: "H/A", Formula: "H at home, A away."},
	{Key: "split", Name: "Split", Abbr: "Split", Formula: "The games included in the row."},
	{Key: "tricode", Name: "Tricode", Abbr: "Tricode", Formula: "The club's three letters.", For: Clubs},
	{Key: "players", Name: "Players", Abbr: "Players", Formula: "How many players its active roster has.", Unit: Count, For: Clubs},
	{Key: "rest", Name: "Days of rest", Abbr: "Rest", Formula: "Days off since his previous game: 0 on consecutive days.", Unit: Count},

	// Of the status page.
	{Key: "missing", Name: "Missing", Abbr: "Missing", Formula: "What could not be fetched."},
	{Key: "since", Name: "Since", Abbr: "Since", Formula: "Day it first failed; it has not been fetched since."},
	{Key: "stored", Name: "Stored", Abbr: "Stored", Formula: "Day the older version shown instead was fetched."},
	{Key: "reason", Name: "Reason", Abbr: "Reason", Formula: "Why it could not be fetched."},
	{Key: "rosters", Name: "Rosters", Abbr: "Rosters", Formula: "Rosters stored, out of one per team in the standings.", Unit: Count},
	{Key: "profiles", Name: "Profiles", Abbr: "Profiles", Formula: "Profiles stored, out of one per player on a roster.", Unit: Count},
	{Key: "logs", Name: "Game logs", Abbr: "Game logs", Formula: "Game logs stored, out of one per season and playoffs played by a player on a current roster.", Unit: Count},
	{Key: "player", Name: "Player", Abbr: "Player", Formula: "The player whose game was corrected."},
	{Key: "game_day", Name: "Game", Abbr: "Game", Formula: "Day of the game that was corrected."},
	{Key: "noticed", Name: "Noticed", Abbr: "Noticed", Formula: "Day on which a correction was noticed."},
	{Key: "stat", Name: "Statistic", Abbr: "Statistic", Formula: "The column of the game log that was corrected."},
	{Key: "was", Name: "Was", Abbr: "Was", Formula: "The number before the correction.", Unit: Count},
	{Key: "is_now", Name: "Now", Abbr: "Now", Formula: "The number after the correction.", Unit: Count},

	// Everyone.
	{Key: "gp", Name: "Games played", Abbr: "GP", Formula: "Games in which he was on the ice.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.GP }, Stored: Seasons, Sum: `COUNT(*)`},
	{Key: "goals", Name: "Goals", Abbr: "G", Formula: "Goals scored; those of a shootout do not count.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.Goals }, Stored: Seasons | Games},
	{Key: "assists", Name: "Assists", Abbr: "A", Formula: "Goals of team-mates he helped to score, as the first or second passer.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.Assists }, Stored: Seasons | Games},
	{Key: "points", Name: "Points", Abbr: "P", Formula: "Goals + assists.", Unit: Count, Kind: Total, Int: func(l *Line) **int { return &l.Points }, Stored: Seasons | Games},
	{Key: "pim", Name: "Penalty minutes", Abbr: "PIM", Formula: "Minutes of all his penalties.", Unit: Count, Kind: Total, Less: true, MinShare: quarter, Int: func(l *Line) **int { return &l.PIM }, Stored: Seasons | Games},
	{Key: "toi", Name: "Time on ice", Abbr: "TOI", Formula: "Minutes and seconds on the ice.", Unit: Clock, Kind: Total, Int: func(l *Line) **int { return &l.TOI }, Stored: Seasons | Games},

	// Skaters.
	{Key: "plus_minus", Name: "Plus-minus", Abbr: "+/-", Formula: "Goals for his team less goals against while he is on the ice, power-play goals left out.", Unit: Signed, For: Skaters, Kind: Total, MinShare: quarter, Int: func(l *Line) **int { return &l.PlusMinus }, Stored: Seasons | Games},
	{Key: "shots", Name: "Shots on goal", Abbr: "S", Formula: "Shots that were goals or would have been without the goalie.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.Shots }, Stored: Seasons | Games},
	{Key: "ppg", Name: "Power-play goals", Abbr: "PPG", Formula: "Goals with more players on the ice than the other team, for its penalties.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.PowerPlayGoals }, Stored: Seasons | Games},
	{Key: "ppp", Name: "Power-play points", Abbr: "PPP", Formula: "Power-play goals + assists on such goals.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.PowerPlayPoints }, Stored: Seasons | Games},
	{Key: "shg", Name: "Short-handed goals", Abbr: "SHG", Formula: "Goals with fewer players on the ice than the other team, for his team's penalties.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.ShortHandGoals }, Stored: Seasons | Games},
	{Key: "shp", Name: "Short-handed points", Abbr: "SHP", Formula: "Short-handed goals + assists on such goals.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.ShortHandPoints }, Stored: Seasons | Games},
	{Key: "gwg", Name: "Game-winning goals", Abbr: "GWG", Formula: "Goals that gave his team one more than the other had in the end.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.GameWinners }, Stored: Seasons | Games},
	{Key: "otg", Name: "Overtime goals", Abbr: "OTG", Formula: "Goals in overtime, which end the game.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.OvertimeGoals }, Stored: Seasons | Games},
	{Key: "shifts", Name: "Shifts", Abbr: "Shifts", Formula: "How often he came onto the ice.", Unit: Count, For: Skaters, Kind: Total, Int: func(l *Line) **int { return &l.Shifts }, Stored: Games},
	{Key: "s_pctg", Name: "Shooting percentage", Abbr: "S%", Formula: "Goals / shots on goal.", Unit: Percent, Digits: 1, For: Skaters, Kind: Rate, Num: "goals", Den: "shots", Factor: 1, MinShare: quarter, Float: func(l *Line) **float64 { return &l.ShootingPctg }, Stored: Seasons},
	{Key: "fo_pctg", Name: "Face-off percentage", Abbr: "FO%", Formula: "Face-offs won / face-offs taken. A season without a face-off win shows –, because the NHL does not report whether he took any.", Unit: Percent, Digits: 1, For: Skaters, Kind: Rate, Float: func(l *Line) **float64 { return &l.FaceoffPctg }, Stored: Seasons},
	{Key: "p_gp", Name: "Points per game", Abbr: "P/GP", Formula: "Points / games played.", Unit: Decimal, Digits: 2, For: Skaters, Kind: PerGame, Num: "points", Den: "gp", Factor: 1, MinShare: quarter},
	{Key: "g_gp", Name: "Goals per game", Abbr: "G/GP", Formula: "Goals / games played.", Unit: Decimal, Digits: 2, For: Skaters, Kind: PerGame, Num: "goals", Den: "gp", Factor: 1, MinShare: quarter},
	{Key: "p_60", Name: "Points per 60 minutes", Abbr: "P/60", Formula: "60 · points / minutes on ice, all situations.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Rate, Num: "points", Den: "toi", Factor: hour, MinShare: quarter},
	{Key: "g_60", Name: "Goals per 60 minutes", Abbr: "G/60", Formula: "60 · goals / minutes on ice, all situations.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Rate, Num: "goals", Den: "toi", Factor: hour, MinShare: quarter},
	{Key: "s_60", Name: "Shots per 60 minutes", Abbr: "S/60", Formula: "60 · shots on goal / minutes on ice, all situations.", Unit: Decimal, Digits: 2, For: Skaters, Kind: Rate, Num: "shots", Den: "toi", Factor: hour, MinShare: quarter},
	{Key: "avg_toi", Name: "Time on ice per game", Abbr: "TOI/GP", Formula: "Time on ice / games played, in minutes and seconds.", Unit: Clock, For: Skaters, Kind: PerGame, Num: "toi", Den: "gp", Factor: 1, MinShare: quarter, Int: func(l *Line) **int { return &l.AvgTOI }, Stored: Seasons},

	// Goalies.
	{Key: "gs", Name: "Games started", Abbr: "GS", Formula: "Games in which he was in goal from the start.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.GamesStarted }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE started = TRUE)`},
	{Key: "decision", Name: "Decision", Abbr: "DEC", Formula: "W win, L loss, O loss in overtime or a shootout; of the goalie who decided the game.", For: Goalies},
	{Key: "w", Name: "Wins", Abbr: "W", Formula: "Games won of which he was the goalie of record.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Wins }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE decision = 'W')`},
	{Key: "l", Name: "Losses", Abbr: "L", Formula: "Games lost in regulation of which he was the goalie of record.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Losses }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE decision = 'L')`},
	{Key: "t", Name: "Ties", Abbr: "T", Formula: "Games that ended in a tie with him as the goalie of record. The NHL had ties until 2003–04.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Ties }, Stored: Seasons},
	{Key: "ot", Name: "Overtime losses", Abbr: "OT", Formula: "Games lost in overtime or a shootout of which he was the goalie of record.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.OTLosses }, Stored: Seasons, Sum: `COUNT(*) FILTER (WHERE decision = 'O')`},
	{Key: "sa", Name: "Shots against", Abbr: "SA", Formula: "Shots on his goal.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.ShotsAgainst }, Stored: Seasons | Games},
	{Key: "ga", Name: "Goals against", Abbr: "GA", Formula: "Goals he let in.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.GoalsAgainst }, Stored: Seasons | Games},
	{Key: "saves", Name: "Saves", Abbr: "SV", Formula: "Shots against that he stopped. An own goal is a goal against but not a shot, so saves can differ from shots against − goals against.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Saves }, Stored: Seasons | Games, Sum: `CASE WHEN COUNT(saves) = COUNT(*) THEN SUM(saves) END`},
	{Key: "sv_pctg", Name: "Save percentage", Abbr: "SV%", Formula: "Saves / shots against.", Unit: Fraction, Digits: 3, For: Goalies, Kind: Rate, Num: "saves", Den: "sa", Factor: 1, MinShare: quarter, Float: func(l *Line) **float64 { return &l.SavePctg }, Stored: Seasons | Games},
	{Key: "gaa", Name: "Goals-against average", Abbr: "GAA", Formula: "60 · goals against / minutes in goal.", Unit: Decimal, Digits: 2, Less: true, For: Goalies, Kind: Rate, Num: "ga", Den: "toi", Factor: hour, MinShare: quarter, Float: func(l *Line) **float64 { return &l.GAA }, Stored: Seasons},
	{Key: "so", Name: "Shutouts", Abbr: "SO", Formula: "Games without a goal against, in goal for all of it.", Unit: Count, For: Goalies, Kind: Total, Int: func(l *Line) **int { return &l.Shutouts }, Stored: Seasons | Games},

	// Clubs.
	{Key: "record", Name: "Record", Abbr: "W–L–OT", Formula: "Wins, losses in regulation, and losses in overtime or a shootout.", For: Clubs},
	{Key: "team_points", Name: "Points in the standings", Abbr: "PTS", Formula: "2 for each win, 1 for each loss in overtime or a shootout.", Unit: Count, For: Clubs, Kind: Total},
	{Key: "team_points_pctg", Name: "Points percentage", Abbr: "P%", Formula: "Points in the standings / all that could have been won, 2 a game.", Unit: Fraction, Digits: 3, For: Clubs, Kind: Rate},
	{Key: "team_gp", Name: "Games of the club", Abbr: "GP", Formula: "Games the club has played in the regular season.", Unit: Count, For: Clubs, Kind: Total},

	// Blueline's own.
	{Key: "percentile", Name: "Percentile rank", Abbr: "PR", Formula: "100 · (worse + ½ · equal) / all of the crowd, himself among the equal.", Unit: Decimal, Digits: 1, Kind: Rate},
})
