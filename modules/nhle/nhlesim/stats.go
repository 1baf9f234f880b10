package nhlesim

// stats are a player's numbers of a game, a season or a career. Which of them an answer has depends on the position.
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

	hits, blocks, giveaways, takeaways int // only in boxscores
}

func (s *stats) points() int { return s.goals + s.assists }

// addPoint adds a goal, or an assist if goal is 0.
func (s *stats) addPoint(goal int, of strength) {
	s.goals += goal
	s.assists += 1 - goal
	switch of {
	case powerPlay:
		s.ppGoals += goal
		s.ppPoints++
	case shortHanded:
		s.shGoals += goal
		s.shPoints++
	}
}

// add adds all numbers of another line.
func (s *stats) add(o *stats) {
	sums := s.all()
	for i, n := range o.all() {
		*sums[i] += *n
	}
}

func (s *stats) all() []*int {
	return []*int{&s.games, &s.goals, &s.assists, &s.pim, &s.toi,
		&s.plusMinus, &s.shots, &s.shifts, &s.ppGoals, &s.ppPoints, &s.shGoals, &s.shPoints, &s.winners, &s.otGoals, &s.faceoffs, &s.faceoffsWon,
		&s.starts, &s.wins, &s.losses, &s.otLosses, &s.shotsAgainst, &s.goalsAgainst, &s.shutouts, &s.saves}
}

// decision returns a goalie's decision in a game: W, L, O or none.
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
