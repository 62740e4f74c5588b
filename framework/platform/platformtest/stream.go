package platformtest

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
)

// streams checks that an answer arrives while it is still being made, where the platform streams, and what becomes of one
// that fails half way.
func (s *suite) streams(t *testing.T, p *process) {
	t.Run("pieces", func(t *testing.T) {
		until := filepath.Join(t.TempDir(), "seen")
		seen := func() {
			if err := os.WriteFile(until, nil, 0o600); err != nil {
				t.Error(err)
			}
		}
		r := get("/trickle?until=" + url.QueryEscape(until))
		if s.Streams {
			first := true
			r.OnBody = func(piece []byte) {
				if first && string(piece) != "one\n" {
					t.Errorf("found the first piece %q, want the first of the answer", piece)
				}
				if first {
					seen()
				}
				first = false
			}
		} else {
			seen()
		}
		answer := p.call(t, r)
		if answer.Status != 200 || string(answer.Body) != "one\ntwo\n" {
			t.Errorf("status %d and body %.300q, want all of the answer", answer.Status, answer.Body)
		}
		same(t, "Content-Type", joined(answer.Values("Content-Type")), "text/event-stream")
	})
	t.Run("broken", func(t *testing.T) {
		r := get("/broken-stream")
		r.Host = "shop.example.com"
		answer, err := p.HTTP(within(t), &r)
		if err == nil && answer.Status < 400 {
			t.Errorf("status %d and body %.300q, want a failure that the client can see", answer.Status, answer.Body)
		}
		if err == nil && bytes.Contains(answer.Body, []byte(fixture.Secret)) {
			t.Errorf("the text of an error reached the caller: %s", answer.Body)
		}
		if answer := p.call(t, get("/text")); answer.Status != 200 {
			t.Errorf("the next call: status %d", answer.Status)
		}
	})
}
