package bookstore_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/examples/bookstore/book"
	"github.com/faasgen/faasgen/examples/bookstore/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// start runs the whole application in process, over a database of its own.
func start(t *testing.T) (*framework.Engine, *httptest.Server) {
	t.Helper()
	t.Setenv("DATABASE_PATH", filepath.Join(t.TempDir(), "books.db"))
	rt := &framework.Runtime{Platform: "test", CodeDir: ".", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	e := framework.NewEngine(rt, app.New(rt))
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h, err := nethttp.Handler(e, nethttp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		s.Close()
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e, s
}

func call(t *testing.T, method, url, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(answer)
}

func TestALifeOfABook(t *testing.T) {
	_, s := start(t)
	res, body := call(t, "POST", s.URL+"/books", `{"id":"dune","title":"Dune","author":"Frank Herbert","year":1965}`)
	if res.StatusCode != 201 || res.Header.Get("Location") != "/books/dune" || !strings.Contains(body, `"title":"Dune"`) {
		t.Fatalf("create: %d %s", res.StatusCode, body)
	}
	picture := "\x89PNG\r\n\x1a\n\x00\xff\xfe"
	steps := []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/books/dune", "", 200, `"author":"Frank Herbert"`},
		{"GET", "/books?q=un", "", 200, `"id":"dune"`},
		{"GET", "/books?q=xyz", "", 200, `[]`},
		{"PUT", "/books/dune", `{"title":"Dune Messiah","author":"Frank Herbert","year":1969}`, 200, "Dune Messiah"},
		{"PUT", "/books/dune/cover", picture, 204, ""},
		{"GET", "/books/dune/cover", "", 200, picture},
		{"GET", "/admin/stats", "", 200, `{"authors":{"Frank Herbert":1},"books":1}`},
		{"GET", "/books/emma", "", 404, `"code":"not_found"`},
		{"POST", "/books", `{"title":" "}`, 400, "a book needs a title"},
		{"POST", "/books", `{"title":1,"year":"x"}`, 400, `"name":"year"`},
		{"DELETE", "/books", "", 405, ""},
		{"DELETE", "/books/dune", "", 204, ""},
		{"DELETE", "/books/dune", "", 404, "no such book"},
	}
	for _, step := range steps {
		res, body := call(t, step.method, s.URL+step.path, step.body)
		if res.StatusCode != step.status || !strings.Contains(body, step.want) {
			t.Errorf("%s %s: %d %q, want %d %q", step.method, step.path, res.StatusCode, body, step.status, step.want)
		}
	}
	if res, _ := call(t, "GET", s.URL+"/nowhere", ""); res.StatusCode != 404 {
		t.Errorf("an unknown path answers %d", res.StatusCode)
	}
}

func TestSessionSetsTwoCookies(t *testing.T) {
	_, s := start(t)
	res, _ := call(t, "POST", s.URL+"/session", `{"language":"en","theme":"dark"}`)
	if cookies := res.Header.Values("Set-Cookie"); len(cookies) != 2 || res.StatusCode != 204 {
		t.Errorf("status %d, cookies %q", res.StatusCode, cookies)
	}
}

func TestPurgeDeletesOldDraftsOnly(t *testing.T) {
	e, s := start(t)
	for _, body := range []string{`{"id":"draft","title":"A","draft":true}`, `{"id":"done","title":"B"}`} {
		if res, answer := call(t, "POST", s.URL+"/books", body); res.StatusCode != 201 {
			t.Fatalf("create: %d %s", res.StatusCode, answer)
		}
	}
	purge := func(at time.Time) int {
		t.Helper()
		got, err := e.Invoke(t.Context(), framework.Invocation{Function: e.App().Function("book-purge"), Event: timer.Event{Name: "book-purge", Time: at}})
		if err != nil {
			t.Fatal(err)
		}
		return got.(book.Purged).Books
	}
	if got := purge(time.Now()); got != 0 {
		t.Errorf("purged %d fresh drafts", got)
	}
	if got := purge(time.Now().Add(60 * 24 * time.Hour)); got != 1 {
		t.Errorf("purged %d old drafts, want 1", got)
	}
	if _, body := call(t, "GET", s.URL+"/books", ""); strings.Contains(body, "draft") || !strings.Contains(body, "done") {
		t.Errorf("left: %s", body)
	}
}
