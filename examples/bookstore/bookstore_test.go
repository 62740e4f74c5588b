package bookstore_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/examples/bookstore/book"
	"github.com/faasgen/faasgen/examples/bookstore/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/component/migrate"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/faastest/contract"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// start runs the whole application in process, over a database of its own.
func start(t *testing.T, options ...faastest.Option) *faastest.App {
	t.Helper()
	t.Parallel()
	a := faastest.Start(t, app.New, append(options, contract.File(t, "openapi.json"), faastest.Config{
		"database.path": filepath.Join(t.TempDir(), "books.db"), "admin.token": "secret",
	})...)
	if _, err := a.Call("migrate", nil); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestALifeOfABook(t *testing.T) { life(t, start(t)) }

// TestALifeOfABookApart: it is the same where each function is a unit of its own.
func TestALifeOfABookApart(t *testing.T) { life(t, start(t, faastest.Apart())) }

func life(t *testing.T, a *faastest.App) {
	t.Helper()
	w := a.Do("POST", "/books", `{"id":"dune","title":"Dune","author":"Frank Herbert","year":1965}`)
	if w.Code != 201 || w.Header().Get("Location") != "/books/dune" || !strings.Contains(w.Body.String(), `"title":"Dune"`) {
		t.Fatalf("create: %d %s", w.Code, w.Body)
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
		{"POST", "/books", `{"title":"The Left Hand of Darkness"}`, 201, `"id":"the-left-hand-of-darkness"`},
		{"GET", "/books/the-left-hand-of-darkness/cover", "", 200, "PNG"},
		{"DELETE", "/books/the-left-hand-of-darkness", "", 204, ""},
		{"POST", "/books", `{"title":"***"}`, 422, "found no word"},
		{"POST", "/books", `{"title":1,"year":"x"}`, 400, `"name":"year"`},
		{"DELETE", "/books", "", 405, ""},
		{"DELETE", "/books/dune", "", 204, ""},
		{"DELETE", "/books/dune", "", 404, "no such book"},
		{"DELETE", "/admin/books/dune", "", 404, "no such book"},
		{"GET", "/nowhere", "", 404, ""},
	}
	for _, step := range steps {
		w := a.Do(step.method, step.path, step.body, "Authorization: Bearer secret")
		if w.Code != step.status || !strings.Contains(w.Body.String(), step.want) {
			t.Errorf("%s %s: %d %q, want %d %q", step.method, step.path, w.Code, w.Body, step.status, step.want)
		}
	}
}

func TestHealth(t *testing.T) {
	if err := start(t).Health(t.Context()); err != nil {
		t.Error(err)
	}
}

// shelf is a store without a database.
type shelf struct{ book.Store }

func (shelf) Get(context.Context, string) (*book.Book, error) { return &book.Book{Title: "Emma"}, nil }

func TestAnotherStoreNeedsNoDatabase(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, func(rt *framework.Runtime) *framework.App {
		return app.NewWith(rt, app.Overrides{BookStore: shelf{}})
	}, faastest.Dir(t.TempDir()), faastest.Functions("book-get"))
	if w := a.Do("GET", "/books/emma", nil); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestOnlyTheBooksellerIsLetIn(t *testing.T) {
	open := start(t)
	closed := faastest.Start(t, app.New, faastest.Config{"database.path": filepath.Join(t.TempDir(), "books.db")})
	for _, header := range []string{"Authorization: Bearer wrong", "Authorization: Bearer ", "Authorization: secret", "X: y"} {
		for _, a := range []*faastest.App{open, closed} {
			if w := a.Do("DELETE", "/admin/books/dune", nil, header); w.Code != 403 || !strings.Contains(w.Body.String(), `"code":"forbidden"`) {
				t.Errorf("%q: %d %s", header, w.Code, w.Body)
			}
		}
	}
}

func TestSessionSetsTwoCookies(t *testing.T) {
	w := start(t).Do("POST", "/session", `{"language":"en","theme":"dark"}`)
	if cookies := w.Result().Cookies(); len(cookies) != 2 || w.Code != 204 {
		t.Errorf("status %d, cookies %q", w.Code, cookies)
	}
}

func TestPurgeDeletesOldDraftsOnly(t *testing.T) {
	clock := faastest.NewClock(time.Date(2026, 1, 2, 3, 30, 0, 0, time.UTC))
	a := start(t, faastest.Clock(clock))
	for _, in := range []book.CreateRequest{
		{ID: "draft", Details: book.Details{Title: "A", Draft: true}},
		{ID: "done", Details: book.Details{Title: "B"}},
	} {
		faastest.Call[*book.Book](t, a, "book-create", in)
	}
	purge := func() int {
		t.Helper()
		return faastest.Call[book.Purged](t, a, "book-purge", clock.Now()).Books
	}
	if got := purge(); got != 0 {
		t.Errorf("purged %d fresh drafts", got)
	}
	clock.Advance(60 * 24 * time.Hour)
	if got := purge(); got != 1 {
		t.Errorf("purged %d old drafts, want 1", got)
	}
	if left := faastest.Call[[]book.Book](t, a, "book-list", nil); len(left) != 1 || left[0].ID != "done" {
		t.Errorf("left: %+v", left)
	}
}

// A unit starts alone as the whole application does; its functions have the same names.
func TestOneUnitAlone(t *testing.T) {
	t.Parallel()
	database := faastest.Config{"database.path": filepath.Join(t.TempDir(), "books.db")}
	if r := faastest.Call[*migrate.Report](t, faastest.Start(t, app.New, faastest.Functions("migrate"), database), "migrate", nil); r.To != 1 {
		t.Errorf("migrated to version %d", r.To)
	}
	a := faastest.Start(t, app.New, faastest.Functions("book-purge"), database)
	if got, err := a.Timer("book-purge", time.Now()); err != nil || got != (book.Purged{}) {
		t.Errorf("purged %v, %v", got, err)
	}
	if _, err := a.Call("book-list", nil); err == nil {
		t.Error("the unit has a function of another")
	}
}

// The same application behind each cloud's own payloads.
func TestEveryCloudGetsTheSameResponse(t *testing.T) {
	a := start(t)
	faastest.Call[*book.Book](t, a, "book-create", book.CreateRequest{ID: "dune", Details: book.Details{Title: "Dune"}})
	for _, cloud := range []string{faastest.AWS, faastest.Tencent, faastest.Aliyun} {
		answer, err := a.Deliver(cloud, faastest.Payload(t, cloud, "http", httptest.NewRequest("GET", "/books/dune", nil)))
		if err != nil {
			t.Fatal(err)
		}
		if w := faastest.Response(t, cloud, answer); w.StatusCode != 200 || w.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %s %v", cloud, w.Status, w.Header)
		}
		if answer, err := a.Deliver(cloud, faastest.Payload(t, cloud, "timer", timer.Event{Name: "book-purge", Time: time.Now()})); err != nil || string(answer) != `{"books":0}` {
			t.Errorf("%s: %s, %v", cloud, answer, err)
		}
	}
}
