package nethttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// mounted makes a function of an existing handler, as generated code does.
func mounted(h http.HandlerFunc) *framework.Function {
	return on("ANY /{rest...}", func(c *framework.Context) error { return Serve(c, h) })
}

// invoke answers one request as a platform does that has only payloads.
func invoke(t testing.TB, f *framework.Function, r web.Request) *web.Response {
	t.Helper()
	x := web.NewExchange(r)
	result, err := engineOf(t, f).Invoke(context.Background(), framework.Invocation{Function: f, Event: x})
	resp := x.Respond(result, err, web.ErrorInfo{Dev: true, Log: slog.New(slog.DiscardHandler)})
	if err := resp.Buffer(0); err != nil {
		t.Fatal(err)
	}
	return resp
}

// handlers are what people do with a ResponseWriter.
func handlers() map[string]http.HandlerFunc {
	big := strings.Repeat("0123456789", 10_000)
	return map[string]http.HandlerFunc{
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"text":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") },
		"html":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!DOCTYPE html><p>x") },
		"png":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("\x89PNG\x0D\x0A\x1A\x0A\x00")) },
		"json": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(201)
			fmt.Fprint(w, `{}`)
		},
		"encoded": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "x")
			fmt.Fprint(w, "<html>")
		},
		"status only": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		"status twice": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			w.WriteHeader(200)
			fmt.Fprint(w, "a")
			fmt.Fprint(w, "b")
		},
		"late header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Early", "1")
			fmt.Fprint(w, "x")
			w.Header().Set("X-Late", "1")
			w.Header().Del("X-Early")
		},
		"informational": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(200)
			w.WriteHeader(103)
			fmt.Fprint(w, "x")
		},
		"no content": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(204)
			if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrBodyNotAllowed) {
				panic(err)
			}
		},
		"not modified": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Etag", `"1"`); w.WriteHeader(304) },
		"cookies": func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
			http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere?x=1", http.StatusFound) },
		"error":    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) },
		"length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3")
			fmt.Fprint(w, "abc")
			if n, err := w.Write([]byte("d")); n != 0 || !errors.Is(err, http.ErrContentLength) {
				panic(err)
			}
		},
		"no type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			fmt.Fprint(w, "<html>")
		},
		"big":        func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, big) },
		"big pieces": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, strings.NewReader(big)) },
		"big, known": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(big)))
			fmt.Fprint(w, big)
		},
		"flushed": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<p>a")
			w.(http.Flusher).Flush()
			fmt.Fprint(w, "b")
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
		},
		"hijack": func(w http.ResponseWriter, _ *http.Request) {
			if _, ok := w.(http.Hijacker); ok && w.Header().Get("Ours") != "" {
				panic("hijack is offered")
			}
		},
		"request": func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			user, password, _ := r.BasicAuth()
			cookie, _ := r.Cookie("sid")
			remote := strings.Count(r.RemoteAddr, ":") > 0 && strings.HasPrefix(r.RemoteAddr, "127.0.0.1:")
			fmt.Fprintln(w, r.Method, r.URL, r.URL.Path, r.URL.RawPath, r.URL.Query()["a"], r.RequestURI, r.Host, r.Proto, r.ContentLength, r.Form, r.TLS, remote)
			fmt.Fprintln(w, string(body), err, user, password, cookie, r.Header["X-N"], r.UserAgent(), r.Header.Get("Host"), r.TransferEncoding, r.Trailer)
		},
		"form": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, r.FormValue("a"), r.ParseForm(), r.PostForm)
		},
		"mux": func(w http.ResponseWriter, r *http.Request) {
			mux := http.NewServeMux()
			mux.HandleFunc("POST /a/{x}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.PathValue("x"), r.Pattern) })
			mux.HandleFunc("/static/", http.NotFound)
			mux.ServeHTTP(w, r)
		},
	}
}

