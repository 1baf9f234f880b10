package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// The API serves in JSON what the pages show, from the same stores. Its endpoints are one list, from which the routes, the
// OpenAPI document and the page /api follow.

// endpoint is an address of the API.
type endpoint struct {
	ID      string // of the operation
	Path    string // after apiPrefix
	Query   []string
	Example string // of an address, after apiPrefix
	Summary string
	Live    bool // changes although the data does not, so it is not stored in the page cache

	answer     func(*server, context.Context, apiRequest) (any, error)
	answerType reflect.Type
}

// newEndpoint returns the endpoint of a function, whose result is the answer.
func newEndpoint[T any](e endpoint, answer func(*server, context.Context, apiRequest) (T, error)) endpoint {
	e.answerType = reflect.TypeFor[T]()
	e.answer = func(s *server, ctx context.Context, r apiRequest) (any, error) { return answer(s, ctx, r) }
	return e
}

// endpoints lists the API in the order of its page.
var endpoints = []endpoint{
	newEndpoint(endpoint{ID: "listTeams", Path: "teams", Query: []string{"season"}, Example: "teams",
		Summary: "Teams with a roster in a season, and their places in the standings"}, (*server).apiTeams),
	newEndpoint(endpoint{ID: "getTeam", Path: "team/{id}", Query: []string{"season", "view"}, Example: "team/22",
		Summary: "A team and its roster, with each player’s regular season with this team or his career"}, (*server).apiTeam),
	newEndpoint(endpoint{ID: "getPlayer", Path: "player/{id}", Example: "player/8478402",
		Summary: "A player: bio, career and every season"}, (*server).apiPlayer),
	newEndpoint(endpoint{ID: "listGames", Path: "player/{id}/games", Query: []string{"season", "type"}, Example: "player/8478402/games?type=regular",
		Summary: "A player’s game log of a season, newest first"}, (*server).apiGames),
	newEndpoint(endpoint{ID: "getPercentiles", Path: "player/{id}/percentiles", Query: []string{"season", "type"}, Example: "player/8478402/percentiles",
		Summary: "A player’s percentile ranks of a season and of his career, with the size of each peer group"}, (*server).apiPercentiles),
	newEndpoint(endpoint{ID: "listScores", Path: "scores", Query: []string{"date"}, Example: "scores?date=2026-11-20",
		Summary: "The games of a day, with scores or start times"}, (*server).apiScores),
	newEndpoint(endpoint{ID: "getGame", Path: "games/{id}", Example: "games/2026020100",
		Summary: "A game: teams, score, state, score by period, and the boxscore with expected goals"}, (*server).apiGame),
	newEndpoint(endpoint{ID: "listPlays", Path: "games/{id}/plays", Example: "games/2026020100/plays",
		Summary: "The plays of a game in order, with expected goals; the home team attacks towards positive x in every period"}, (*server).apiPlays),
	newEndpoint(endpoint{ID: "listTeamGames", Path: "teams/{id}/games", Query: []string{"season"}, Example: "teams/22/games",
		Summary: "A team’s games of a season, played and to come"}, (*server).apiTeamGames),
	newEndpoint(endpoint{ID: "listStandings", Path: "standings", Query: []string{"season", "date"}, Example: "standings",
		Summary: "The standings that Blueline calculates from the results of a season, after its last day or a given one"}, (*server).apiStandings),
	newEndpoint(endpoint{ID: "listSeasons", Path: "seasons", Example: "seasons",
		Summary: "Seasons with stored totals"}, (*server).apiSeasons),
	newEndpoint(endpoint{ID: "listTotals", Path: "seasons/{season}/{type}/{group}", Example: "seasons/20252026/regular/skaters",
		Summary: "The totals of all skaters or goalies of a season, with one row per player for all his teams"}, (*server).apiTotals),
	newEndpoint(endpoint{ID: "explore", Path: "players", Query: explorerParams, Live: true, Example: "players?season=20252026&sort=-goals&limit=5",
		Summary: "A view of skaters or goalies of all eras, with the parameters of the page /players"}, (*server).apiPlayers),
	newEndpoint(endpoint{ID: "search", Path: "search", Query: []string{"q"}, Live: true, Example: "search?q=mcdavd",
		Summary: "Players of all eras, teams and statistics by name, the best match first"}, (*server).apiSearch),
	newEndpoint(endpoint{ID: "getStatus", Path: "status", Example: "status", Live: true,
		Summary: "How current and complete the data is, and what the NHL corrected"}, (*server).apiStatus),
}

