package custom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
)

// freePort sets the variable to a port that was free a moment ago, and returns the address.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	t.Setenv("FC_SERVER_PORT", port)
	return ln.Addr().String()
}

// send sends a request as soon as the port is open.
func send(addr, method, controlPath string) (int, string) {
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); {
		req, _ := http.NewRequest(method, "http://"+addr+"/invoke", strings.NewReader("{}"))
		req.Header.Set("X-Fc-Control-Path", controlPath)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	return 0, "the port was never open"
}

func failing(*framework.Runtime) *framework.App {
	return &framework.App{Unit: "u", Functions: []*framework.Function{handler("", func(*framework.Context) error { return nil })},
		Start: func(context.Context) error {
			return &framework.Error{Code: "no_database", Message: "the database is not there", Err: errors.New("secret")}
		}}
}

// The first request is answered with the reason why the unit did not start; then the process exits.
func TestFailedStartIsTold(t *testing.T) {
	tests := []struct {
		control string
		status  int
		body    string
	}{
		{"/initialize", 500, `{"errorMessage":"the database is not there","errorType":"no_database"}`},
		{"/invoke", 404, `{"errorMessage":"the database is not there","errorType":"no_database"}`},
		{"/http-invoke", 500, `"detail":"the database is not there"`},
		{"", 500, `"detail":"the database is not there"`},
	}
	for _, tt := range tests {
		addr := freePort(t)
		ended := make(chan error, 1)
		go func() { ended <- run(context.Background(), failing, []platform.Codec{aliyun.Raw()}, io.Discard) }()
		status, body := send(addr, "POST", tt.control)
		if status != tt.status || !strings.Contains(body, tt.body) || strings.Contains(body, "secret") {
			t.Errorf("%s: status %d, %s; want %d, %s", tt.control, status, body, tt.status, tt.body)
		}
		if err := <-ended; fmt.Sprint(err) != "init of unit u: no_database: the database is not there: secret" {
			t.Errorf("%s: run ended with %v", tt.control, err)
		}
	}
}

func TestFailedStartEndsUnasked(t *testing.T) {
	freePort(t)
	if err := run(context.Background(), failing, []platform.Codec{aliyun.Raw()}, io.Discard); err == nil || !strings.HasPrefix(err.Error(), "init of unit u: ") {
		t.Errorf("run ended with %v", err)
	}
}

func TestStartThatHangs(t *testing.T) {
	addr := freePort(t)
	hangs := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", InitTimeout: 20 * time.Millisecond, Start: func(context.Context) error { select {} }}
	}
	ended := make(chan error, 1)
	go func() { ended <- run(context.Background(), hangs, nil, io.Discard) }()
	if status, body := send(addr, "POST", "/initialize"); status != 500 {
		t.Errorf("status %d, %s", status, body)
	}
	if err := <-ended; fmt.Sprint(err) != "init of unit u: init did not finish within 20ms" {
		t.Errorf("run ended with %v", err)
	}
}

// A port that is open before the unit has started would let requests use up their time limits.
func TestPortOpensAfterTheStart(t *testing.T) {
	addr := freePort(t)
	ctx, cancel := context.WithCancel(context.Background())
	open := false
	n := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", Start: func(context.Context) error {
			conn, err := net.Dial("tcp", addr)
			if open = err == nil; open {
				conn.Close()
			}
			return nil
		}}
	}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, n, nil, io.Discard) }()
	if status, body := send(addr, "POST", "/initialize"); status != 200 || body != "" {
		t.Errorf("status %d, %s", status, body)
	}
	cancel()
	if err := <-ended; err != nil || open {
		t.Errorf("run ended with %v; the port was open during the start: %t", err, open)
	}
}

func TestStop(t *testing.T) {
	addr := freePort(t)
	closed, started := false, make(chan struct{})
	n := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", Functions: []*framework.Function{handler("", func(*framework.Context) error { close(started); <-time.After(20 * time.Millisecond); return nil })},
			Stop: func(context.Context) error { closed = true; return nil }}
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-started; cancel() }()
	answered := make(chan int, 1)
	go func() { status, _ := send(addr, "POST", "/invoke"); answered <- status }()
	if err := run(ctx, n, []platform.Codec{aliyun.Raw()}, io.Discard); err != nil || !closed {
		t.Errorf("run ended with %v, closed %t; want a clean end", err, closed)
	}
	if status := <-answered; status != 200 {
		t.Errorf("the running event: status %d, want 200", status)
	}
}

func TestStopWhileItStarts(t *testing.T) {
	freePort(t)
	ctx, cancel := context.WithCancel(context.Background())
	n := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", Start: func(ctx context.Context) error { cancel(); <-ctx.Done(); return ctx.Err() }}
	}
	if err := run(ctx, n, nil, io.Discard); err != nil {
		t.Errorf("run ended with %v, want a clean end", err)
	}
}

func TestPort(t *testing.T) {
	ln, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, used, _ := net.SplitHostPort(ln.Addr().String())
	tests := []struct{ server, custom, want string }{
		{server: "http", want: `FC_SERVER_PORT or FC_CUSTOM_LISTEN_PORT: found "http", expected a port`},
		{server: "70000", want: `FC_SERVER_PORT or FC_CUSTOM_LISTEN_PORT: found "70000", expected a port`},
		{server: used, custom: "1", want: "FC connects to this port; customRuntimeConfig.port in s.yaml names another: listen tcp 0.0.0.0:" + used + ": bind: address already in use"},
		{custom: used, want: "FC connects to this port; customRuntimeConfig.port in s.yaml names another: listen tcp 0.0.0.0:" + used + ": bind: address already in use"},
	}
	for _, tt := range tests {
		t.Setenv("FC_SERVER_PORT", tt.server)
		t.Setenv("FC_CUSTOM_LISTEN_PORT", tt.custom)
		open := 0
		n := func(*framework.Runtime) *framework.App {
			return &framework.App{Unit: "u", Start: func(context.Context) error { open++; return nil }, Stop: func(context.Context) error { open--; return nil }}
		}
		if err := run(context.Background(), n, nil, io.Discard); fmt.Sprint(err) != tt.want || open != 0 {
			t.Errorf("%v: error %v, want %s; started but not closed %d times", tt, err, tt.want, open)
		}
	}
}

func TestCodecsAreBoundBeforeTheStart(t *testing.T) {
	freePort(t)
	started := false
	n := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", Start: func(context.Context) error { started = true; return nil }}
	}
	if err := run(context.Background(), n, []platform.Codec{aliyun.Timer()}, io.Discard); fmt.Sprint(err) != "timer payloads: no function of unit u has a timer" || started {
		t.Errorf("error %v, started %t", err, started)
	}
}
