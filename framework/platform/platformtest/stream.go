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
// that fails half way: one that a function returns a reader of, and one that a mounted application writes.
func (s *suite) streams(t *testing.T, p *process) {
	t.Run("pieces", func(t *testing.T) { s.pieces(t, p, "/trickle") })
	t.Run("broken", func(t *testing.T) { s.brokenStream(t, p, "/broken-stream") })
	t.Run("mounted pieces", func(t *testing.T) { s.pieces(t, p, "/mounted/trickle") })
	t.Run("mounted broken", func(t *testing.T) { s.brokenStream(t, p, "/mounted/broken") })
	t.Run("mounted overdue", func(t *testing.T) { s.brokenStream(t, p, "/mounted/overdue") })
	t.Run("mounted header", func(t *testing.T) {
		for _, target := range []string{"/mounted/invalid", "/mounted/invalid?stream"} {
			response := p.call(t, get(target))
			if response.Values("X-Injected") != nil || bytes.Contains(response.Body, []byte(fixture.Secret)) {
				t.Errorf("%s: a line break in a header broke out of it: %+v", target, response)
			}
		}
	})
	t.Run("mounted head", func(t *testing.T) {
		r := get("/mounted/bytes/100000")
		r.Method = "HEAD"
		if response := p.call(t, r); response.Status != 202 || len(response.Body) > 0 {
			t.Errorf("status %d and %d bytes, want the head alone", response.Status, len(response.Body))
		}
	})
	t.Run("mounted large", func(t *testing.T) {
		response := p.call(t, get("/mounted/bytes/600123"))
		if response.Status != 202 || len(response.Body) != 600123 {
			t.Errorf("status %d and %d bytes, want all of 600123", response.Status, len(response.Body))
		}
		same(t, "X-Several", joined(response.Values("X-Several")), "one,two")
	})
}

// pieces reads a response that goes on only when its first piece has been seen.
func (s *suite) pieces(t *testing.T, p *process, path string) {
	until := filepath.Join(t.TempDir(), "seen")
	seen := func() {
		if err := os.WriteFile(until, nil, 0o600); err != nil {
			t.Error(err)
		}
	}
	r := get(path + "?until=" + url.QueryEscape(until))
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
}

// brokenStream reads a response that ends half way.
func (s *suite) brokenStream(t *testing.T, p *process, path string) {
	r := get(path)
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
}
