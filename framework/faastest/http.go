package faastest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// HTTP sends a request through the application's HTTP ingress: routes, binding, middleware, problem documents are those of
// a server. It returns when the background work of the call has ended, too. A function that breaks its response off fails the
// test.
func (a *App) HTTP(r *http.Request) *httptest.ResponseRecorder {
	a.t.Helper()
	w := httptest.NewRecorder()
	defer func() {
		if v := recover(); v == http.ErrAbortHandler {
			a.t.Errorf("faastest: %s %s: the function broke its response off", r.Method, r.URL)
		} else if v != nil {
			panic(v)
		}
	}()
	if r.URL.Path == "" { // a client would send a slash
		r = r.Clone(r.Context())
		r.URL.Path = "/"
	}
	r, background := withBackground(r)
	a.handler.ServeHTTP(w, r)
	a.finish(background)
	return w
}

// Do sends a request made of its parts: the target is path and query, encoded; the body is a string, []byte, io.Reader or
// nil, and anything else goes as JSON. Headers are written as "Name: value". A string that begins like a JSON object or
// list is declared as JSON unless a header says otherwise.
func (a *App) Do(method, target string, body any, headers ...string) *httptest.ResponseRecorder {
	a.t.Helper()
	content, isJSON, err := reader(body)
	if err != nil {
		a.t.Fatalf("faastest: %s %s: the body: %v", method, target, err)
	}
	r, err := http.NewRequestWithContext(a.ctx, method, "http://example.com"+target, content)
	if err != nil || !strings.HasPrefix(target, "/") {
		a.t.Fatalf("faastest: %s %s: expected a method and an encoded path that begins with a slash (%v)", method, target, err)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	if isJSON {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			a.t.Fatalf("faastest: %s %s: header %q: expected Name: value", method, target, h)
		}
		if name, value = http.CanonicalHeaderKey(name), strings.TrimSpace(value); name == "Host" {
			r.Host = value
		} else if name == "Content-Type" { // in place of the guess
			r.Header.Set(name, value)
		} else {
			r.Header.Add(name, value)
		}
	}
	return a.HTTP(r)
}

// reader reads a body from what a test writes.
func reader(body any) (content io.Reader, isJSON bool, err error) {
	switch b := body.(type) {
	case nil:
		return nil, false, nil
	case string:
		return strings.NewReader(b), strings.HasPrefix(b, "{") || strings.HasPrefix(b, "["), nil
	case []byte:
		return bytes.NewReader(b), false, nil
	case io.Reader:
		return b, false, nil
	}
	b, err := json.Marshal(body)
	return bytes.NewReader(b), true, err
}

// JSON reads the body of a response. A status above 299, and a body that is not such JSON, end the test.
func JSON[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if w.Code > 299 {
		t.Fatalf("status %d: %.2000s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("the body is not of type %T: %v\n%.2000s", v, err, w.Body)
	}
	return v
}
