package platformtest

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
)

// streams checks that a response arrives while it is still being made, where the platform streams, and what becomes of one
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
					t.Errorf("found the first piece %q, want the first of the response", piece)
				}
				if first {
					seen()
				}
				first = false
			}
		} else {
			seen()
		}
		response := p.call(t, r)
		if response.Status != 200 || string(response.Body) != "one\ntwo\n" {
			t.Errorf("status %d and body %.300q, want all of the response", response.Status, response.Body)
		}
		same(t, "Content-Type", joined(response.Values("Content-Type")), "text/event-stream")
	})
	t.Run("broken", func(t *testing.T) {
		r := get("/broken-stream")
		r.Host = "shop.example.com"
		response, err := p.HTTP(within(t), &r)
		if err == nil && response.Status < 400 {
			t.Errorf("status %d and body %.300q, want a failure that the client can see", response.Status, response.Body)
		}
		if err == nil && bytes.Contains(response.Body, []byte(fixture.Secret)) {
			t.Errorf("the text of an error reached the caller: %s", response.Body)
		}
		if response := p.call(t, get("/text")); response.Status != 200 {
			t.Errorf("the next call: status %d", response.Status)
		}
	})
}
