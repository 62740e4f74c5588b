package aliyun

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// The test binary plays the artefact, badly: ACT says what it does.
func TestMain(m *testing.M) {
	if act := os.Getenv("ACT"); act != "" {
		play(act)
	}
	os.Exit(m.Run())
}

// artifact is the test binary as a package that does act.
func artifact(t *testing.T, act string) sim.Artifact {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(exe, filepath.Join(dir, "main")); err != nil {
		t.Fatal(err)
	}
	return sim.Artifact{Dir: dir, Command: "main", Unit: "u", Environment: map[string]string{"ACT": act}, InitTimeout: 10 * time.Second, Timeout: 10 * time.Second}
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, r sim.Runtime, a sim.Artifact) sim.Process {
	t.Helper()
	p, err := r.Start(within(t, 20*time.Second), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(within(t, 0)) })
	return p
}

func play(act string) {
	port := os.Getenv("FC_SERVER_PORT")
	addr := "0.0.0.0:" + port
	switch act {
	case "exits at start":
		os.Exit(3)
	case "never listens":
		select {}
	case "on loopback":
		addr = "127.0.0.1:" + port
	case "ignores SIGTERM":
		signal.Ignore(syscall.SIGTERM)
	}
	ln, err := net.Listen("tcp4", addr)
	if err != nil {
		panic(err)
	}
	both := make(chan struct{})
	http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.Header.Get("X-Fc-Control-Path")
		body, _ := io.ReadAll(r.Body)
		switch path {
		case "/initialize":
			switch act {
			case "initializer fails":
				w.WriteHeader(500)
				io.WriteString(w, `{"errorMessage":"the database is not there","errorType":"no_database"}`)
				return
			case "initializer fails and the process exits":
				w.WriteHeader(404)
				time.AfterFunc(10*time.Millisecond, func() { os.Exit(5) })
				return
			case "initializer exits":
				os.Exit(6)
			case "initializer hangs":
				select {}
			case "initializer breaks off":
				panic(http.ErrAbortHandler)
			}
			return
		case "/pre-stop":
			switch act {
			case "pre-stop fails":
				w.WriteHeader(404)
			case "pre-stop breaks off":
				panic(http.ErrAbortHandler)
			}
			return
		}
		switch act {
		case "exits":
			os.Exit(4)
		case "hangs":
			select {}
		case "breaks off":
			panic(http.ErrAbortHandler)
		case "fails":
			w.Header().Set("X-Fc-Status", "404")
			w.WriteHeader(404)
			io.WriteString(w, `{"errorMessage":"nothing is left","errorType":"out_of_stock"}`)
		case "fails in words":
			w.Header().Set("X-Fc-Status", "404")
			w.WriteHeader(404)
			io.WriteString(w, " no JSON\n")
		case "fails unmarked":
			w.WriteHeader(404)
			io.WriteString(w, "unmarked")
		case "answers 500":
			w.WriteHeader(500)
		case "marks a success as failed":
			w.Header().Set("X-Fc-Status", "404")
		case "marks 500":
			w.Header().Set("X-Fc-Status", "500")
		case "marks an http failure":
			w.Header().Set("X-Fc-Status", "404")
			w.WriteHeader(503)
		case "sets the vendor's header":
			w.Header().Set("X-Fc-Request-Id", "mine")
		case "sets server":
			w.Header().Set("Server", "mine")
		case "sets connection":
			w.Header().Set("Connection", "X-Own")
		case "waits for another": // two requests answer each other
			select {
			case both <- struct{}{}:
			case <-both:
			}
		case "shows headers":
			for _, name := range []string{"X-Fc-Request-Id", "X-Fc-Account-Id", "X-Fc-Region", "X-Fc-Function-Name", "X-Fc-Function-Handler", "X-Fc-Function-Memory", "X-Fc-Function-Timeout", "X-Fc-Qualifier", "X-Fc-Version-Id", "X-Fc-Retry-Count"} {
				if len(r.Header[name]) != 1 {
					fmt.Fprintf(w, "%s: %q\n", name, r.Header[name])
				}
			}
			fmt.Fprintf(w, "%s %s %s %s %q %s %s %q", r.Method, r.URL.RequestURI(), r.Host, r.Header.Get("Content-Type"), body, r.Header.Get("X-Fc-Function-Timeout"), r.Header.Get("X-Fc-Client-Ip"), r.Header["X-Own"])
		default:
			if !strings.HasPrefix(r.Header.Get("X-Fc-Request-Id"), "1-") {
				io.WriteString(w, "no request id ")
			}
			w.Write(body)
		}
	}))
}
