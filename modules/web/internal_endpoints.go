package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"blueline/db"
	"blueline/modules/ledger"
)

// The internal endpoints serve the trigger commands. They require the bearer token and answer in JSON.

// RefreshStatus describes a refresh.
type RefreshStatus struct {
	RefreshID  int64      `json:"refresh_id"`
	Kind       string     `json:"kind"`              // full, increment or history; a promoted increment is full
	State      string     `json:"state"`             // running, complete or failed
	Started    bool       `json:"started,omitempty"` // by this request; left out if it was already running
	Why        string     `json:"why,omitempty"`     // a refresh was due or not; only if the request asked for a due one
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	Tasks      int        `json:"tasks"` // known so far
	Done       int        `json:"done"`
	Failed     int        `json:"failed"`
	Failures   []Failure  `json:"failures,omitempty"` // of an ended refresh
}

// Failure is a task that failed for good.
type Failure struct {
	Task   string `json:"task"`
	Reason string `json:"reason"`
}

// AnalysisStatus describes an analysis.
type AnalysisStatus struct {
	Players int `json:"players"` // ranked players
}

func refreshStatus(r ledger.Refresh, started bool) RefreshStatus {
	status := RefreshStatus{RefreshID: r.ID, Kind: r.Kind, State: r.State, Started: started, StartedAt: r.StartedAt.Time,
		Tasks: r.Tasks, Done: r.Done, Failed: r.Failed}
	if r.FinishedAt != nil {
		status.FinishedAt = &r.FinishedAt.Time
	}
	return status
}

// maxRequestBody is far longer than any valid body. No other handler reads one.
const maxRequestBody = 64 << 10

func (s *server) produceTasks(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBody)
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

// refreshRequest says which refresh to start. The zero value is an incremental one.
type refreshRequest struct {
	Full  bool `json:"full"`   // fetch the whole league
	IfDue bool `json:"if_due"` // start none if last night's is complete
}

// readRefreshRequest reads the body, such as {"full":true}, and the query, such as ?full=1. The query takes precedence.
func readRefreshRequest(r *http.Request) (v refreshRequest, err error) {
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return v, badRequest("The body is not valid JSON.")
	}
	for name, value := range map[string]*bool{"full": &v.Full, "if_due": &v.IfDue} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		if *value, err = strconv.ParseBool(text); err != nil {
			return v, badRequest(name + " must be 1 or 0.")
		}
	}
	if v.Full && v.IfDue {
		return v, badRequest("full and if_due cannot be combined.")
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
	id, err := readID(r.PathValue("id"))
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

// internal returns a handler that requires the token and answers errors in JSON.
func (s *server) internal(handle pageFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.authorize(r)
		if err == nil {
			err = handle(w, r)
		}
		if err == nil {
			return
		}
		e := explain(r.Context(), err)
		if db.Unavailable(err) {
			e.message = "The database is unavailable."
		}
		logError(s.Log, w, r, e.status, err)
		writeJSON(w, e.status, map[string]string{"error": e.message}) // a map of strings never fails
	})
}

func (s *server) authorize(r *http.Request) error {
	if s.Token == "" {
		return &statusError{http.StatusForbidden, "This endpoint is disabled: INTERNAL_API_TOKEN is not configured."}
	}
	if !hasToken(r, s.Token) {
		return &statusError{http.StatusUnauthorized, "This endpoint requires the internal API token."}
	}
	return nil
}

// hasToken reports whether a request has the bearer token.
func hasToken(r *http.Request, token string) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	want, got := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(given)) // of the same length, so that the time of the comparison reveals nothing
	return ok && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// Protect refuses requests without the bearer token with a 401, and logs them. An empty token lets all requests through.
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
	w.Write(append(body, '\n')) // fails only if the caller has left
	return nil
}
