package legacy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/sim"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// The test binary plays the application, by what ACT says, and the artefact on AWS.
func TestMain(m *testing.M) {
	switch act := os.Getenv("ACT"); act {
	case "":
		os.Exit(m.Run())
	case "aws":
		aws.Run(func(rt *framework.Runtime) *framework.App { return app(New(rt, commandOf("app", "SOCKET"))) }, aws.HTTPStream())
	default:
		play(act)
	}
}

func play(act string) {
	switch act {
	case "exit":
		fmt.Println("no such table: users")
		os.Exit(3)
	case "silent":
		fmt.Println("waiting for nothing")
		select {}
	case "grandchild":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println(l.Addr())
		open := map[net.Conn]bool{} // until the process ends
		for {
			if c, err := l.Accept(); err == nil {
				open[c] = true
			}
		}
	}
	if act == "stubborn" {
		signal.Ignore(syscall.SIGTERM)
	}
	network, address := "unix", os.Getenv("SOCKET")
	if address == "" {
		network, address = "tcp", "127.0.0.1:"+os.Getenv("PORT")
	}
	if act == "elsewhere" {
		address = "127.0.0.1:0"
	}
	if act == "flood" {
		line := bytes.Repeat([]byte("x"), 1<<20)
		for range 20 {
			os.Stdout.Write(line)
		}
		for i := range 10_000 {
			fmt.Fprintln(os.Stderr, "line", i)
		}
	}
	l, err := net.Listen(network, address)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("listens at last")
	if act == "garbage" {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Println("garbage for a client")
			c.Read(make([]byte, 1<<10)) // or the request could not be written any more
			io.WriteString(c, "secret-of-the-log "+strings.Repeat("x", 10_000)+"\r\n\r\n")
			c.Close()
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		w.Header().Set("Trailer", "X-End")
		fmt.Fprintf(w, "%s %s host=%s for=%q proto=%s real=%q body=%q %v", r.Method, r.RequestURI, r.Host, r.Header["X-Forwarded-For"], r.Header.Get("X-Forwarded-Proto"), r.Header["X-Real-Ip"], body, err)
		w.Header().Set("X-End", "yes")
	})
	mux.HandleFunc("/pid", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getpid()) })
	mux.HandleFunc("/env", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, strings.Join(os.Environ(), "\n")) })
	mux.HandleFunc("/die", func(w http.ResponseWriter, r *http.Request) { os.Exit(4) })
	mux.HandleFunc("/half", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		os.Exit(4)
	})
	mux.HandleFunc("/log", func(w http.ResponseWriter, r *http.Request) {
		os.Stdout.WriteString("{\"level\":\"warn\", \"msg\":\"as it is\"}\nplain\n{no json\n")
	})
	mux.HandleFunc("/unready", func(w http.ResponseWriter, r *http.Request) { fmt.Println("not ready"); w.WriteHeader(503) })
	mux.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) })
	mux.HandleFunc("/fork", func(w http.ResponseWriter, r *http.Request) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{"ACT=grandchild"}
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		io.WriteString(w, strings.TrimSpace(line))
	})
	gone := make(chan bool, 1)
	mux.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "one\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		gone <- true
	})
	mux.HandleFunc("/gone", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, <-gone) })
	mux.HandleFunc("/trickle", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			if i == 0 {
				for _, err := os.Stat(r.URL.Query().Get("until")); err != nil; _, err = os.Stat(r.URL.Query().Get("until")) {
					time.Sleep(time.Millisecond)
				}
			}
		}
	})
	panic(http.Serve(l, mux))
}

func commandOf(act, variable string) Command {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	c := Command{Path: exe, Env: map[string]string{"ACT": act}, StartTimeout: 20 * time.Second, StopTimeout: 20 * time.Second, Output: io.Discard}
	if variable == "PORT" {
		c.PortVariable = "PORT"
	} else {
		c.SocketVariable = variable
	}
	return c
}

// app is a unit of one function with every path, as generated code makes it.
func app(s *Server) *framework.App {
	return &framework.App{Unit: "u", Start: s.Init, Stop: s.Destroy, Functions: []*framework.Function{{
		Name: "shop", Handler: func(ctx *framework.Context) error { return nethttp.Serve(ctx, s) },
		Triggers: []framework.Trigger{web.Route{Pattern: "/{rest...}"}},
	}, {Name: "own", Handler: func(ctx *framework.Context) error { ctx.SetResult("own"); return nil },
		Triggers: []framework.Trigger{web.Route{Pattern: "/own"}}}}}
}

// logged is what a test's process writes.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logged) wait(t *testing.T, want string) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); !strings.Contains(l.String(), want); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("no %q in the log:\n%s", want, l)
		}
	}
}

