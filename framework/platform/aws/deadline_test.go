package aws

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Whatever Lambda says of the deadline, an event is answered once and the loop goes on.
func TestDeadlinesThatAreOdd(t *testing.T) {
	const header = "Lambda-Runtime-Deadline-Ms"
	for _, tt := range []struct {
		name, deadline string
		path           string
		has            bool // the handler sees a deadline
	}{
		{"missing", "", "response", false},
		{"no number", "soon", "response", false},
		{"negative", "-1", "response", false},
		{"past", fmt.Sprint(time.Now().Add(-time.Hour).UnixMilli()), "error", true},
		{"years ahead", fmt.Sprint(time.Now().AddDate(300, 0, 0).UnixMilli()), "response", true},
		{"the largest number", fmt.Sprint(int64(math.MaxInt64)), "response", true},
		{"more than the largest number", "9223372036854775808", "response", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &api{t: t, steps: []http.HandlerFunc{event("id-1", `{}`, header, tt.deadline), event("id-1", `{}`)}}
			a.start()
			seen := make(chan bool, 2)
			_, log := run(unit(func(ctx *framework.Context) error {
				_, ok := ctx.Deadline()
				seen <- ok
				if tt.path == "error" && len(seen) == 1 {
					<-ctx.Done() // soon
				}
				return ctx.Err()
			}))
			a.mu.Lock()
			defer a.mu.Unlock()
			if want := []string{nextPath, onePath + tt.path, nextPath, onePath + "response", nextPath}; strings.Join(a.seen, "\n") != strings.Join(want, "\n") {
				t.Errorf("calls %q, want %q; log %s", a.seen, want, log)
			}
			if len(seen) == 2 { // a past one may end the call before it begins
				if has := <-seen; has != tt.has {
					t.Errorf("the handler sees a deadline: %t, want %t", has, tt.has)
				}
			}
		})
	}
}
