package legacy_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/examples/legacy/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework/faastest"
)

func TestCatalog(t *testing.T) {
	a := faastest.Start(t, app.New, faastest.Functions("catalog"))
	r := a.Do(http.MethodGet, "/catalog/books/7", nil)
	if r.Code != 200 || r.Body.String() != `{"id":"7","title":"The Go Programming Language"}` {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	r = a.Do(http.MethodGet, "/catalog/changes", nil)
	if r.Code != 200 || !r.Flushed || strings.Count(r.Body.String(), "event:change\n") != 3 {
		t.Errorf("%d, flushed %t: %s", r.Code, r.Flushed, r.Body)
	}
}

func TestNotes(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed")
	}
	a := faastest.Start(t, app.New)
	if r := a.Do(http.MethodPost, "/notes/add", "milk"); r.Code != 201 || r.Body.String() != `{"notes": 1}` {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	if r := a.Do(http.MethodGet, "/notes/stream", nil); r.Code != 200 || r.Header().Get("Content-Type") != "text/event-stream" || !strings.HasPrefix(r.Body.String(), "data: ") {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}