// TestServeIsAPlainServer runs each handler behind a plain server, behind ours, and through a payload, and compares what
// the client gets.
func TestServeIsAPlainServer(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			plain := httptest.NewUnstartedServer(h)
			plain.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			plain.Start()
			defer plain.Close()
			ours := serve(t, Options{}, mounted(h))
			for _, method := range []string{"GET", "HEAD", "POST"} {
				send := func(url string) string {
					resp, body := do(t, method, url+"/a/b%2Fc?a=1&a=%20", strings.NewReader("a=form"), "Authorization", "Basic dTpw", "Cookie", "sid=1", "X-N", "1", "X-N", "2",
						"User-Agent", "test", "Content-Type", "application/x-www-form-urlencoded")
					return flat(resp.StatusCode, resp.Header, strings.ReplaceAll(body, strings.TrimPrefix(url, "http://"), "HOST"))
				}
				want := send(plain.URL)
				if got := send(ours.URL); got != want {
					t.Errorf("%s: got\n%.2000s\nwant\n%.2000s", method, got, want)
				}
				r := web.Request{Method: method, Host: "HOST", RemoteAddr: "127.0.0.1", Body: []byte("a=form"), Header: web.Header{
					"Authorization": {"Basic dTpw"}, "Cookie": {"sid=1"}, "X-N": {"1", "2"}, "User-Agent": {"test"}, "Content-Type": {"application/x-www-form-urlencoded"}}}
				if err := r.SetTarget("/a/b%2Fc?a=1&a=%20"); err != nil {
					t.Fatal(err)
				}
				resp := invoke(t, mounted(h), r)
				if got := flat(resp.Status, http.Header(resp.Header), string(resp.Body)); got != want {
					t.Errorf("%s as a payload: got\n%.2000s\nwant\n%.2000s", method, got, want)
				}
			}
		})
	}
}

// flat writes a response without what only says how it was carried.
func flat(status int, h http.Header, body string) string {
	s := fmt.Sprintln(status)
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name != "Date" && name != "Content-Length" && len(h[name]) > 0 {
			s += fmt.Sprintln(name, h[name])
		}
	}
	return s + body
}

func TestServeOnPayloads(t *testing.T) {
	type key struct{}
	f := on("GET /files/{path...}", func(c *framework.Context) error {
		c.SetValue(key{}, "middleware's")
		x := web.From(c)
		x.Header().Set("Access-Control-Allow-Origin", "*")
		x.Header().Set("Vary", "Origin")
		err := Serve(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if framework.From(r.Context()) != c || r.Context().Value(key{}) != "middleware's" {
				t.Error("the request's context is not the framework's")
			}
			if r.PathValue("path") != "a/b" || r.Pattern != "/files/{path...}" || r.RemoteAddr != "[2001:db8::1]:0" {
				t.Errorf("got %q %q %q", r.PathValue("path"), r.Pattern, r.RemoteAddr)
			}
			w.Header().Add("Vary", "Accept")
			http.NewResponseController(w).SetWriteDeadline(time.Now())
			fmt.Fprint(w, "ok")
		}))
		result, ok := c.Result().(*web.Response)
		if !ok || result.Status != 200 || string(result.Body) != "ok" {
			t.Errorf("middleware sees %#v", c.Result())
		}
		x.Header().Set("X-After", "1")
		return err
	})
	resp := invoke(t, f, web.Request{Method: "GET", Path: "/files/a/b", Pattern: "/files/{path...}", PathValues: []web.PathValue{{Name: "path", Value: "a/b"}}, RemoteAddr: "2001:db8::1"})
	want := "200\nAccess-Control-Allow-Origin [*]\nContent-Type [text/plain; charset=utf-8]\nVary [Origin Accept]\nX-After [1]\nok"
	if got := flat(resp.Status, http.Header(resp.Header), string(resp.Body)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestServeFailures(t *testing.T) {
	tests := []struct {
		name string
		h    http.HandlerFunc
		want int
		text string
	}{
		{"panic", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Kept", "1")
			fmt.Fprint(w, "x")
			panic("boom")
		}, 500, "panic: boom"},
		{"abort", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Kept", "1")
			panic(http.ErrAbortHandler)
		}, 500, "the handler cut its response short"},
		{"status 42", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Kept", "1"); w.WriteHeader(42) }, 500, "invalid WriteHeader code 42"},
		{"status 101", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Kept", "1"); w.WriteHeader(101) }, 500, "found status 101, expected 200 to 599"},
		{"header injection", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Kept", "1")
			w.Header().Set("X-Bad", "a\r\nb: c")
		}, 500, "control character in the value of header X-Bad"},
		{"too large", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Kept", "1")
			if _, err := w.Write(make([]byte, web.DefaultBodyLimit+1)); err == nil {
				t.Error("a response without limit")
			}
			w.WriteHeader(200)
		}, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := invoke(t, mounted(tt.h), web.Request{Method: "GET", Path: "/"})
			if resp.Status != tt.want || !strings.Contains(string(resp.Body), tt.text) || web.Header(resp.Header).Get("X-Kept") != "1" || web.Header(resp.Header).Has("X-Bad") {
				t.Errorf("got %d %v %s", resp.Status, resp.Header, resp.Body)
			}
		})
	}
	f := mounted(func(http.ResponseWriter, *http.Request) { t.Error("called") })
	_, err := engineOf(t, f).Invoke(context.Background(), framework.Invocation{Function: f, Event: []byte("{}")})
	var fe *framework.Error
	if !errors.As(err, &fe) || fe.Code != "not_http" {
		t.Errorf("an event that is not http: got %v", err)
	}
}

