//go:build unix

package dev

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	patience = 20 * time.Second
	version  = "DEV_TEST_VERSION"
)

// TestMain makes the test binary its own application, whose version is an environment variable.
func TestMain(m *testing.M) {
	if os.Getenv(version) != "" {
		local.Run(application)
	}
	os.Exit(m.Run())
}

func application(*framework.Runtime) *framework.App {
	v := os.Getenv(version)
	route := func(name, pattern string, h framework.Handler) *framework.Function {
		return &framework.Function{Name: name, Handler: h, Triggers: []framework.Trigger{web.Route{Pattern: pattern}}}
	}
	app := &framework.App{Unit: "app", Functions: []*framework.Function{
		route("version", "/version", func(ctx *framework.Context) error { ctx.SetResult(v); return nil }),
		route("exit", "/exit", func(*framework.Context) error { os.Exit(7); return nil }),
		route("see", "/see", func(ctx *framework.Context) error {
			r := web.From(ctx).Request
			ctx.SetResult(fmt.Sprintf("%s|%s|%s|%s|%s", r.Host, r.RawQuery, r.RemoteAddr, r.Header["X-Forwarded-For"], r.Header["Faas-Control"]))
			return nil
		}),
		// slow says on standard output that it began, and answers when the client has sent all of its body.
		route("slow", "/slow", func(ctx *framework.Context) error {
			os.Stdout.WriteString("slow began\n")
			body, err := io.ReadAll(web.From(ctx).Request.Reader)
			ctx.SetResult(v + " got " + string(body))
			return err
		}),
		{Name: "tick", Handler: func(*framework.Context) error { return nil }, Triggers: []framework.Trigger{timer.Schedule{Name: "tock", Every: time.Hour}}},
		{Name: "raw", Handler: func(*framework.Context) error { return nil }},
	}}
	switch v {
	case "fails":
		app.Start = func(context.Context) error { return errors.New("no database") }
	case "more":
		app.Functions = append(app.Functions, route("extra", "/extra", app.Functions[0].Handler))
	}
	app.Stop = func(context.Context) error { os.Stdout.WriteString("closed " + v + "\n"); return nil }
	return app
}

// output keeps what is written and lets a test wait for it.
type output struct {
	mu     sync.Mutex
	text   bytes.Buffer
	change chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.change)
	o.change = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) wait(t *testing.T, text string, times int) {
	t.Helper()
	limit := time.After(patience)
	for {
		o.mu.Lock()
		all, change := o.text.String(), o.change
		o.mu.Unlock()
		if strings.Count(all, text) >= times {
			return
		}
		select {
		case <-change:
		case <-limit:
			t.Fatalf("%q was not written %d times, but:\n%s", text, times, all)
		}
	}
}

// server is a loop over versions of the application: each change of a file makes the next one.
type server struct {
	*Loop
	dir     string
	out     *output
	url     string
	next    chan string // versions, or errors that begin with a bang
	stopped chan error
	cancel  context.CancelFunc
	changes int
}

