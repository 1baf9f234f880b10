package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"blueline/db"
	"blueline/modules/league"
)

// statusError is an error whose status and sentence are the visitor's business.
type statusError struct {
	status  int
	message string
}

func (e *statusError) Error() string { return e.message }

func badRequest(message string) error { return &statusError{http.StatusBadRequest, message} }

// explain finds the status of an error and the one sentence a visitor gets. The cause is for the log.
func explain(err error) *statusError {
	var known *statusError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, league.ErrNotFound):
		return &statusError{http.StatusNotFound, "There is nothing at this address."}
	case db.Unavailable(err):
		return &statusError{http.StatusServiceUnavailable, "The site is busy or under repair. Please try again in a minute."}
	}
	return &statusError{http.StatusInternalServerError, "Something went wrong on our side. It has been noted."}
}

var headings = map[int]string{
	http.StatusBadRequest:          "Bad request",
	http.StatusNotFound:            "Page not found",
	http.StatusMethodNotAllowed:    "Method not allowed",
	http.StatusInternalServerError: "Something went wrong",
	http.StatusServiceUnavailable:  "Temporarily unavailable",
}

// serveError is the one place that turns an error into a page and a log line.
func (s *server) serveError(w http.ResponseWriter, r *http.Request, err error) {
	e := explain(err)
	s.logError(r, e.status, err)
	page := s.newErrorPage(e)
	// Whether the database answers is unknown here, so the footer's time is looked up only for a mistake of the visitor's.
	if e.status < 500 {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if l, err := s.layout(ctx, page.Title); err == nil {
			page.layout = l
		}
	}
	if err := s.render(w, e.status, "error", page); err != nil {
		s.Log.Error("error page not rendered", "error", err)
		http.Error(w, e.message, e.status)
	}
}

func (s *server) newErrorPage(e *statusError) errorPage {
	heading := headings[e.status]
	return errorPage{layout: s.bareLayout(heading), Status: e.status, Heading: heading, Message: e.message}
}

// logError tells the operator the cause of what is not the visitor's mistake. What fails because the visitor has gone is
// nobody's.
func (s *server) logError(r *http.Request, status int, err error) {
	if status >= 500 && !errors.Is(r.Context().Err(), context.Canceled) {
		s.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "status", status, "error", err)
	}
}

func (s *server) showNothing(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return &statusError{http.StatusMethodNotAllowed, "Pages can only be read."}
	}
	return league.ErrNotFound
}
