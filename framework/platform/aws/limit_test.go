package aws

import (
	"strings"
	"testing"
)

// A response that is exactly as large as the ingress takes goes through, one byte more is a 500.
func TestResponsesAtTheLimit(t *testing.T) {
	for name, tt := range map[string]struct {
		event string
		limit int
	}{
		"rest api": {restEvent, 6 << 20}, "http api 1.0": {httpAPI1Event, 6 << 20}, "http api": {httpAPI2Event, 6 << 20}, "url": {urlEvent, 6 << 20}, "alb": {albEvent, 1 << 20}, "alb multi": {albMultiEvent, 1 << 20},
	} {
		size := func(n int) int {
			p := payload(tt.event)
			app := anything()
			call, _, err := decoder(t, HTTP(), app)(p)
			if err != nil {
				t.Fatal(err)
			}
			b, err := call.Reply(t.Context(), strings.Repeat("x", n), nil)
			if err != nil {
				t.Fatal(err)
			}
			return len(b)
		}
		frame := size(1_000_000) - 1_000_000
		if got := size(tt.limit - frame); got != tt.limit {
			t.Errorf("%s: a response of %d bytes became one of %d, want it as it is", name, tt.limit, got)
		}
		if got := size(tt.limit - frame + 1); got > 2000 {
			t.Errorf("%s: a response one byte over the limit became one of %d bytes, want a short problem", name, got)
		}
	}
}
