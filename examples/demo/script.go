package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/faastest/contract"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// step is one call of the script: a request, or a timer that fires.
type step struct {
	name  string
	http  *sim.Request
	timer *sim.Timer
	// status and contains are what every platform must answer; equality alone would accept the same mistake everywhere.
	status   int
	contains string
	// later says that it shows what a call did that nothing waits for.
	later bool
}

// adminToken is what the script configures, and what it knows.
const adminToken = "demo"

// picture is not UTF-8 and holds every byte, so that any platform that treats bodies as text destroys it.
func picture() []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	for i := range 256 {
		b = append(b, byte(i))
	}
	return b
}

func script() []step {
	request := func(method, target, body string) *sim.Request {
		r := &sim.Request{Method: method, Target: target, Host: "books.example.com", Header: [][2]string{{"Accept", "*/*"}}, Body: []byte(body)}
		if strings.HasPrefix(body, "{") {
			r.Header = append(r.Header, [2]string{"Content-Type", "application/json"})
		}
		return r
	}
	stats := request("GET", "/admin/stats", "")
	stats.Header = append(stats.Header, [2]string{"Authorization", "Bearer " + adminToken})
	cover := request("PUT", "/books/dune/cover", "")
	cover.Body = picture()
	cover.Header = append(cover.Header, [2]string{"Content-Type", "image/png"})
	return []step{
		{name: "create", http: request("POST", "/books", `{"id":"dune","title":"Dune","author":"Frank Herbert","year":1965}`), status: 201, contains: `"title":"Dune"`},
		{name: "create a draft", http: request("POST", "/books", `{"id":"draft","title":"Notes","draft":true}`), status: 201, contains: `"draft":true`},
		{name: "get", http: request("GET", "/books/dune", ""), status: 200, contains: "Frank Herbert"},
		{name: "list", http: request("GET", "/books?q=un&limit=5", ""), status: 200, contains: `[{"id":"dune"`},
		{name: "head", http: request("HEAD", "/books/dune", ""), status: 200},
		{name: "no such book", http: request("GET", "/books/emma", ""), status: 404, contains: `"code":"not_found"`},
		{name: "invalid body", http: request("POST", "/books", `{"title":7,"year":"x"}`), status: 400, contains: `"name":"year"`},
		{name: "binary body in", http: cover, status: 204},
		{name: "binary body out", http: request("GET", "/books/dune/cover", ""), status: 200, contains: string(picture())},
		{name: "called: a name", http: request("POST", "/books", `{"title":"The Dispossessed"}`), status: 201, contains: `"id":"the-dispossessed"`},
		{name: "called: its error", http: request("POST", "/books", `{"title":"?"}`), status: 422, contains: `"code":"no_words"`},
		{name: "called: a cover", http: request("GET", "/books/the-dispossessed/cover", ""), status: 200, contains: "PNG", later: true},
		{name: "delete it", http: request("DELETE", "/books/the-dispossessed", ""), status: 204},
		{name: "two Set-Cookie", http: request("POST", "/session", `{"language":"en","theme":"dark"}`), status: 204},
		{name: "chi application", http: stats, status: 200, contains: `"books":2`},
		{name: "refused by a guard", http: request("GET", "/admin/stats", ""), status: 403, contains: `"code":"forbidden"`},
		{name: "timer", timer: &sim.Timer{Name: "book-purge", Time: time.Date(2099, 1, 1, 3, 30, 0, 0, time.UTC)}, status: 200, contains: `{"books":1}`},
		{name: "list after it", http: request("GET", "/books", ""), status: 200, contains: `[{"id":"dune"`},
		{name: "delete", http: request("DELETE", "/books/dune", ""), status: 204},
		{name: "delete again", http: request("DELETE", "/books/dune", ""), status: 404, contains: "no such book"},
	}
}

// response is what is compared: the status, the headers that the application sets, the body.
type response struct {
	status int
	hash   string
	wrong  string // why it is not what the script wants
}

// compared are the headers that must be equal. The rest (Date, Content-Length of an empty body, request ids) belongs to
// the vendor's ingress.
func compared() []string {
	return []string{"Content-Type", "Location", "Set-Cookie", "Cache-Control", "Allow"}
}

// play sends the script to one stage, and compares its responses with the document of the application, too.
func play(ctx context.Context, s *stage, document *contract.Document) ([]response, error) {
	volatile := regexp.MustCompile(`"(created|request_id|instance)":"[^"]*"`)
	var responses []response
	if err := s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	for _, st := range script() {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		var (
			r   *sim.Response
			err error
		)
		switch {
		case st.timer != nil:
			r, err = s.fire(ctx, *st.timer)
		case st.later && !s.settled():
			r, err = s.eventually(ctx, st)
		default:
			r, err = s.request(ctx, st.http)
		}
		cancel()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", st.name, err)
		}
		a := response{status: r.Status}
		if r.Status != st.status {
			a.wrong = fmt.Sprintf("status %d instead of %d: %.300s", r.Status, st.status, r.Body)
		} else if !bytes.Contains(r.Body, []byte(st.contains)) {
			a.wrong = fmt.Sprintf("%.300q does not contain %.300q", r.Body, st.contains)
		}
		if st.name == "two Set-Cookie" && len(r.Values("Set-Cookie")) != 2 {
			a.wrong = fmt.Sprintf("Set-Cookie: %q", r.Values("Set-Cookie"))
		}
		if st.http != nil && a.wrong == "" {
			if err := promised(document, st.http, r); err != nil {
				a.wrong = err.Error()
			}
		}
		h := sha256.New()
		for _, name := range compared() {
			if name == "Content-Type" && r.Status == 204 {
				continue // API Gateway adds one to a response without a body
			}
			values := slices.Clone(r.Values(name))
			fmt.Fprintf(h, "%s: %q\n", name, values)
		}
		h.Write(volatile.ReplaceAll(r.Body, []byte(`"$1":""`)))
		a.hash = fmt.Sprintf("%x", h.Sum(nil)[:4])
		responses = append(responses, a)
	}
	return responses, nil
}

// promised says what of a response the document does not allow.
func promised(document *contract.Document, sent *sim.Request, r *sim.Response) error {
	request, err := http.NewRequest(sent.Method, "http://localhost"+sent.Target, nil)
	if err != nil {
		return err
	}
	header := http.Header{}
	for _, h := range r.Header {
		header.Add(h[0], h[1])
	}
	return document.Response(request, contract.Response{Status: r.Status, Header: header, Body: r.Body})
}

// eventually sends the request of a step until the status is right.
func (s *stage) eventually(ctx context.Context, st step) (*sim.Response, error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := s.request(ctx, st.http)
		if err != nil || r.Status == st.status {
			return r, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return r, nil
		}
	}
}
