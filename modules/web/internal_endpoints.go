package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"blueline/db"
	"blueline/modules/ledger"
)

// The internal endpoints are for the trigger commands. They require the bearer token and answer JSON.

// RefreshStatus is the answer about a refresh.
type RefreshStatus struct {
	RefreshID  int64      `json:"refresh_id"`
	Kind       string     `json:"kind"`              // full, increment or history; an increment that is promoted is full from then on
	State      string     `json:"state"`             // running, complete or failed
	Started    bool       `json:"started,omitempty"` // by this very request; left out when it was running already
	Why        string     `json:"why,omitempty"`     // one was due or was not, if that was the question
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	Tasks      int        `json:"tasks"` // known so far
	Done       int        `json:"done"`
	Failed     int        `json:"failed"`
	Failures   []Failure  `json:"failures,omitempty"` // once it has ended
}

// Failure is a task that failed for good.
type Failure struct {
	Task   string `json:"task"`
	Reason string `json:"reason"`
}

// AnalysisStatus is the answer about an analysis.
type AnalysisStatus struct {
	Players int `json:"players"` // ranked
}

func refreshStatus(r ledger.Refresh, started bool) RefreshStatus {
	status := RefreshStatus{RefreshID: r.ID, Kind: r.Kind, State: r.State, Started: started, StartedAt: r.StartedAt.Time,
		Tasks: r.Tasks, Done: r.Done, Failed: r.Failed}
	if r.FinishedAt != nil {
		status.FinishedAt = &r.FinishedAt.Time
	}
	return status
}

func (s *server) produceTasks(w http.ResponseWriter, r *http.Request) error {
	request, err := readRefreshRequest(r)
	if err != nil {
		return err
	}
	var refresh ledger.Refresh
	var started bool
	var why string
	if request.IfDue {
		refresh, started, why, err = s.ProduceIfDue(r.Context())
	} else {
		refresh, started, err = s.Produce(r.Context(), request.Full)
	}
	if err != nil {
		return err
	}
	status := refreshStatus(refresh, started)
	status.Why = why
	if refresh.State != ledger.Running {
		return writeJSON(w, http.StatusOK, status)
	}
	return writeJSON(w, http.StatusAccepted, status)
}

// refreshRequest is which refresh is asked for. The zero value fetches what has changed.
type refreshRequest struct {
	Full  bool `json:"full"`   // of the whole league in any case
	IfDue bool `json:"if_due"` // none if last night's is complete
}

// readRefreshRequest reads the body, such as {"full":true}, and the query, such as ?full=1, which wins.
func readRefreshRequest(r *http.Request) (v refreshRequest, err error) {
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return v, badRequest("The body is not valid JSON.")
	}
	for name, value := range map[string]*bool{"full": &v.Full, "if_due": &v.IfDue} {
		switch r.URL.Query().Get(name) {
		case "":
		case "1", "true":
			*value = true
		case "0", "false":
			*value = false
		default:
			return v, badRequest(name + " is 1 or 0.")
		}
	}
	if v.Full && v.IfDue {
		return v, badRequest("full and if_due exclude each other.")
	}
	return v, nil
}

func (s *server) analyzePlayers(w http.ResponseWriter, r *http.Request) error {
	players, err := s.Analyze(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, AnalysisStatus{players})
}

func (s *server) showRefresh(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	refresh, err := s.Ledger.Refresh(r.Context(), id)
	if err != nil {
		return err
	}
	status := refreshStatus(refresh, false)
	if refresh.State != ledger.Running {
		failures, err := s.Ledger.Failures(r.Context(), id)
		if err != nil {
			return err
		}
		for _, f := range failures {
			status.Failures = append(status.Failures, Failure{f.Key, f.Reason})
		}
	}
	return writeJSON(w, http.StatusOK, status)
}

// internal lets requests with the token through, and answers errors in JSON.
func (s *server) internal(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.authorize(r); err != nil {
			s.refuse(w, r, err)
			return
		}
		if err := handle(w, r); err != nil {
			s.refuse(w, r, err)
		}
	})
}

func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := explain(r.Context(), err)
	if db.Unavailable(err) {
		e.message = "The database is unavailable."
	}
	logError(s.Log, w, r, e.status, err)
	writeJSON(w, e.status, map[string]string{"error": e.message}) // a map of strings never fails
}

func (s *server) authorize(r *http.Request) error {
	if s.Token == "" {
		return &statusError{http.StatusForbidden, "This endpoint is closed: no INTERNAL_API_TOKEN is configured."}
	}
	if !hasToken(r, s.Token) {
		return &statusError{http.StatusUnauthorized, "This endpoint requires the internal API token."}
	}
	return nil
}

// hasToken reports whether a request has the bearer token.
func hasToken(r *http.Request, token string) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	want, got := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(given)) // of one length, so that time tells nothing
	return ok && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// Protect answers 401 to requests without the bearer token, and logs them. Without a token it lets everybody through.
func Protect(log *slog.Logger, token string, next http.Handler) http.Handler {
	if token == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hasToken(r, token) {
			e := &statusError{http.StatusUnauthorized, "This endpoint requires the metrics token."}
			logError(log, w, r, e.status, e)
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, e.message, e.status)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(body, '\n')) // fails only for a caller who has left
	return nil
}