// serve starts the unit on a server of net/http.
func serve(t *testing.T, c Command, change func(*Server)) (url string, s *Server, l *logged) {
	t.Helper()
	l = new(logged)
	rt := &framework.Runtime{Logger: slog.New(slog.NewJSONHandler(l, nil))}
	s = New(rt, c)
	if change != nil {
		change(s)
	}
	e := framework.NewEngine(rt, app(s))
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h, err := nethttp.Handler(e, nethttp.Options{MaxBody: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.Close()
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server.URL, s, l
}

func do(t *testing.T, method, url string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.Host = "shop.example.com"
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return response, string(b) + " " + err.Error()
	}
	return response, string(b)
}

func TestServes(t *testing.T) {
	for _, variable := range []string{"SOCKET", "PORT"} {
		t.Run(variable, func(t *testing.T) {
			url, _, log := serve(t, commandOf("app", variable), nil)
			response, body := do(t, "POST", url+"/a%2Fb?x=1;y", strings.NewReader("text"), "X-Forwarded-For", "6.6.6.6", "X-Real-Ip", "6.6.6.6", "Expect", "100-continue")
			if want := `POST /a%2Fb?x=1;y host=shop.example.com for=["127.0.0.1"] proto=http real=[] body="text" <nil>`; response.StatusCode != 200 || body != want {
				t.Errorf("status %d, body\n%s, want\n%s", response.StatusCode, body, want)
			}
			if response.Trailer.Get("X-End") != "yes" {
				t.Errorf("trailers %v", response.Trailer)
			}
			if response, body = do(t, "POST", url+"/early", strings.NewReader(strings.Repeat("x", 1<<19))); response.StatusCode != 401 {
				t.Errorf("an answer before the body was read: %d %s", response.StatusCode, body)
			}
			if response, body = do(t, "POST", url+"/", io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), strings.NewReader("x"))); response.StatusCode != 413 {
				t.Errorf("a body over the limit: %d %s", response.StatusCode, body)
			}
			for range 2 {
				response, body = do(t, "GET", url+"/", nil, "Connection", "Upgrade", "Upgrade", "websocket")
				if response.StatusCode != 501 || !strings.Contains(body, `"detail":"functions carry no WebSockets: poll, or read server-sent events","code":"upgrade_not_supported"`) {
					t.Errorf("a WebSocket: %d %s", response.StatusCode, body)
				}
			}
			if n := strings.Count(log.String(), "a WebSocket is refused with 501"); n != 1 {
				t.Errorf("the log says %d times that WebSockets are refused, want once", n)
			}
		})
	}
}

func TestStreamsAndTellsOfAClientThatIsGone(t *testing.T) {
	url, _, _ := serve(t, commandOf("app", "SOCKET"), nil)
	until := filepath.Join(t.TempDir(), "seen")
	response, err := http.Get(url + "/trickle?until=" + until)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	piece := make([]byte, 9)
	if _, err := io.ReadFull(response.Body, piece); err != nil || string(piece) != "data: 0\n\n" {
		t.Fatalf("%q, %v", piece, err)
	}
	if err := os.WriteFile(until, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != "data: 1\n\ndata: 2\n\n" {
		t.Errorf("%q, %v", rest, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, "GET", url+"/wait", nil)
	if response, err = http.DefaultClient.Do(r); err != nil {
		t.Fatal(err)
	}
	cancel()
	response.Body.Close()
	if _, body := do(t, "GET", url+"/gone", nil); body != "true" {
		t.Errorf("%s", body)
	}
}

func TestOnAWS(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(exe, filepath.Join(dir, "bootstrap")); err != nil {
		t.Fatal(err)
	}
	var out logged
	a := sim.Artifact{Dir: dir, Command: "bootstrap", Unit: "u", Memory: 128, Timeout: time.Minute, Output: &out, Environment: map[string]string{"ACT": "aws"}}
	p, err := awssim.New(awssim.Options{Ingress: "url", Streaming: true, Grace: 20 * time.Second}).Start(t.Context(), a)
	if err != nil {
		t.Fatal(err, &out)
	}
	response, err := p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/a?x=1", Host: "shop.example.com"})
	if err != nil || response.Status != 200 || !strings.HasPrefix(string(response.Body), "GET /a?x=1 host=shop.example.com for=") || !strings.Contains(string(response.Body), "proto=https") {
		t.Errorf("%+v, %v", response, err)
	}
	until := filepath.Join(dir, "seen")
	seen := 0
	response, err = p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/trickle?until=" + until, Host: "x", OnBody: func(piece []byte) {
		if seen++; seen == 1 && string(piece) == "data: 0\n\n" {
			_ = os.WriteFile(until, nil, 0o600)
		}
	}})
	if err != nil || string(response.Body) != "data: 0\n\ndata: 1\n\ndata: 2\n\n" {
		t.Errorf("%+v, %v", response, err)
	}
	if _, err = p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/half", Host: "x"}); !errors.Is(err, sim.ErrBroken) {
		t.Errorf("an application that ends in a response: %v", err)
	}
	if err := p.Stop(context.Background()); err != nil {
		t.Error(err, &out)
	}
}
