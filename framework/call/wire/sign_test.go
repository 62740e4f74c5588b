package wire

import (
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

func TestAppendEscaped(t *testing.T) {
	if got := string(AppendEscaped(nil, "aZ09-_.~ /:$ü%", "/")); got != "aZ09-_.~%20/%3A%24%C3%BC%25" {
		t.Error(got)
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		" one\ntwo token ": "one", "the token is wrong": "the [redacted] is wrong", strings.Repeat("x", 400): strings.Repeat("x", 300) + "...", strings.Repeat("x", 299) + "ü!": strings.Repeat("x", 299) + "...",
	} {
		if got := Text(text, "token", ""); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestClock(t *testing.T) {
	var c Clock
	response := func(at time.Time) *Response {
		return &Response{Header: []runtimeapi.Field{{Name: "date", Value: at.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}}}
	}
	if c.Set(&Response{}) || c.Set(response(time.Now())) {
		t.Error("the clock was set without need")
	}
	later := time.Now().Add(time.Hour)
	if !c.Set(response(later)) || c.Set(response(later)) {
		t.Error("the clock was not set once")
	}
	if off := c.Now().Sub(later); off < -2*time.Second || off > time.Minute {
		t.Errorf("the clock is off by %s", off)
	}
}

func TestAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{"": 0, "3": 3 * time.Second, "x": 0, "-1": 0, "99999999": 0} {
		r := &Response{Header: []runtimeapi.Field{{Name: "retry-after", Value: value}}}
		if got := r.After(); got != want {
			t.Errorf("%q: %s", value, got)
		}
	}
}