func TestServeStreams(t *testing.T) {
	next := make(chan struct{})
	s := serve(t, Options{}, mounted(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 3 {
			fmt.Fprintf(w, "event %d\n", i)
			w.(http.Flusher).Flush()
			<-next
		}
	}))
	resp, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buffer := make([]byte, 100)
	for i := range 3 {
		n, err := io.ReadFull(resp.Body, buffer[:8])
		if err != nil || string(buffer[:n]) != fmt.Sprintf("event %d\n", i) {
			t.Fatalf("got %q, %v", buffer[:n], err)
		}
		next <- struct{}{} // the handler is still there
	}
}

func TestServeTrailers(t *testing.T) {
	for name, flush := range map[string]bool{"streamed": true, "short": false} {
		s := serve(t, Options{}, mounted(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			fmt.Fprint(w, "x")
			if flush {
				w.(http.Flusher).Flush()
			}
			w.Header().Set("X-Sum", "1")
			w.Header().Set(http.TrailerPrefix+"X-More", "2")
		}))
		resp, body := do(t, "GET", s.URL, nil)
		if body != "x" || resp.Trailer.Get("X-Sum") != "1" || resp.Trailer.Get("X-More") != "2" {
			t.Errorf("%s: got %q and the trailers %v", name, body, resp.Trailer)
		}
	}
}

// TestServeDeadline: a handler that misses its deadline gets errors from then on, and its client a 504 or, when the response
// had begun, a cut connection.
func TestServeDeadline(t *testing.T) {
	late := make(chan error, 1)
	handler := func(begin bool) *framework.Function {
		f := mounted(func(w http.ResponseWriter, r *http.Request) {
			if begin {
				fmt.Fprint(w, "begun")
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
			for { // until the call is over for the server, too
				w.Header().Set("X-Late", "1")
				_, err := w.Write(make([]byte, 64<<10))
				if err == nil {
					err = http.NewResponseController(w).Flush()
				}
				if err != nil {
					late <- errors.Join(err, http.NewResponseController(w).SetReadDeadline(time.Now()))
					return
				}
			}
		})
		f.Timeout = 10 * time.Millisecond
		return f
	}
	// The first one writes the response: the server with its 504, or the handler with one that is cut, maybe before it left.
	resp, err := http.DefaultTransport.RoundTrip(httptest.NewRequest("GET", serve(t, Options{}, handler(false)).URL, nil))
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 504 && err == nil {
			t.Errorf("got %d whole", resp.StatusCode)
		}
	} else if !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	if err := <-late; !errors.Is(err, errLate) {
		t.Errorf("got %v", err)
	}
	if resp, body := do(t, "GET", serve(t, Options{}, handler(true)).URL, nil); resp.StatusCode != 200 || !strings.HasPrefix(body, "begun") || !strings.HasSuffix(body, " (cut)") {
		t.Errorf("got %d %.100q", resp.StatusCode, body)
	}
	if err := <-late; !errors.Is(err, errLate) {
		t.Errorf("got %v", err)
	}
}

