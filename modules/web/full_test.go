package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestARefreshOfEverythingIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		target, body string
		full, fails  bool
	}{
		{"/produce_tasks", "", false, false},
		{"/produce_tasks", `{}`, false, false},
		{"/produce_tasks", `{"full":true}`, true, false},
		{"/produce_tasks?full=1", "", true, false},
		{"/produce_tasks?full=0", `{"full":true}`, false, false},
		{"/produce_tasks?full=please", "", false, true},
		{"/produce_tasks", `full`, false, true},
	} {
		full, err := wantsFull(httptest.NewRequest("POST", test.target, strings.NewReader(test.body)))
		if full != test.full || (err != nil) != test.fails {
			t.Errorf("%s %q: got %v, %v", test.target, test.body, full, err)
		}
	}
}
