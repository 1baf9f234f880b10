package web

import (
	"cmp"
	"net/http"
)

type apiPage struct {
	layout
	Endpoints []endpoint
	Rate      int    // requests per minute and address; 0 for no limit
	Base      string // address of the site in the examples
}

func (s *server) showAPI(w http.ResponseWriter, r *http.Request) error {
	l, err := s.layout(r.Context(), "/api", "API", crumb{Name: "Open API"})
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "api", apiPage{layout: l, Endpoints: endpoints, Rate: s.APIRate, Base: s.exampleBase()})
}

// exampleBase returns the address of the site in examples.
func (s *server) exampleBase() string { return cmp.Or(s.BaseURL, s.LocalURL, "http://localhost:8080") }

// ExampleURL returns the address of an example.
func (p apiPage) ExampleURL(e endpoint) string { return p.Base + e.URL() }
