package custom

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

// A poll whose connection breaks is sent again, since the API hands out the same event; a response is not, as it may have
// arrived, and would be the response to the next event.
func TestConnectionsThatBreak(t *testing.T) {
	const ready, next, post = "/runtime/init/ready", "/runtime/invocation/next", "/runtime/invocation/response"
	for _, tt := range []struct {
		name, breaks string
		at           int // which call of that path breaks
		want         []string
		err          string
	}{
		{"poll", next, 1, []string{ready, next, next, post, next}, "found status 410"},
		{"second poll", next, 2, []string{ready, next, post, next, next}, "found status 410"},
		{"response", post, 1, []string{ready, next, post}, "POST /runtime/invocation/response"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var mu sync.Mutex
			var calls []string
			events := 1
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				calls = append(calls, r.URL.Path)
				n := 0
				for _, c := range calls {
					if c == r.URL.Path {
						n++
					}
				}
				switch {
				case r.URL.Path == tt.breaks && n == tt.at:
					if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
						c.(*net.TCPConn).SetLinger(0)
						c.Close()
					}
				case r.URL.Path == next && events == 0:
					w.WriteHeader(http.StatusGone)
				case r.URL.Path == next:
					events--
					w.Header()["request_id"] = []string{"r"}
					w.Write([]byte(`{}`))
				}
			}))
			defer s.Close()
			host, port, _ := net.SplitHostPort(s.Listener.Addr().String())
			t.Setenv("SCF_RUNTIME_API", host)
			t.Setenv("SCF_RUNTIME_API_PORT", port)
			var closed bool
			err := run(context.Background(), unit(nil, &closed), []platform.Codec{tencent.Raw()})
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("the loop ended with %v, want %q", err, tt.err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(calls, tt.want) {
				t.Errorf("calls %q, want %q", calls, tt.want)
			}
		})
	}
}
