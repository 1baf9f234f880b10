package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhatRefreshIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		target, body string
		want         refreshRequest
		fails        bool
	}{
		{"/produce_tasks", "", refreshRequest{}, false},
		{"/produce_tasks", `{}`, refreshRequest{}, false},
		{"/produce_tasks", `{"full":true}`, refreshRequest{Full: true}, false},
		{"/produce_tasks?full=1", "", refreshRequest{Full: true}, false},
		{"/produce_tasks?full=0", `{"full":true}`, refreshRequest{}, false},
		{"/produce_tasks?full=please", "", refreshRequest{}, true},
		{"/produce_tasks", `full`, refreshRequest{}, true},
		{"/produce_tasks", `{"if_due":true}`, refreshRequest{IfDue: true}, false},
		{"/produce_tasks?if_due=1", "", refreshRequest{IfDue: true}, false},
		{"/produce_tasks?if_due=soon", "", refreshRequest{}, true},
		{"/produce_tasks?if_due=1", `{"full":true}`, refreshRequest{}, true},
	} {
		got, err := readRefreshRequest(httptest.NewRequest("POST", test.target, strings.NewReader(test.body)))
		if (err != nil) != test.fails || err == nil && got != test.want {
			t.Errorf("%s %q: got %+v, %v", test.target, test.body, got, err)
		}
	}
}
