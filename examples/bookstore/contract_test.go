package bookstore_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/examples/bookstore/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/faastest/contract"
)

// FuzzRequests: whatever is sent, what comes back is what the OpenAPI document says.
func FuzzRequests(f *testing.F) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		f.Fatal(err)
	}
	document, err := contract.Load(text)
	if err != nil {
		f.Fatal(err)
	}
	a := faastest.Start(f, app.New, faastest.Config{"database.path": filepath.Join(f.TempDir(), "books.db"), "admin.token": "secret"})
	if _, err := a.Call("migrate", nil); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []struct{ method, target, media, body string }{
		{"GET", "/books?limit=2&q=un", "", ""}, {"GET", "/books?limit=x", "", ""}, {"GET", "/books/none", "", ""}, {"HEAD", "/books", "", ""}, {"OPTIONS", "/books", "", ""},
		{"POST", "/books", "application/json", `{"id":"dune","title":"Dune","author":"Frank Herbert","year":1965}`}, {"GET", "/books/dune", "", ""},
		{"POST", "/books", "application/json", `{"title":1,"year":"x"}`}, {"POST", "/books", "application/json", `[`}, {"POST", "/books", "text/plain", `{}`}, {"POST", "/books", "application/json", "null"},
		{"PUT", "/books/dune", "application/json", `{"title":"Dune Messiah","draft":true}`}, {"PUT", "/books/dune/cover", "image/png", "\x89PNG"}, {"GET", "/books/dune/cover", "", ""},
		{"POST", "/session", "application/json", `{"language":"en","theme":"dark"}`}, {"POST", "/session", "application/json", `{"language":"\n;"}`},
		{"DELETE", "/books/dune", "", ""}, {"DELETE", "/books/dune", "", ""}, {"PATCH", "/books", "", ""}, {"GET", "/books/%2F", "", ""}, {"GET", "/admin/stats", "", ""},
	} {
		f.Add(seed.method, seed.target, seed.media, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, target, media, body string) {
		r, err := http.NewRequest(method, "http://example.com"+target, strings.NewReader(body))
		if err != nil || !strings.HasPrefix(r.URL.Path, "/") || method == http.MethodConnect {
			t.Skip("no request")
		}
		r.RemoteAddr = "192.0.2.1:1234"
		r.Header.Set("Authorization", "Bearer secret")
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if err := document.Response(r, contract.Response{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}); err != nil {
			t.Errorf("%s %s %s %q: %v", method, target, media, body, err)
		}
	})
}
