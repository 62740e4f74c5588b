package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/examples/bookstore/client"
	"github.com/faasgen/faasgen/examples/bookstore/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/faastest/contract"
)

// start serves the whole application, over a database of its own.
func start(t *testing.T) *httptest.Server {
	t.Helper()
	a := faastest.Start(t, app.New, faastest.Dir(".."), contract.File(t, "../openapi.json"), faastest.Config{
		"database.path": filepath.Join(t.TempDir(), "books.db"),
	})
	if _, err := a.Call("migrate", nil); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	return s
}

// TestEveryOperation calls the running application by the client, as another program in Go would.
func TestEveryOperation(t *testing.T) {
	c, ctx := client.New(start(t).URL+"/"), t.Context()
	made, err := c.BookCreate(ctx, client.CreateRequest{Title: "The Dispossessed", Author: "Ursula K. Le Guin", Year: 1974})
	if err != nil || made.ID != "the-dispossessed" || made.Created.IsZero() || made.Year == nil || *made.Year != 1974 || made.Draft != nil {
		t.Fatalf("create: %+v, %v", made, err)
	}
	if _, err := c.BookCreate(ctx, client.CreateRequest{ID: "a/b ü?", Title: "Odd", Draft: true}); err != nil {
		t.Fatal(err)
	}
	odd, err := c.BookGet(ctx, client.BookGetInput{ID: "a/b ü?"})
	if err != nil || odd == nil || odd.Title != "Odd" || odd.Draft == nil || !*odd.Draft {
		t.Errorf("get of an odd id: %+v, %v", odd, err)
	}
	all, err := c.BookList(ctx, client.BookListInput{})
	if err != nil || len(all) != 2 {
		t.Errorf("list: %+v, %v", all, err)
	}
	q, limit := "disp", int64(1)
	some, err := c.BookList(ctx, client.BookListInput{Q: &q, Limit: &limit})
	if err != nil || len(some) != 1 || some[0].ID != made.ID {
		t.Errorf("list of some: %+v, %v", some, err)
	}
	if none, err := c.BookList(ctx, client.BookListInput{Limit: new(int64)}); err != nil || len(none) != 0 {
		t.Errorf("list with a limit of zero: %+v, %v", none, err)
	}
	changed, err := c.BookUpdate(ctx, client.BookUpdateInput{ID: made.ID, Body: client.BookUpdateBody{Title: "Die Enteigneten", Year: 1976}})
	if err != nil || changed == nil || changed.Title != "Die Enteigneten" || !changed.Created.Equal(made.Created) {
		t.Errorf("update: %+v, %v", changed, err)
	}
	picture := "\x89PNG\r\n\x1a\n\x00\xff\xfe"
	if err := c.BookSetCover(ctx, client.BookSetCoverInput{ID: made.ID, Body: strings.NewReader(picture), ContentType: "image/png"}); err != nil {
		t.Error(err)
	}
	cover, err := c.BookCover(ctx, client.BookCoverInput{ID: made.ID})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(cover.Body)
	if err != nil || string(got) != picture || cover.Header.Get("Content-Type") != "image/png" {
		t.Errorf("cover: %q, %v, %v", got, cover.Header, err)
	}
	cover.Body.Close()
	if err := c.SessionStart(ctx, client.Choice{Language: "en", Theme: "dark"}); err != nil {
		t.Error(err)
	}
	for _, id := range []string{made.ID, "a/b ü?"} {
		if err := c.BookDelete(ctx, client.BookDeleteInput{ID: id}); err != nil {
			t.Error(err)
		}
	}
}

func TestFailures(t *testing.T) {
	s := start(t)
	c, ctx := client.New(s.URL), t.Context()
	var p *client.Problem
	b, err := c.BookGet(ctx, client.BookGetInput{ID: "emma"})
	if !errors.As(err, &p) || b != nil || p.Status != 404 || p.Code != "not_found" || p.RequestID == "" || err.Error() != "status 404: no such book" {
		t.Errorf("get: %+v, %v", b, err)
	}
	_, err = c.BookCreate(ctx, client.CreateRequest{Title: " "})
	if !errors.As(err, &p) || p.Status != 400 || !strings.Contains(err.Error(), "a book needs a title") {
		t.Errorf("create: %v", err)
	}
	// What is not of the contract's types is refused with a list.
	c.HTTP = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		r.Body = io.NopCloser(strings.NewReader(`{"title":1,"year":"x"}`))
		r.ContentLength = -1
		return http.DefaultTransport.RoundTrip(r)
	})}
	_, err = c.BookCreate(ctx, client.CreateRequest{})
	if !errors.As(err, &p) || len(p.Errors) != 2 || p.Errors[1].Name != "year" || p.Errors[1].In != "body" || !strings.Contains(err.Error(), "; body year: ") {
		t.Errorf("create with other types: %v", err)
	}
	for _, id := range []string{"", ".", ".."} {
		if err := c.BookDelete(ctx, client.BookDeleteInput{ID: id}); err == nil || errors.As(err, &p) || !strings.Contains(err.Error(), "expected a value that may stand in a path") {
			t.Errorf("delete of %q: %v", id, err)
		}
	}
	refused := errors.New("no token")
	c.Prepare = func(*http.Request) error { return refused }
	if err := c.SessionStart(ctx, client.Choice{}); !errors.Is(err, refused) {
		t.Errorf("without a token: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := client.New(s.URL).BookList(ended, client.BookListInput{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// TestOtherAnswers: what is before the application may answer as it likes.
func TestOtherAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"a page of a proxy":   {502, "<html>", "status 502: Bad Gateway"},
		"an endless failure":  {500, strings.Repeat("x", 2<<20), "status 500: Internal Server Error"},
		"not JSON":            {200, "<html>", "the result of /books: invalid character"},
		"nothing":             {200, "", "found an empty result, expected JSON"},
		"more than the limit": {200, "[" + strings.Repeat(" ", 100) + "]", "found a result of more than 50 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			var read int
			c := client.New("http://nowhere.invalid")
			c.MaxBody = 50
			c.HTTP = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				body := &counter{Reader: bytes.NewReader([]byte(test.body)), n: &read}
				return &http.Response{StatusCode: test.status, Body: io.NopCloser(body), Request: r}, nil
			})}
			_, err := c.BookList(t.Context(), client.BookListInput{})
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || read > 1<<20 {
				t.Errorf("%v, %d bytes were read", err, read)
			}
		})
	}
}

// transport answers requests.
type transport func(*http.Request) (*http.Response, error)

// RoundTrip answers one.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// counter counts what is read.
type counter struct {
	io.Reader
	n *int
}

// Read reads and counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += n
	return n, err
}