func serve(t *testing.T) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := &output{change: make(chan struct{})}
	s := &server{dir: dir, out: out, url: "http://" + l.Addr().String(), next: make(chan string, 10), stopped: make(chan error, 1)}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.Loop = &Loop{Listener: l, Roots: []string{dir}, Dir: dir, Out: out, Err: out, Interval: 5 * time.Millisecond,
		Make: func(ctx context.Context) (*Version, error) {
			select {
			case v := <-s.next:
				if text, bad := strings.CutPrefix(v, "!"); bad {
					return nil, errors.New(text)
				}
				return &Version{Binary: exe, Dir: dir, Env: append(os.Environ(), version+"="+v, "FAAS_ADDR=ignored")}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() { s.stopped <- s.Run(ctx) }()
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (s *server) stop(t *testing.T) {
	t.Helper()
	s.cancel()
	select {
	case err := <-s.stopped:
		if err != nil {
			t.Error(err)
		}
		s.stopped <- nil
	case <-time.After(patience):
		t.Fatal("the loop did not stop")
	}
}

// change makes the next version.
func (s *server) change(t *testing.T, to string) {
	t.Helper()
	s.next <- to
	s.changes++
	write(t, filepath.Join(s.dir, "a", "a.go"), strings.Repeat("x", s.changes))
}

func (s *server) get(t *testing.T, path string, header ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(b))
}

func (s *server) want(t *testing.T, path string, status int, body string) {
	t.Helper()
	if gotStatus, got := s.get(t, path); gotStatus != status || got != body {
		t.Errorf("GET %s: %d %q, want %d %q", path, gotStatus, got, status, body)
	}
}

func TestLoopReplacesAndKeepsServing(t *testing.T) {
	s := serve(t)
	s.next <- "v1" // the first request waits until it is up
	s.want(t, "/version", 200, "v1")
	s.out.wait(t, "serving on "+s.url+"\n", 1)
	s.out.wait(t, "  ANY     /version      version\n", 1)
	s.out.wait(t, "  timer   every 1h0m0s  tick (tock)\n  invoke                raw\n", 1)

	s.change(t, "v2")
	s.out.wait(t, "a/a.go changed\n", 1)
	s.want(t, "/version", 200, "v2")
	s.out.wait(t, "closed v1\n", 1)

	s.change(t, "!a.go:1:2: expected a statement")
	s.out.wait(t, "a.go:1:2: expected a statement\nthe last version keeps serving; waiting for a change\n", 1)
	s.want(t, "/version", 200, "v2")

	s.change(t, "fails")
	s.out.wait(t, "init of unit app: no database", 1)
	s.out.wait(t, "the application exited with code 1 before it was up\nthe last version keeps serving; waiting for a change\n", 1)
	s.want(t, "/version", 200, "v2")

	s.change(t, "more")
	s.out.wait(t, "extra\n", 1) // the table changed and is shown again
	s.out.wait(t, "serving on ", 2)
	s.want(t, "/extra", 200, "more")
	s.out.wait(t, "GET /extra 200 ", 1)

	s.stop(t)
	s.out.wait(t, "closed more\n", 1)
	if _, err := http.Get(s.url); err == nil {
		t.Error("the gateway still answers")
	}
}

func TestLoopBeginsWithAFailure(t *testing.T) {
	s := serve(t)
	s.next <- "!f.yml:1:1: unknown key"
	s.want(t, "/version", 503, "f.yml:1:1: unknown key")
	s.out.wait(t, "nothing is served until this is fixed; waiting for a change\n", 1)
	s.change(t, "v1")
	s.out.wait(t, "reloaded in ", 1)
	s.want(t, "/version", 200, "v1")
}

func TestLoopTellsWhenTheApplicationExits(t *testing.T) {
	s := serve(t)
	s.next <- "v1"
	status, body := s.get(t, "/exit")
	if status != 502 || !strings.HasPrefix(body, "the application ended while it had this request") {
		t.Errorf("got %d %q", status, body)
	}
	text := "the application exited with code 7; it starts again when a file changes"
	s.out.wait(t, text, 1)
	s.want(t, "/version", 503, text)
	s.change(t, "v2")
	s.out.wait(t, "reloaded in ", 1)
	s.want(t, "/version", 200, "v2")
}

func TestRunningRequestsAreAnsweredByTheVersionThatHasThem(t *testing.T) {
	s := serve(t)
	s.next <- "v1"
	body, send := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		res, err := http.Post(s.url+"/slow", "text/plain", body)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		answered <- fmt.Sprint(res.StatusCode, " ", string(b))
	}()
	if _, err := send.Write([]byte("half, ")); err != nil {
		t.Fatal(err)
	}
	s.out.wait(t, "slow began\n", 1)
	s.change(t, "v2")
	s.out.wait(t, "reloaded in ", 1)
	s.want(t, "/version", 200, "v2")
	if _, err := send.Write([]byte("rest")); err != nil {
		t.Fatal(err)
	}
	send.Close()
	select {
	case got := <-answered:
		if got != "200 v1 got half, rest" {
			t.Errorf("got %q", got)
		}
	case <-time.After(patience):
		t.Fatal("no answer")
	}
	s.out.wait(t, "closed v1\n", 1)
}

func TestRequestsUnderWayAreAnsweredWhenTheLoopStops(t *testing.T) {
	s := serve(t)
	s.next <- "v1"
	body, send := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		res, err := http.Post(s.url+"/slow", "text/plain", body)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		answered <- string(b)
	}()
	if _, err := send.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	s.out.wait(t, "slow began\n", 1)
	s.cancel()
	send.Close()
	if got := <-answered; got != "v1 got a" {
		t.Errorf("got %q", got)
	}
	s.stop(t)
	s.out.wait(t, "closed v1\n", 1)
}

