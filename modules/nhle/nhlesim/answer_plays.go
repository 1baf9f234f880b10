package nhlesim

var typeCodes = map[string]int{"faceoff": 502, "hit": 503, "giveaway": 504, goal: 505, shotOnGoal: 506, missedShot: 507, blocked: 508, "penalty": 509,
	"stoppage": 516, "period-start": 520, "period-end": 521, "shootout-complete": 523, "game-end": 524, "takeaway": 525, "delayed-penalty": 535, failedShot: 537}

func periodType(number int) string {
	switch number {
	case overtimePeriod:
		return "OT"
	case shootoutPeriod:
		return "SO"
	}
	return "REG"
}

func periodOf(number int) fields {
	return fields{"number": number, "periodType": periodType(number), "maxRegulationPeriods": 3}
}

// lastPeriod returns the period in which a game ended, or the first one before the game.
func (g *game) lastPeriod() int {
	switch {
	case !g.over:
		return 1
	case g.shootout:
		return shootoutPeriod
	case g.seconds > regulation:
		return overtimePeriod
	}
	return 3
}

// playList returns the plays with the score and the shots on goal so far. The ids are not in order.
func (g *game) playList() []fields {
	list := make([]fields, len(g.plays))
	goals, shots := map[*side]int{}, map[*side]int{}
	for i, p := range g.plays {
		f := p.fields()
		f["eventId"], f["sortOrder"] = 8+i*577%1009, 10+3*i
		left := (g.id+p.period)%2 == 0 // sides change after each period
		f["homeTeamDefendingSide"] = map[bool]string{true: "left", false: "right"}[left]
		if p.by != nil || p.reason != "" {
			f["details"] = p.details(left == (p.by == g.home))
		}
		switch {
		case p.kind == goal:
			if p.period < shootoutPeriod {
				goals[p.by]++
			}
			f["details"].(fields)["homeScore"], f["details"].(fields)["awayScore"] = goals[g.home], goals[g.away]
			if !p.own() {
				shots[p.by]++
			}
		case p.kind == shotOnGoal:
			shots[p.by]++
			f["details"].(fields)["homeSOG"], f["details"].(fields)["awaySOG"] = shots[g.home], shots[g.away]
		}
		list[i] = f
	}
	return list
}

// fields returns what all plays have.
func (p *play) fields() fields {
	length := 1200
	switch p.period {
	case overtimePeriod:
		length = overtime
	case shootoutPeriod:
		length = 0
	}
	return fields{"periodDescriptor": periodOf(p.period), "timeInPeriod": paddedClock(p.second), "timeRemaining": paddedClock(length - p.second),
		"situationCode": string(p.situation[:]), "typeCode": typeCodes[p.kind], "typeDescKey": p.kind}
}

// roles are the keys of the players of a play: who did it, and to whom.
var roles = map[string][2]string{
	goal: {"scoringPlayerId"}, shotOnGoal: {"shootingPlayerId"}, missedShot: {"shootingPlayerId"}, failedShot: {"shootingPlayerId"},
	blocked: {"shootingPlayerId", "blockingPlayerId"}, "faceoff": {"winningPlayerId", "losingPlayerId"}, "hit": {"hittingPlayerId", "hitteePlayerId"},
	"giveaway": {"playerId"}, "takeaway": {"playerId"}, "penalty": {"committedByPlayerId", "drawnByPlayerId"},
}

// details returns what depends on the kind of a play. Right means that its side attacks towards positive x.
func (p *play) details(right bool) fields {
	f := fields{}
	if p.reason != "" {
		f["reason"] = p.reason
	}
	if p.by == nil {
		return f
	}
	f["eventOwnerTeamId"] = p.by.team.ID
	if p.kind == "delayed-penalty" {
		return f
	}
	f["xCoord"], f["yCoord"], f["zoneCode"] = p.x, p.y, p.zone()
	if !right {
		f["xCoord"], f["yCoord"] = -p.x, -p.y
	}
	if p.shotType != "" {
		f["shotType"] = p.shotType
	}
	if o := p.offence; o != nil {
		f["typeCode"], f["descKey"], f["duration"] = o.code, o.name, o.minutes
	}
	keys := roles[p.kind]
	for key, n := range map[string]*line{keys[0]: p.player, keys[1]: p.other, "goalieInNetId": p.goalie, "servedByPlayerId": p.served} {
		if n != nil {
			f[key] = n.player.ID
		}
	}
	for i, n := range p.assists {
		f[[]string{"assist1PlayerId", "assist2PlayerId"}[i]] = n.player.ID
	}
	return f
}

// zone returns the zone of a play seen from its side; that of a blocked shot, from the side that blocked it.
func (p *play) zone() string {
	x := p.x
	if p.reason == "blocked" {
		x = -x
	}
	switch {
	case x > 25:
		return "O"
	case x < -25:
		return "D"
	}
	return "N"
}

// spots lists the players of a side who dressed.
func (s *side) spots() (list []fields) {
	for _, n := range s.dressed() {
		f := fields{"teamId": s.team.ID, "playerId": n.player.ID, "firstName": text(n.player.First), "lastName": text(n.player.Last), "positionCode": n.player.Position}
		n.player.addNumber(f)
		list = append(list, f)
	}
	return list
}
