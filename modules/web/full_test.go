package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhatRefreshIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		target, body string
		want         wish
		fails        bool
	}{
		{"/produce_tasks", "", wish{}, false},
		{"/produce_tasks", `{}`, wish{}, false},
		{"/produce_tasks", `{"full":true}`, wish{Full: true}, false},
		{"/produce_tasks?full=1", "", wish{Full: true}, false},
		{"/produce_tasks?full=0", `{"full":true}`, wish{}, false},
		{"/produce_tasks?full=please", "", wish{}, true},
		{"/produce_tasks", `full`, wish{}, true},
		{"/produce_tasks", `{"if_due":true}`, wish{IfDue: true}, false},
		{"/produce_tasks?if_due=1", "", wish{IfDue: true}, false},
		{"/produce_tasks?if_due=soon", "", wish{}, true},
		{"/produce_tasks?if_due=1", `{"full":true}`, wish{}, true},
	} {
		got, err := readWish(httptest.NewRequest("POST", test.target, strings.NewReader(test.body)))
		if (err != nil) != test.fails || err == nil && got != test.want {
			t.Errorf("%s %q: got %+v, %v", test.target, test.body, got, err)
		}
	}
}
