package nethttp

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// A handler that ends the goroutine of its connection is answered: net/http sends a GET again, on another connection, of which
// nothing at all has come back on one that it had before.
func TestHandlerEndsItsGoroutine(t *testing.T) {
	for _, freezes := range []bool{false, true} {
		var runs atomic.Int32
		s := serve(t, Options{Freezes: freezes},
			on("GET /well", func(*framework.Context) error { return nil }),
			on("GET /exit", func(*framework.Context) error { runs.Add(1); runtime.Goexit(); return nil }))
		for _, path := range []string{"/well", "/exit", "/well"} {
			response, err := http.Get(s.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if path == "/exit" && (response.StatusCode != 500 || !strings.Contains(string(body), `"internal"`)) {
				t.Errorf("freezes %t: status %d and body %q, want a 500", freezes, response.StatusCode, body)
			}
		}
		if n := runs.Load(); n != 1 {
			t.Errorf("freezes %t: the handler ran %d times, want once", freezes, n)
		}
	}
}