// Pattern returns the pattern of the mux.
func (e endpoint) Pattern() string { return apiPrefix + e.Path }

// URL returns the address of the example.
func (e endpoint) URL() string { return apiPrefix + e.Example }

// Params returns the parameters, those of the path first.
func (e endpoint) Params() (list []param) {
	for part := range strings.SplitSeq(e.Path, "/") {
		if name, is := strings.CutPrefix(part, "{"); is {
			list = append(list, params[strings.TrimSuffix(name, "}")])
		}
	}
	for i := range list {
		list[i].Required = true
	}
	for _, name := range e.Query {
		list = append(list, params[name])
	}
	return list
}

// param is a parameter of the API.
type param struct {
	Name     string
	About    string
	Example  string
	Pattern  string // regular expression of its values
	Values   []string
	Required bool // part of the path
}

var params = map[string]param{
	"id":     {Name: "id", About: "The NHL’s id of the team, player or game.", Example: "22", Pattern: "^[1-9][0-9]{0,18}$"},
	"season": {Name: "season", About: "Two consecutive years. The default is the current season.", Example: "20252026", Pattern: "^[0-9]{8}$"},
	"date":   {Name: "date", About: "A day. The default is the last one with results.", Example: "2026-11-23", Pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
	"type":   {Name: "type", About: "Part of the season. The default is the regular season.", Example: "regular", Values: []string{"regular", "playoffs"}},
	"view":   {Name: "view", About: "Statistics of the season with this team, which is the default, or of the career.", Example: "career", Values: []string{seasonView, careerView}},
	"group":  {Name: "group", About: "Group of players.", Example: "skaters", Values: []string{"skaters", "goalies"}},
	"q":      {Name: "q", About: "A name, or a part of it.", Example: "mcdavd"},

	"kind":    {Name: "kind", About: "Group of players.", Example: "goalies", Values: []string{"skaters", "goalies"}},
	"from":    {Name: "from", About: "First season.", Example: "19171918", Pattern: "^[0-9]{8}$"},
	"to":      {Name: "to", About: "Last season.", Example: "20252026", Pattern: "^[0-9]{8}$"},
	"rows":    {Name: "rows", About: "A row for each season, or one for each player.", Example: "sum", Values: []string{"each", "sum"}},
	"pos":     {Name: "pos", About: "Position; F is every forward.", Example: "D", Values: []string{"C", "L", "R", "D", "F"}},
	"team":    {Name: "team", About: "Tricode of a team he played for.", Example: "EDM", Pattern: "^[A-Z]{3}$"},
	"nat":     {Name: "nat", About: "Nationality.", Example: "CAN", Pattern: "^[A-Z]{3}$"},
	"age_min": {Name: "age_min", About: "Lowest age on 31 January of the season.", Example: "20", Pattern: "^[0-9]{1,2}$"},
	"age_max": {Name: "age_max", About: "Highest age on 31 January of the season.", Example: "23", Pattern: "^[0-9]{1,2}$"},
	"rookies": {Name: "rookies", About: "Only rookies.", Example: "1", Values: []string{"1"}},
	"gp":      {Name: "gp", About: "Minimum of games played.", Example: "20", Pattern: "^[0-9]{1,4}$"},
	"venue":   {Name: "venue", About: "Only games at home or on the road; seasons with game logs only.", Example: "home", Values: []string{"home", "road"}},
	"opp":     {Name: "opp", About: "Only games against a team; seasons with game logs only.", Example: "BOS", Pattern: "^[A-Z]{3}$"},
	"month":   {Name: "month", About: "Only games of a month; seasons with game logs only.", Example: "11", Pattern: "^[0-9]{1,2}$"},
	"since":   {Name: "since", About: "First day of the games; seasons with game logs only.", Example: "2026-10-07", Pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
	"until":   {Name: "until", About: "Last day of the games; seasons with game logs only.", Example: "2026-11-07", Pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
	"last":    {Name: "last", About: "Only the last games of each row; seasons with game logs only.", Example: "10", Pattern: "^[0-9]{1,3}$"},
	"cols":    {Name: "cols", About: "Keys of up to 20 statistics, separated by dots. The default is the columns of the page.", Example: "goals.assists"},
	"mode":    {Name: "mode", About: "Totals, or totals per game or per 60 minutes.", Example: "game", Values: []string{"total", "game", "60"}},
	"pr":      {Name: "pr", About: "With percentile ranks among the rows of the view.", Example: "1", Values: []string{"1"}},
	"sort":    {Name: "sort", About: "Column that sorts the rows, the lowest first; with a minus sign before it, the highest first. Without cols, a statistic that sorts is one of the values.", Example: "goals"},
	"page":    {Name: "page", About: "Number of the page.", Example: "2", Pattern: "^[0-9]{1,5}$"},
	"limit":   {Name: "limit", About: "Rows per page, at most 200.", Example: "50", Pattern: "^[0-9]{1,3}$"},
}

// explorerParams are the parameters of a view, in the order of the page /api.
var explorerParams = []string{"kind", "season", "from", "to", "rows", "type", "pos", "team", "nat", "age_min", "age_max", "rookies", "gp",
	"venue", "opp", "month", "since", "until", "last", "cols", "mode", "pr", "sort", "page", "limit"}

// addAPI adds the routes of the API.
func (s *server) addAPI(mux *http.ServeMux) {
	for _, e := range endpoints {
		handler := s.cached(s.api(e))
		if e.Live {
			handler = s.uncached(func(w http.ResponseWriter, r *http.Request) error {
				p, err := s.renderPage(r, s.api(e))
				if err != nil {
					return err
				}
				return p.send(w, r)
			})
		}
		mux.Handle("GET "+e.Pattern(), handler)
	}
	mux.Handle("GET "+apiPrefix+"openapi.json", s.cached(s.showOpenAPI))
	mux.Handle("GET "+apiPrefix+"openapi.yaml", s.cached(s.showOpenAPI))
}

// api returns the handler of an endpoint.
func (s *server) api(e endpoint) pageFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		request, err := readAPIRequest(e, r)
		if err != nil {
			return err
		}
		answer, err := e.answer(s, r.Context(), request)
		if err != nil {
			return err
		}
		body, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		if e.Live {
			w.Header().Set("Cache-Control", "no-cache")
		}
		w.Write(append(body, '\n')) // fails only if the client has left
		return nil
	}
}

// apiRequest is the parameters of a request. Those that the endpoint lacks are zero.
type apiRequest struct {
	ID       int64
	Season   league.Season // 0 for the current one
	Date     *db.Date
	GameType int // the regular season is the default
	Career   bool
	Group    metric.Group
	Search   string
	Given    url.Values // the whole query
}

// readAPIRequest reads the path and the query. Unlike a page, it refuses parameters that it does not know, because a program
// would take a misspelled one for a filter.
func readAPIRequest(e endpoint, r *http.Request) (request apiRequest, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return request, badRequest("The query is not a valid list of parameters.")
	}
	if err := checkNames(e, query); err != nil {
		return request, err
	}
	request.Given = query
	for _, p := range e.Params() {
		value := query.Get(p.Name)
		if p.Required {
			value = r.PathValue(p.Name)
		}
		if err := request.read(p.Name, value); err != nil {
			return request, err
		}
	}
	return request, nil
}