func TestGateway(t *testing.T) {
	s := serve(t)
	s.next <- "v1"
	host := strings.TrimPrefix(s.url, "http://")
	// Host, query and client arrive as they were sent; what a client says of others or of the control secret does not.
	status, body := s.get(t, "/see?a=%zz;b", "X-Forwarded-For", "6.6.6.6", local.ControlHeader, "x")
	if want := host + "|a=%zz;b|127.0.0.1|[127.0.0.1]|[]"; status != 200 || body != want {
		t.Errorf("got %d %q, want %q", status, body, want)
	}
	if status, body := s.get(t, "/version", "Host", "evil.test"); status != 403 || !strings.Contains(body, `refused: the host "evil.test" is not a loopback name`) {
		t.Errorf("a foreign host: %d %s", status, body)
	}
	if status, body := s.get(t, "/version", "Origin", "https://evil.test"); status != 403 || !strings.Contains(body, `refused: the origin "https://evil.test" is another site`) {
		t.Errorf("a foreign origin: %d %s", status, body)
	}
	if status, body := s.get(t, "/_faas/"); status != 200 || !strings.Contains(body, `{"name":"tick","timers":[{"name":"tock","when":"every 1h0m0s"}]}`) {
		t.Errorf("the list of functions: %d %s", status, body)
	}
	for _, path := range []string{"/_faas/ready", "/_faas/functions", "/_faas/drain"} {
		if status, _ := s.get(t, path); status != 404 {
			t.Errorf("GET %s: %d, want the application's 404", path, status)
		}
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	s := serve(t)
	s.next <- "v1"
	s.want(t, "/version", 200, "v1")
	s.change(t, "v2")
	s.out.wait(t, "closed v1\n", 1)
	s.stop(t)
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		if strings.HasPrefix(e.Name(), "faasgen-dev-") {
			t.Errorf("%s was left in the temporary folder", e.Name())
		}
	}
}

// What the gateway and the application answer without reading the body of the request leaves before the body comes.
func TestUnreadBody(t *testing.T) {
	s := serve(t)
	s.next <- "one"
	s.want(t, "/version", 200, "one")
	for _, tt := range []struct {
		line, rest string
		status     int
		kept       bool // the body comes then
	}{
		{"POST /version", "Content-Length: 10\r\n\r\nhalf", 200, false},
		{"POST /version", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", 200, false},
		{"POST /version", "Content-Length: 10\r\nExpect: 100-continue\r\n\r\n", 200, false},
		{"POST /nowhere", "Content-Length: 10\r\n\r\n", 404, false},
		{"POST /version", "Origin: https://evil.example\r\nContent-Length: 10\r\n\r\n", 403, false}, // the gateway's own
		{"OPTIONS *", "Content-Length: 10\r\n\r\n", 200, false},
		{"POST /version", "Content-Length: 10\r\n\r\nhalf", 200, true},
	} {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		from := bufio.NewReader(c)
		exchange := func(text string, status int) {
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			r, err := http.ReadResponse(from, nil)
			if err == nil && r.StatusCode == http.StatusContinue {
				r, err = http.ReadResponse(from, nil)
			}
			if err != nil {
				t.Fatalf("%s %q: no response: %v", tt.line, tt.rest, err)
			}
			if body, err := io.ReadAll(r.Body); err != nil || r.StatusCode != status {
				t.Errorf("%s %q: status %d with %q, %v; want %d", tt.line, tt.rest, r.StatusCode, body, err, status)
			}
		}
		exchange(tt.line+" HTTP/1.1\r\nHost: localhost\r\n"+tt.rest, tt.status)
		if tt.kept {
			exchange("567890GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n", 200)
		} else if b, err := from.ReadByte(); err != io.EOF {
			t.Errorf("%s %q: found %q and %v after the response, want the end of the connection", tt.line, tt.rest, b, err)
		}
	}
	s.stop(t)
}
