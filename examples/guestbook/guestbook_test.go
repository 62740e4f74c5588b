package guestbook_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/examples/guestbook"
	"github.com/faasgen/faasgen/examples/guestbook/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/faastest/contract"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const pairs = "Content-Type: application/x-www-form-urlencoded"

// signIn returns the cookie of a guest.
func signIn(t *testing.T, a *faastest.App) string {
	t.Helper()
	w := a.Do("POST", "/session", "name=Ann", pairs)
	if w.Code != 303 || w.Header().Get("Location") != "/" {
		t.Fatalf("sign in: %d %s", w.Code, w.Body)
	}
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	return "Cookie: " + cookie
}

func TestAGuest(t *testing.T) {
	a := faastest.Start(t, app.New, contract.File(t, "openapi.json"))
	if w := a.Do("POST", "/entries", "words=hello", pairs); w.Code != 401 {
		t.Errorf("without a cookie: %d %s", w.Code, w.Body)
	}
	cookie := signIn(t, a)
	if w := a.Do("POST", "/entries", "words=hello&stars=4&tag=a&tag=b&home=%7B%22city%22%3A%22Oslo%22%7D", pairs, cookie); w.Code != 303 {
		t.Errorf("a form: %d %s", w.Code, w.Body)
	}
	if w := a.Do("POST", "/entries", guestbook.Entry{Words: "<script>"}, cookie); w.Code != 303 {
		t.Errorf("JSON: %d %s", w.Code, w.Body)
	}
	w := a.Do("GET", "/", nil)
	for _, want := range []string{"Ann of Oslo, 4 stars: hello", "Ann, 0 stars: &lt;script&gt;"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page does not have %q:\n%s", want, w.Body)
		}
	}
	if w := a.Do("POST", "/session/end", "", cookie); !strings.HasPrefix(w.Header().Get("Set-Cookie"), "guest=; ") {
		t.Errorf("sign out: %d %q", w.Code, w.Header())
	}
}

// Everything that is wrong with a form is in one response, for people who see pages as a page.
func TestAWrongForm(t *testing.T) {
	a := faastest.Start(t, app.New, contract.File(t, "openapi.json"))
	cookie := signIn(t, a)
	w := a.Do("POST", "/entries", "stars=many&home=Oslo", pairs, cookie, "Accept: text/html,*/*;q=0.8")
	if w.Code != 400 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %q", w.Code, w.Header())
	}
	for _, want := range []string{"<li>form words: found nothing, expected a value", "<li>form stars: found \"many\", expected an integer", "<li>form home: found invalid JSON at line 1, column 1"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page does not have %q:\n%s", want, w.Body)
		}
	}
	if w := a.Do("POST", "/entries", "words=hello", pairs, cookie, "Sec-Fetch-Site: cross-site"); w.Code != 403 {
		t.Errorf("from another site: %d %s", w.Code, w.Body)
	}
}

func TestAPhoto(t *testing.T) {
	a := faastest.Start(t, app.New, contract.File(t, "openapi.json"))
	cookie := signIn(t, a)
	body, mediaType := parts(t, "words", "hello", "photo", "a/ü.png", "\x89PNG")
	if w := a.Do("POST", "/entries", body, cookie, "Content-Type: "+mediaType); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	w := a.Do("GET", "/entries/0/photo", nil)
	if w.Code != 200 || w.Body.String() != "\x89PNG" || w.Header().Get("Content-Disposition") != `attachment; filename="_.png"; filename*=UTF-8''%C3%BC.png` {
		t.Errorf("%d %q %q", w.Code, w.Body, w.Header())
	}
	if w := a.Do("GET", "/entries/0/photo", nil, "If-None-Match: "+w.Header().Get("Etag")); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("again: %d %q", w.Code, w.Body)
	}
	body, mediaType = parts(t, "words", "hello", "photo", "a.png", strings.Repeat("x", 2_000_001))
	if w := a.Do("POST", "/entries", body, cookie, "Content-Type: "+mediaType); w.Code != 413 {
		t.Errorf("a large photo: %d %s", w.Code, w.Body)
	}
	if w := a.Do("GET", "/entries/7/photo", nil); w.Code != 404 {
		t.Errorf("no entry: %d %s", w.Code, w.Body)
	}
}

// A struct goes as its tags say: the upload last.
func TestAFilm(t *testing.T) {
	a := faastest.Start(t, app.New, contract.File(t, "openapi.json"))
	sum := sha256.Sum256([]byte("film"))
	shown := faastest.Call[*guestbook.Shown](t, a, "guestbook-show", guestbook.Film{Title: "t", Film: *web.NewUpload("f.mp4", "video/mp4", strings.NewReader("film"))})
	if want := (guestbook.Shown{Title: "t", Bytes: 4, Sum: hex.EncodeToString(sum[:])}); *shown != want {
		t.Errorf("%+v, want %+v", *shown, want)
	}
	body, mediaType := parts(t, "film", "f", "film", "title", "", "too late")
	if w := a.Do("POST", "/films", body, "Content-Type: "+mediaType); w.Code != 400 || !strings.Contains(w.Body.String(), `{"in":"form","name":"title"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var e *framework.Error
	if _, err := a.Call("guestbook-show", guestbook.Film{}); !errors.As(err, &e) || e.Status != 400 {
		t.Errorf("an empty form: %v", err)
	}
}

// parts makes a form of name, text and name, file name, content.
func parts(t *testing.T, fields ...string) (body *bytes.Buffer, mediaType string) {
	t.Helper()
	body = new(bytes.Buffer)
	w := multipart.NewWriter(body)
	for len(fields) > 0 {
		switch fields[0] {
		case "photo", "film":
			f, err := w.CreateFormFile(fields[0], fields[1])
			if err != nil {
				t.Fatal(err)
			}
			_, _ = f.Write([]byte(fields[2]))
			fields = fields[3:]
		case "title":
			_ = w.WriteField(fields[0], fields[2])
			fields = fields[3:]
		default:
			_ = w.WriteField(fields[0], fields[1])
			fields = fields[2:]
		}
	}
	_ = w.Close()
	return body, w.FormDataContentType()
}
