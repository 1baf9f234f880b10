package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"blueline/db"
	"blueline/modules/explore"
	"blueline/modules/league"
)

// statusLeft is the status of a request whose visitor left before the answer, the same as in nginx. It keeps such requests
// apart from server errors in log and metrics.
const statusLeft = 499

// statusError is an error with its HTTP status and a message for the visitor.
type statusError struct {
	status  int
	message string
}

func (e *statusError) Error() string { return e.message }

func badRequest(message string) error { return &statusError{http.StatusBadRequest, message} }

// explain returns the status and message of an error for the visitor; the cause is only logged. If the visitor has left,
// every query of the request fails, which is not an error of the server.
func explain(ctx context.Context, err error) *statusError {
	var known *statusError
	var bad explore.BadQuery
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &statusError{statusLeft, "The visitor has left."}
	case errors.As(err, &known):
		return known
	case errors.As(err, &bad):
		return &statusError{http.StatusBadRequest, bad.Error()}
	case errors.Is(err, league.ErrNotFound):
		return &statusError{http.StatusNotFound, "There is no page at this address."}
	case db.Unavailable(err):
		return &statusError{http.StatusServiceUnavailable, "The site is temporarily unavailable. Please try again in a minute."}
	}
	return &statusError{http.StatusInternalServerError, "Something went wrong on our side. The error has been logged."}
}

// errorPage is the page for a request that failed.
type errorPage struct {
	layout
	Status  int
	Heading string // such as "Page not found"
	Message string // without the cause
}

var headings = map[int]string{
	http.StatusBadRequest:          "Bad request",
	http.StatusNotFound:            "Page not found",
	http.StatusMethodNotAllowed:    "Method not allowed",
	http.StatusInternalServerError: "Something went wrong",
	http.StatusServiceUnavailable:  "Temporarily unavailable",
}

// serveError turns an error into a page and a log line. No other place does.
func (s *server) serveError(w http.ResponseWriter, r *http.Request, err error) {
	e := explain(r.Context(), err)
	logError(s.Log, w, r, e.status, err)
	if e.status == statusLeft {
		w.WriteHeader(e.status)
		return
	}
	if forPrograms(r.URL.Path) {
		if errors.Is(err, league.ErrNotFound) {
			e.message = "Blueline has nothing at this address."
		}
		writeProblem(w, e)
		return
	}
	heading := headings[e.status]
	page := errorPage{layout: s.bareLayout(heading), Status: e.status, Heading: heading, Message: e.message}
	// After a server error the database may not answer, so the footer is filled only for a visitor's mistake.
	if e.status < 500 {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		page.State, _ = s.siteState(ctx) // the page does without
	}
	if err := s.render(w, e.status, "error", page); err != nil {
		s.Log.Error("error page not rendered", "request_id", setRequestID(w, r), "error", err)
		http.Error(w, e.message, e.status)
	}
}

// Problem is the answer to a request that failed (RFC 9457).
type Problem struct {
	Type   string `json:"type" doc:"Always about:blank."`
	Title  string `json:"title" doc:"The name of the status."`
	Status int    `json:"status" doc:"The HTTP status."`
	Detail string `json:"detail" doc:"What is wrong, in one sentence."`
}

func writeProblem(w http.ResponseWriter, e *statusError) {
	if e.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "60")
	}
	body, _ := json.Marshal(Problem{"about:blank", http.StatusText(e.status), e.status, e.message}) // never fails
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(e.status)
	w.Write(append(body, '\n')) // fails only if the client has left
}

// logError logs server errors and refused requests. Other mistakes of visitors are not logged.
func logError(log *slog.Logger, w http.ResponseWriter, r *http.Request, status int, err error) {
	var level slog.Level
	switch {
	case status == statusLeft:
		level = slog.LevelDebug
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		level = slog.LevelWarn
	case status >= 500:
		level = slog.LevelError
	default:
		return
	}
	log = log.With("request_id", setRequestID(w, r), "method", r.Method, "path", r.URL.Path, "status", status, "error", err)
	var p *panicError
	if errors.As(err, &p) {
		log = log.With("stack", string(p.stack))
	}
	log.Log(r.Context(), level, "request failed")
}

// setRequestID returns the request's id for the log, and adds it to the response so that the visitor can report it. It is
// the id of Heroku's router if there is one. Only errors have an id.
func setRequestID(w http.ResponseWriter, r *http.Request) string {
	id := w.Header().Get(requestIDHeader)
	if id == "" {
		if id = r.Header.Get(requestIDHeader); !validRequestID(id) {
			id = rand.Text()
		}
		w.Header().Set(requestIDHeader, id)
	}
	return id
}

const requestIDHeader = "X-Request-Id"

// validRequestID reports whether an id has a length and characters that Heroku allows.
func validRequestID(id string) bool {
	return len(id) >= 20 && len(id) <= 200 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+/=") == ""
}

// panicError is a panic in a request.
type panicError struct {
	cause any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.cause) }

func (s *server) showNotFound(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return &statusError{http.StatusMethodNotAllowed, "Pages only support GET and HEAD."}
	}
	return league.ErrNotFound
}
