package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// diary notes what happens, in order.
type diary struct {
	mu      sync.Mutex
	entries []string
}

func (d *diary) note(entry string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.entries, " ")
}

// server is a Server whose life goes into the diary. start is the unit's; the address of the open port is sent on at.
func server(d *diary, start func(context.Context) error, h http.HandlerFunc) (s Server, at chan string) {
	at = make(chan string, 1)
	app := &framework.App{
		Unit:  "u",
		Start: func(ctx context.Context) error { d.note("start"); return start(ctx) },
		Stop:  func(context.Context) error { d.note("stop"); return nil },
	}
	return Server{
		Engine: framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, app),
		HTTP:   &http.Server{Handler: h},
		Listen: func() (net.Listener, error) {
			d.note("listen")
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err == nil {
				at <- l.Addr().String()
			}
			return l, err
		},
		Serving: func(net.Addr) { d.note("serving") },
	}, at
}

func nothing(context.Context) error { return nil }

func get(addr string) string {
	resp, err := http.Get("http://" + addr)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.Status + " " + string(b)
}

func TestWhatRunsIsFinished(t *testing.T) {
	var d diary
	ctx, cancel := context.WithCancel(context.Background())
	var s Server
	s, at := server(&d, nothing, func(w http.ResponseWriter, r *http.Request) {
		shut := make(chan struct{})
		s.HTTP.RegisterOnShutdown(func() { close(shut) })
		cancel()
		<-shut
		d.note("request")
		fmt.Fprint(w, "done")
	})
	response := make(chan string, 1)
	go func() { response <- get(<-at) }()
	if err := s.Run(ctx); err != nil {
		t.Errorf("error %v, want a clean end", err)
	}
	if got, want := d.String(), "start listen serving request stop"; got != want {
		t.Errorf("it happened: %s; want: %s", got, want)
	}
	if got, want := <-response, "200 OK done"; got != want {
		t.Errorf("answer %q, want %q", got, want)
	}
}

func TestStartThatFailed(t *testing.T) {
	var d diary
	s, _ := server(&d, func(context.Context) error { return errors.New("no database") }, nil)
	if err := s.Run(context.Background()); fmt.Sprint(err) != "init of unit u: no database" || strings.Contains(d.String(), "listen") {
		t.Errorf("error %v; it happened: %s; the port must stay closed", err, &d)
	}
}

func TestStartThatFailedIsTold(t *testing.T) {
	var d diary
	told := make(chan struct{})
	var why error
	s, at := server(&d, func(context.Context) error { return errors.New("no database") }, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, why)
		close(told)
	})
	s.Broken = func(err error) <-chan struct{} { why = err; return told }
	response := make(chan string, 1)
	go func() { response <- get(<-at) }()
	if err := s.Run(context.Background()); fmt.Sprint(err) != "init of unit u: no database" || strings.Contains(d.String(), "serving") {
		t.Errorf("error %v; it happened: %s", err, &d)
	}
	if got, want := <-response, "200 OK init of unit u: no database"; got != want {
		t.Errorf("answer %q, want %q", got, want)
	}
}

func TestToldToStopWhileItStarts(t *testing.T) {
	for _, patient := range []bool{false, true} {
		var d diary
		ctx, cancel := context.WithCancel(context.Background())
		s, _ := server(&d, func(ctx context.Context) error { cancel(); <-ctx.Done(); return ctx.Err() }, nil)
		if patient {
			s.Broken = func(error) <-chan struct{} { t.Error("such a start is not broken"); return nil }
		}
		if err := s.Run(ctx); err != nil || strings.Contains(d.String(), "listen") {
			t.Errorf("error %v, want a clean end; it happened: %s", err, &d)
		}
	}
}

func TestPortThatDoesNotOpen(t *testing.T) {
	var d diary
	s, _ := server(&d, nothing, nil)
	s.Listen = func() (net.Listener, error) { return nil, errors.New("it is in use") }
	if err := s.Run(context.Background()); fmt.Sprint(err) != "it is in use" || d.String() != "start stop" {
		t.Errorf("error %v; it happened: %s", err, &d)
	}
}

func TestListenerThatFails(t *testing.T) {
	var d diary
	s, _ := server(&d, nothing, nil)
	open := s.Listen
	s.Listen = func() (net.Listener, error) {
		l, err := open()
		if err == nil {
			err = l.Close()
		}
		return l, err
	}
	err := s.Run(context.Background())
	if !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "serve: ") || d.String() != "start listen serving stop" {
		t.Errorf("error %v; it happened: %s", err, &d)
	}
}

func TestAddress(t *testing.T) {
	tests := []struct{ port, addr, err string }{
		{"9000", "0.0.0.0:9000", ""},
		{"65535", "0.0.0.0:65535", ""},
		{"0", "", `FAAS_PORT: found "0", expected a port`},
		{"65536", "", `FAAS_PORT: found "65536", expected a port`},
		{"http", "", `FAAS_PORT: found "http", expected a port`},
		{"", "", `FAAS_PORT: found "", expected a port`},
		{strings.Repeat("1", 60), "", `FAAS_PORT: found "` + strings.Repeat("1", 40) + `", expected a port`},
	}
	for _, tt := range tests {
		addr, err := Address(tt.port, "FAAS_PORT")
		if addr != tt.addr || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%q: %q, %v; want %q, %s", tt.port, addr, err, tt.addr, tt.err)
		}
	}
}

func TestDrop(t *testing.T) {
	var log bytes.Buffer
	drop := Drop(slog.New(slog.NewTextHandler(&log, nil)), func(name string) bool { return name != "Own" })
	var all sync.WaitGroup
	for range 4 { // requests that run at once
		all.Go(func() {
			if drop("Own") || !drop("Connection") {
				t.Error("dropped what the vendor allows, or kept what it refuses")
			}
		})
	}
	all.Wait()
	if got := strings.Count(log.String(), "header=Connection"); got != 1 || strings.Contains(log.String(), "Own") {
		t.Errorf("the header was told of %d times, want once: %s", got, &log)
	}
	for i := range 2 * maxLogged {
		if !drop(fmt.Sprint("Made-Up-", i)) {
			t.Errorf("kept header %d", i)
		}
	}
	if got := strings.Count(log.String(), "\n"); got != maxLogged {
		t.Errorf("%d lines for names without end, want %d", got, maxLogged)
	}
}

// A request that does not end is cut off while there is still time to close the unit.
func TestWhatDoesNotEndIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		began := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		s, _ := server(&d, nothing, func(w http.ResponseWriter, r *http.Request) {
			cancel()
			io.Copy(io.Discard, r.Body)
			d.note("cut")
		})
		client, end := net.Pipe()
		s.Listen = func() (net.Listener, error) { return &one{conn: end, closed: make(chan struct{})}, nil }
		s.Engine = framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Unit: "u", Stop: func(ctx context.Context) error {
			d.note(fmt.Sprint("stop after ", time.Since(began).Round(100*time.Millisecond), " ", ctx.Err()))
			return nil
		}})
		go io.WriteString(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
		go io.Copy(io.Discard, client)
		err := s.Run(ctx)
		if err == nil || !strings.HasPrefix(err.Error(), "requests were still running after 9s and were cut off") {
			t.Errorf("error %v", err)
		}
		synctest.Wait()
		if got := d.String(); !strings.Contains(got, "stop after 9s <nil>") || !strings.Contains(got, "cut") {
			t.Errorf("it happened: %s; want the unit stopped a second before the process is killed", got)
		}
	})
}

// one is a listener for one connection.
type one struct {
	conn   net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *one) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *one) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *one) Addr() net.Addr { return &net.TCPAddr{} }
