package tencent

import (
	"bytes"
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
	act := os.Getenv("ACT")
	switch {
	case act == "":
		os.Exit(m.Run())
	case strings.HasPrefix(act, "web"):
		actWeb(act)
	default:
		actCustom(act)
	}
}

// artifact is the test binary as a package that does act.
func artifact(t *testing.T, act string) sim.Artifact {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(exe, filepath.Join(dir, "bootstrap")); err != nil {
		t.Fatal(err)
	}
	return sim.Artifact{Dir: dir, Command: "bootstrap", Unit: "u", Environment: map[string]string{"ACT": act}, InitTimeout: 10 * time.Second, Timeout: 10 * time.Second}
}

// runtimeAPI calls the API that the simulator serves.
func runtimeAPI(method, path, body string) (int, string, http.Header) {
	req, err := http.NewRequest(method, "http://"+os.Getenv("SCF_RUNTIME_API")+":"+os.Getenv("SCF_RUNTIME_API_PORT")+"/runtime/"+path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		os.Exit(9)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), resp.Header
}

func actCustom(act string) {
	ready := " "
	switch act {
	case "exit before ready":
		fmt.Println("no reason")
		os.Exit(3)
	case "never ready":
		select {}
	case "next first":
		runtimeAPI("GET", "invocation/next", "")
	case "wrong body":
		runtimeAPI("POST", "init/ready", "{}")
	case "ignores SIGTERM":
		signal.Ignore(syscall.SIGTERM)
	}
	runtimeAPI("POST", "init/ready", ready)
	switch act {
	case "ready twice":
		runtimeAPI("POST", "init/ready", ready)
	case "unknown path":
		runtimeAPI("POST", "invocation/r-1/response", "1")
	case "unasked":
		runtimeAPI("POST", "invocation/response", "1")
	case "never polls":
		select {}
	}
	for n := 1; ; n++ {
		_, event, header := runtimeAPI("GET", "invocation/next", "")
		response := event
		switch act {
		case "exits":
			os.Exit(4)
		case "never answers":
			select {}
		case "polls again":
			_, same, _ := runtimeAPI("GET", "invocation/next", "")
			response = fmt.Sprintf(`{"same":%t}`, same == event)
		case "headers":
			response = fmt.Sprintf(`["%s","%s",%t]`, strings.Join(header["Memory_limit_in_mb"], ""), strings.Join(header["Time_limit_in_ms"], ""), len(header["Request_id"]) == 1)
		case "count":
			response = fmt.Sprint(n)
		case "too large":
			response = strings.Repeat("x", maxPayload+1)
		case "fails":
			runtimeAPI("POST", "invocation/error", `{"errorMessage":"nothing is left","errorType":"out_of_stock"}`)
			continue
		case "fails in words":
			runtimeAPI("POST", "invocation/error", `no JSON`)
			continue
		}
		runtimeAPI("POST", "invocation/response", response)
		if act == "answers twice" {
			runtimeAPI("POST", "invocation/error", "2")
		}
	}
}

func actWeb(act string) {
	addr := "0.0.0.0:" + os.Getenv("FAAS_PORT")
	switch act {
	case "web exits at start":
		os.Exit(3)
	case "web never listens":
		select {}
	case "web on loopback":
		addr = "127.0.0.1:" + os.Getenv("FAAS_PORT")
	}
	ln, err := net.Listen("tcp4", addr)
	if err != nil {
		panic(err)
	}
	if act == "web speaks no http" {
		for {
			c, err := ln.Accept()
			if err != nil {
				panic(err)
			}
			go func() {
				c.Read(make([]byte, 1000))
				io.WriteString(c, "good day\r\n")
				c.Close()
			}()
		}
	}
	both := make(chan struct{})
	http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch act {
		case "web exits":
			os.Exit(4)
		case "web hangs":
			select {}
		case "web sets its own id":
			w.Header().Set("X-Scf-Request-Id", "mine")
		case "web sets connection":
			w.Header().Set("Connection", "X-Own")
		case "web too large":
			w.Write(bytes.Repeat([]byte("x"), maxPayload+1))
		case "web waits for another": // two requests answer each other
			select {
			case both <- struct{}{}:
			case <-both:
			}
		}
		fmt.Fprintf(w, "%s %s %v %v", r.Method, r.URL.RequestURI(), r.Header["X-Scf-Request-Id"], r.Header["X-Own"])
	}))
}
