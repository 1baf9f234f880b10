package nhlesim

// stats are what a player did in a game, a season or a career. Which of them an answer shows depends on his position.
type stats struct {
	games, goals, assists, pim, toi int // toi in seconds

	plusMinus, shots, shifts int
	ppGoals, ppPoints        int
	shGoals, shPoints        int
	winners, otGoals         int
	faceoffs, faceoffsWon    int

	starts, wins, losses, otLosses       int
	shotsAgainst, goalsAgainst, shutouts int
	saves                                int // an own goal is a goal against and not a shot
}

func (s *stats) points() int { return s.goals + s.assists }

func (s *stats) add(o *stats) {
	s.games += o.games
	s.goals += o.goals
	s.assists += o.assists
	s.pim += o.pim
	s.toi += o.toi
	s.plusMinus += o.plusMinus
	s.shots += o.shots
	s.shifts += o.shifts
	s.ppGoals += o.ppGoals
	s.ppPoints += o.ppPoints
	s.shGoals += o.shGoals
	s.shPoints += o.shPoints
	s.winners += o.winners
	s.otGoals += o.otGoals
	s.faceoffs += o.faceoffs
	s.faceoffsWon += o.faceoffsWon
	s.starts += o.starts
	s.wins += o.wins
	s.losses += o.losses
	s.otLosses += o.otLosses
	s.shotsAgainst += o.shotsAgainst
	s.goalsAgainst += o.goalsAgainst
	s.shutouts += o.shutouts
	s.saves += o.saves
}

func (s *stats) decision() string {
	switch {
	case s.wins > 0:
		return "W"
	case s.losses > 0:
		return "L"
	case s.otLosses > 0:
		return "O"
	}
	return ""
}