func (a *apiRequest) read(name, value string) (err error) {
	switch name {
	case "id":
		a.ID, err = readID(value)
	case "season":
		a.Season, err = readSeason(value)
	case "date":
		if value != "" {
			a.Date = new(db.Date)
			*a.Date, err = readDay(value)
		}
	case "type":
		a.GameType, err = readGameType(value)
	case "view":
		a.Career, err = readRosterView(value)
	case "q":
		a.Search, err = readQuery(value)
	case "group":
		known := false
		if a.Group, known = groups[value]; !known {
			err = badRequest(`The group must be "skaters" or "goalies".`)
		}
	}
	return err
}

var groups = map[string]metric.Group{"skaters": metric.Skaters, "goalies": metric.Goalies}

// checkNames returns an error for a parameter that the endpoint lacks, and for one that is given twice.
func checkNames(e endpoint, query url.Values) error {
	for name, given := range query {
		switch {
		case !slices.Contains(e.Query, name) && len(e.Query) == 0:
			return badRequest("This address takes no parameters in its query.")
		case !slices.Contains(e.Query, name):
			return badRequest("The parameters of this address are " + sentence(e.Query) + ".")
		case len(given) > 1:
			return badRequest("The parameter " + name + " may be given only once.")
		}
	}
	return nil
}
