package legacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// start starts the application alone, and returns what its start says. It is cut short when the log has had the text three times,
// or once where it is the last line.
func start(t *testing.T, c Command, until string) error {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	log := &watched{until: until, times: 1, then: func() { cancel(errors.New("it was cut short")) }}
	if c.Ready != "" {
		log.times = 3
	}
	s := New(&framework.Runtime{Logger: slog.New(slog.NewJSONHandler(log, nil))}, c)
	err := s.Init(ctx)
	if err := s.Destroy(t.Context()); err != nil {
		t.Error(err)
	}
	return err
}

// watched is a log that calls then.
type watched struct {
	until string
	times int
	then  func()
}

func (w *watched) Write(p []byte) (int, error) { // slog's handlers write one line at a time
	if w.until != "" && strings.Contains(string(p), w.until) {
		if w.times--; w.times == 0 {
			w.then()
		}
	}
	return len(p), nil
}

func TestStartThatFails(t *testing.T) {
	used, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { used.Close() })
	port := used.Addr().(*net.TCPAddr).Port
	brief := commandOf("silent", "PORT")
	brief.StartTimeout = time.Millisecond
	taken := commandOf("app", "PORT")
	taken.PortVariable, taken.Port = "", port
	unready := commandOf("app", "SOCKET")
	unready.Ready = "/unready"
	garbage := commandOf("garbage", "SOCKET")
	garbage.Ready = "/"
	missing := commandOf("app", "SOCKET")
	missing.Path = "faas-no-such-program"
	folder := commandOf("app", "SOCKET")
	folder.Dir = "no/such/folder"
	for name, tt := range map[string]struct {
		command Command
		until   string
		want    []string
	}{
		"ends at once":            {commandOf("exit", "SOCKET"), "", []string{"it ended before it listened on socket ", "exit status 3", `its last lines: "no such table: users"`}},
		"never listens":           {commandOf("silent", "PORT"), "waiting for nothing", []string{"it did not listen on port ", "it was cut short", `"waiting for nothing"`}},
		"takes too long":          {brief, "", []string{"it did not listen on port ", "StartTimeout of 1ms has passed"}},
		"listens on another port": {commandOf("elsewhere", "PORT"), "listens at last", []string{"it did not listen on port "}},
		"port in use":             {taken, "", []string{fmt.Sprintf("port %d is in use", port)}},
		"never ready":             {unready, "not ready", []string{"it listens on socket ", "and is not ready: GET /unready is answered with 503"}},
		"sends no HTTP":           {garbage, "garbage for a client", []string{"did not listen on socket"}},
		"no program":              {missing, "", []string{`"faas-no-such-program": executable file not found`}},
		"no folder":               {folder, "", []string{"no/such/folder"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := start(t, tt.command, tt.until)
			if err == nil {
				t.Fatal("it started")
			}
			for _, want := range append(tt.want, "run "+strconv.Quote(tt.command.Path)) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestCommandThatCannotBe(t *testing.T) {
	for want, c := range map[string]Command{
		"found no Path": {Port: 1},
		"nothing says where the application listens": {Path: "a"},
		"found both a port and a socket":             {Path: "a", Args: []string{"{port}"}, Env: map[string]string{"A": "unix:{socket}"}},
		"found port 70000":                           {Path: "a", Port: 70000},
		`found "health" as Ready`:                    {Path: "a", Port: 1, Ready: "health"},
		"found a negative StartTimeout":              {Path: "a", Port: 1, StopTimeout: -1},
		`found the variable "A=B"`:                   {Path: "a", PortVariable: "A=B"},
		`found the variable "N"`:                     {Path: "a", Port: 1, Env: map[string]string{"N": "\x00"}},
	} {
		if err := start(t, c, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

func TestApplicationThatEndsIsStartedAgain(t *testing.T) {
	url, _, log := serve(t, commandOf("app", "SOCKET"), func(s *Server) { s.backOff = func(int) time.Duration { return 0 } })
	_, first := do(t, "GET", url+"/pid", nil)
	response, body := do(t, "GET", url+"/die", nil)
	if response.StatusCode != 502 || response.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"code":"application_failed"`) || strings.Contains(body, "EOF") {
		t.Errorf("in a request: %d %s", response.StatusCode, body)
	}
	log.wait(t, "the application ended; it is started again")
	response, second := do(t, "GET", url+"/pid", nil)
	if response.StatusCode != 200 || second == first {
		t.Errorf("after it: %d %s, want another process than %s", response.StatusCode, second, first)
	}
	if _, body := do(t, "GET", url+"/half", nil); body != "half unexpected EOF" {
		t.Errorf("in a response: %q, want one that is cut", body)
	}
	if _, body := do(t, "GET", url+"/own", nil); body != "own" {
		t.Errorf("another function: %s", body)
	}
	if got := log.String(); !strings.Contains(got, `"exit":"exit status 4"`) {
		t.Errorf("the log does not say how it ended:\n%s", got)
	}
}

func TestRequestsUntilItIsStartedAgain(t *testing.T) {
	url, s, log := serve(t, commandOf("app", "PORT"), func(s *Server) { s.backOff = func(int) time.Duration { return time.Hour } })
	do(t, "GET", url+"/die", nil)
	log.wait(t, "the application ended; it is started again")
	for limit := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) { // until the pause has begun
		if _, err := s.acquire(t.Context()); err != nil || time.Now().After(limit) {
			break
		}
	}
	response, body := do(t, "GET", url+"/pid", nil)
	var p problem
	if err := json.Unmarshal([]byte(body), &p); err != nil || response.StatusCode != 503 || p.Code != "application_unavailable" || p.Cause != "" || p.RequestID == "" || response.Header.Get("Retry-After") != "3600" {
		t.Errorf("%d %s %v", response.StatusCode, body, response.Header)
	}
}

func TestBackOff(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 0, 1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 5: 1600 * time.Millisecond, 9: longestBackOff, 1 << 40: longestBackOff} {
		if got := backOff(failures); got != want {
			t.Errorf("after %d: %s, want %s", failures, got, want)
		}
	}
}

func TestGarbage(t *testing.T) {
	url, _, log := serve(t, commandOf("garbage", "SOCKET"), nil)
	response, body := do(t, "GET", url+"/", nil)
	if response.StatusCode != 502 || strings.Contains(body, "secret") {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	log.wait(t, "malformed HTTP")
	for line := range strings.Lines(log.String()) {
		if len(line) > 2*maxLogged {
			t.Errorf("a line of %d bytes: %.100s", len(line), line)
		}
	}
}

func TestStopThatIsIgnored(t *testing.T) {
	log := new(logged)
	c := commandOf("stubborn", "SOCKET")
	c.StopTimeout = 10 * time.Millisecond
	s := New(&framework.Runtime{Logger: slog.New(slog.NewJSONHandler(log, nil))}, c)
	if err := s.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	process := s.current
	if err := s.Destroy(t.Context()); err != nil {
		t.Error(err)
	}
	if got := process.exit(); got != "signal: killed" || !strings.Contains(log.String(), "did not end by SIGTERM and was killed") {
		t.Errorf("%s; the log: %s", got, log)
	}
	if _, err := os.Stat(process.folder); !os.IsNotExist(err) {
		t.Errorf("the folder of the socket is still there: %v", err)
	}
	// With little time left it is killed before that is over.
	c.StopTimeout = time.Hour
	s = New(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, c)
	if err := s.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if err := s.Destroy(ctx); err != nil || s.Destroy(ctx) != nil {
		t.Error(err)
	}
}

// What an application has started itself ends with it, whether it ends by itself or is stopped.
func TestGrandchildren(t *testing.T) {
	for _, end := range []string{"die", "stop"} {
		t.Run(end, func(t *testing.T) {
			url, s, _ := serve(t, commandOf("app", "SOCKET"), nil)
			_, address := do(t, "GET", url+"/fork", nil)
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if end == "die" {
				do(t, "GET", url+"/die", nil)
			} else if err := s.Destroy(t.Context()); err != nil {
				t.Error(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Read(make([]byte, 1)); err == nil || isTimeout(err) {
				t.Errorf("%v: it still runs", err)
			}
		})
	}
}

func isTimeout(err error) bool { e, ok := err.(net.Error); return ok && e.Timeout() }

func TestOutput(t *testing.T) {
	out := new(logged)
	c := commandOf("app", "SOCKET")
	c.Output = out
	url, _, log := serve(t, c, nil)
	do(t, "GET", url+"/log", nil)
	out.wait(t, "{\"level\":\"warn\", \"msg\":\"as it is\"}\n")
	log.wait(t, `"msg":"{no json","application":"legacy.test","stream":"stdout"`)
	if got := log.String(); !strings.Contains(got, `"msg":"plain"`) || strings.Contains(got, "as it is") {
		t.Errorf("the log: %s", got)
	}
}

func TestFlood(t *testing.T) {
	url, _, log := serve(t, commandOf("flood", "SOCKET"), nil)
	if response, _ := do(t, "GET", url+"/pid", nil); response.StatusCode != 200 {
		t.Errorf("status %d", response.StatusCode)
	}
	log.wait(t, `"cut":true`)
	log.wait(t, `"msg":"line 9999"`)
	if n := len(log.String()); n > 2<<20 {
		t.Errorf("%d bytes were logged of 20 MB without a line break", n)
	}
}

// Lines without end take no memory but the buffer.
func TestLinesAreBounded(t *testing.T) {
	lines := 0
	if n := testing.AllocsPerRun(5, func() {
		copyLines(io.LimitReader(endless{}, 8<<20), func(line []byte, cut bool) {
			if lines++; len(line) > maxLine || !cut {
				t.Errorf("a line of %d bytes, cut %t", len(line), cut)
			}
		})
	}); n > 5 || lines != 6 {
		t.Errorf("%v allocations, %d lines", n, lines)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestEnvironment(t *testing.T) {
	own := []string{"PATH=/bin", "FAAS_CONTROL=token", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001", "DATABASE_PASSWORD_FROM=ssm:shop/db", "MAIL_FROM=shop@example.com", "AWS_SESSION_TOKEN=t", "PORT=9000", "broken"}
	c := Command{Env: map[string]string{"URL": "http://localhost:{port}", "PATH": "/usr/bin"}, PortVariable: "PORT"}
	if got, want := strings.Join(c.environment(own, place{port: 8123}), " "), "AWS_SESSION_TOKEN=t MAIL_FROM=shop@example.com PATH=/usr/bin PORT=8123 URL=http://localhost:8123"; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	c.Inherit = func(name string) bool { return name == "FAAS_CONTROL" || name == "MAIL_FROM" }
	if got, want := strings.Join(c.environment(own, place{port: 8123}), " "), "MAIL_FROM=shop@example.com PATH=/usr/bin PORT=8123 URL=http://localhost:8123"; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	if env := (Command{Port: 1, Inherit: func(string) bool { return false }}).environment(own, place{}); env == nil || len(env) > 0 {
		t.Errorf("found %#v, want an empty list", env)
	}
}

func TestHandlerThatWasNotStarted(t *testing.T) {
	s := New(&framework.Runtime{}, Command{Path: "a", Port: 1})
	if _, err := s.acquire(t.Context()); err == nil || !strings.Contains(err.Error(), "Init was not called") {
		t.Errorf("%v", err)
	}
	if err := s.Destroy(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Init(t.Context()); err == nil {
		t.Error("a server that was closed started")
	}
}

// Starts and ends leave neither goroutines nor processes.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	var pids []int
	for range 5 {
		s := New(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, commandOf("app", "PORT"))
		if err := s.Init(t.Context()); err != nil {
			t.Fatal(err)
		}
		pids = append(pids, s.current.cmd.Process.Pid)
		if err := s.Destroy(t.Context()); err != nil {
			t.Error(err)
		}
		if err := start(t, commandOf("exit", "SOCKET"), ""); err == nil {
			t.Error("it started")
		}
	}
	for limit := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			t.Errorf("process %d is still there: %v", pid, err)
		}
	}
}

// inUse is what the process has in use when what runs has ended.
func inUse(t *testing.T) (goroutines, files int, heap uint64) {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Skip(err)
	}
	return runtime.NumGoroutine(), len(open), m.HeapAlloc
}

// An application that dies, answers with garbage or does not listen costs nothing that stays, one line of the log each time, and no
// answer of another function.
func TestWhatGoesWrongLeavesNothing(t *testing.T) {
	const times = 40
	at := func(act string) (string, *logged) {
		url, _, log := serve(t, commandOf(act, "SOCKET"), func(s *Server) { s.backOff = func(int) time.Duration { return 0 } })
		return url, log
	}
	dies, diesLog := at("app")
	garbage, garbageLog := at("garbage")
	unlistened := func() {
		c := commandOf("silent", "PORT")
		c.StartTimeout = time.Millisecond
		if err := start(t, c, ""); err == nil || !strings.Contains(err.Error(), "it did not listen on port") || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error is %q, want one line that says it", err)
		}
	}
	own := func(url string) {
		if response, body := do(t, "GET", url+"/own", nil); response.StatusCode != 200 || body != "own" {
			t.Fatalf("another function: %d %s", response.StatusCode, body)
		}
	}
	died := 0
	once := func() {
		do(t, "GET", dies+"/die", nil)
		own(dies)
		died++
		for limit := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) { // until the next one is there
			if response, _ := do(t, "GET", dies+"/pid", nil); response.StatusCode == 200 {
				break
			} else if time.Now().After(limit) {
				t.Fatalf("status %d, 20 s after it died", response.StatusCode)
			}
		}
		if response, body := do(t, "GET", garbage+"/", nil); response.StatusCode != 502 || strings.Contains(body, "secret") {
			t.Errorf("garbage: %d %s", response.StatusCode, body)
		}
		own(garbage)
	}
	for range 3 { // all that is made once is there now
		once()
		unlistened()
	}
	goroutines, files, heap := inUse(t)
	for i := range times {
		once()
		if i%8 == 0 {
			unlistened()
		}
	}
	for limit := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		g, f, h := inUse(t)
		if g <= goroutines+2 && f <= files+2 && h <= heap+1<<20 {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("%d goroutines, %d files, %d bytes; before %d, %d, %d", g, f, h, goroutines, files, heap)
		}
	}
	if n := strings.Count(diesLog.String(), "the application ended; it is started again"); n != died {
		t.Errorf("the log says %d times that the application ended, want %d", n, died)
	}
	if n := strings.Count(garbageLog.String(), "malformed HTTP"); n != died {
		t.Errorf("the log says %d times that the answer was no HTTP, want %d", n, died)
	}
}

var _ http.Handler = (*Server)(nil)
