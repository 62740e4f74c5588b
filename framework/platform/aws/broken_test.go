package aws

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// reset breaks the connection so that the client cannot know what became of its request.
func reset(w http.ResponseWriter, _ *http.Request) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// hangUp closes the connection without a response.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func refuse(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// A response whose connection breaks is posted once more; what the API says then ends the process, or does not.
func TestPostsThatBreak(t *testing.T) {
	fails := func(ctx *framework.Context) error { return http.ErrBodyNotAllowed }
	for _, tt := range []struct {
		name  string
		h     framework.Handler
		posts []http.HandlerFunc
		path  string
		count int  // of posts
		on    bool // the loop goes on
		log   string
	}{
		{"reset", echo, []http.HandlerFunc{reset}, "response", 2, true, ""},
		{"closed", echo, []http.HandlerFunc{hangUp}, "response", 2, true, ""},
		{"reset of an error", fails, []http.HandlerFunc{reset}, "error", 2, true, ""},
		{"it had arrived", echo, []http.HandlerFunc{reset, refuse(403)}, "response", 2, true, "refused it the second time"},
		{"it had arrived and is over", echo, []http.HandlerFunc{reset, refuse(400)}, "response", 2, true, "refused it the second time"},
		{"twice", echo, []http.HandlerFunc{reset, reset}, "response", 2, false, "closed the connection without a response"},
		{"then refused", echo, []http.HandlerFunc{reset, refuse(500)}, "response", 2, false, "status 500"},
		{"refused at once", echo, []http.HandlerFunc{refuse(403)}, "response", 1, false, "status 403"},
		{"server error", echo, []http.HandlerFunc{refuse(500)}, "response", 1, false, "status 500"},
		{"too large", echo, []http.HandlerFunc{refuse(413)}, "response", 1, true, "too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &api{t: t, steps: []http.HandlerFunc{event("id-1", `{}`)}, posts: tt.posts}
			a.start()
			code, log := run(unit(tt.h))
			want := []string{nextPath}
			for range tt.count {
				want = append(want, onePath+tt.path)
			}
			if tt.on {
				want = append(want, nextPath)
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			if got := strings.Join(a.seen, "\n"); got != strings.Join(want, "\n") {
				t.Errorf("calls %q, want %q", a.seen, want)
			}
			if code != 1 || !strings.Contains(log, tt.log) || !tt.on && !strings.Contains(log, "the process ends") {
				t.Errorf("exit code %d, log %s; want %q", code, log, tt.log)
			}
		})
	}
}

// A poll whose connection is reset may have lost an event: the process ends, so that Lambda knows.
func TestPollThatIsReset(t *testing.T) {
	a := &api{t: t, steps: []http.HandlerFunc{event("id-1", `{}`), reset, event("id-1", `{}`)}}
	a.start()
	code, log := run(unit(echo))
	a.mu.Lock()
	defer a.mu.Unlock()
	if code != 1 || a.polls != 2 || !strings.Contains(log, "the poll for the next event failed") {
		t.Errorf("exit code %d after %d polls, log %s", code, a.polls, log)
	}
}