// TestServeDeadlineOfASlowClient: the handler hangs in a write to a client that does not read.
func TestServeDeadlineOfASlowClient(t *testing.T) {
	returned := make(chan error, 1)
	f := mounted(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				returned <- err
				return
			}
		}
	})
	f.Timeout = 20 * time.Millisecond
	s := serve(t, Options{}, f)
	resp, err := http.Get(s.URL) // the body is not read
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := <-returned; err == nil {
		t.Error("the write succeeded")
	}
}

func TestServeCutsConnections(t *testing.T) {
	s := serve(t, Options{},
		on("GET /panic", func(c *framework.Context) error {
			return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, "half")
				w.(http.Flusher).Flush()
				panic("boom")
			}))
		}),
		on("GET /short", func(c *framework.Context) error {
			return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "10")
				fmt.Fprint(w, "half")
				w.(http.Flusher).Flush()
			}))
		}),
		on("GET /abort", func(c *framework.Context) error {
			return Serve(c, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		}))
	for _, path := range []string{"/panic", "/short"} {
		if _, body := do(t, "GET", s.URL+path, nil); body != "half (cut)" {
			t.Errorf("%s: got %q", path, body)
		}
	}
	r, _ := http.NewRequest("GET", s.URL+"/abort", nil)
	if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
		t.Errorf("an aborted answer: got %d", resp.StatusCode)
	}
}

func TestServeBodies(t *testing.T) {
	s := serve(t, Options{MaxBody: 100},
		on("POST /limit", func(c *framework.Context) error {
			return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var tooLarge *http.MaxBytesError
				if _, err := io.ReadAll(r.Body); errors.As(err, &tooLarge) {
					http.Error(w, fmt.Sprint(tooLarge.Limit), http.StatusRequestEntityTooLarge)
				}
			}))
		}),
		on("POST /read", func(c *framework.Context) error {
			if _, err := web.From(c).Request.ReadBody(0); err != nil { // middleware has read it
				return err
			}
			return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				fmt.Fprint(w, string(body), err, r.ContentLength)
			}))
		}),
		on("POST /replaced", func(c *framework.Context) error {
			web.From(c).Request.Reader = strings.NewReader("unpacked")
			return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				fmt.Fprint(w, string(body), err, r.ContentLength)
			}))
		}))
	tests := []struct{ path, want string }{{"/limit", "100\n"}, {"/read", "body<nil> 4"}, {"/replaced", "unpacked<nil> -1"}}
	for _, tt := range tests {
		body := io.Reader(strings.NewReader("body"))
		if tt.path == "/limit" {
			body = io.MultiReader(strings.NewReader(strings.Repeat("x", 200)))
		}
		if _, got := do(t, "POST", s.URL+tt.path, body); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.path, got, tt.want)
		}
	}
}

// TestServeRemovesUploads: net/http's server would remove them, but knows only its own request.
func TestServeRemovesUploads(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile("file", "a.bin")
	_, _ = part.Write(make([]byte, 1<<20))
	_ = form.Close()
	resp := invoke(t, mounted(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1); err != nil {
			t.Error(err)
		}
		files, err := os.ReadDir(os.TempDir())
		if err != nil || len(files) == 0 {
			t.Errorf("found %d files, %v: the test tests nothing", len(files), err)
		}
	}), web.Request{Method: "POST", Path: "/", Body: body.Bytes(), Header: web.Header{"Content-Type": {form.FormDataContentType()}}})
	if files, err := os.ReadDir(os.TempDir()); err != nil || len(files) > 0 || resp.Status != 200 {
		t.Errorf("found %d files, %v, status %d", len(files), err, resp.Status)
	}
}

func TestCloseNotify(t *testing.T) {
	f := mounted(func(w http.ResponseWriter, _ *http.Request) {
		<-w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
	})
	f.Timeout = time.Millisecond
	if resp := invoke(t, f, web.Request{Method: "GET", Path: "/"}); resp.Status != 504 {
		t.Errorf("got %d", resp.Status)
	}
}
