package platformtest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// api breaks the vendor's API at the next call of one of its two forms, the poll for an event and the answer to one.
// Which they are is in the paths, on all clouds that have such an API.
type api struct {
	mu    sync.Mutex
	fault string
	taken string // the path of an answer whose acknowledgement was lost in a reset, where the path says which event it is for
}

// arm says what fails next: the call and how, nothing if empty.
func (a *api) arm(fault string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fault = fault
}

// take returns how a call fails, "" if it does not.
func (a *api) take(call string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	how, ok := strings.CutPrefix(a.fault, call+" ")
	if !ok {
		return ""
	}
	a.fault = ""
	return how
}

// lost remembers an answer that was taken and whose sender cannot know it: it may send it again, and breaks no rule.
func (a *api) lost(path string) {
	if _, event, _ := strings.Cut(path, "/invocation/"); strings.Contains(event, "/") {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.taken = path
	}
}

// again reports whether an answer is the one that was lost, once.
func (a *api) again(path string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	is := a.taken != "" && a.taken == path
	if is {
		a.taken = ""
	}
	return is
}

// The calls of the API that fail: one of the start, a poll when it comes or when it has an event, an answer before it is taken
// or after.
const (
	starting, idle, poll, answer, acknowledged = "start", "idle", "poll", "answer", "acknowledged"
)

// breaks are the ways in which they do.
func breaks() []string { return []string{"500", "reset", "cut", "garbage"} }

func (a *api) before(vendor http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		how := ""
		response := httptest.NewRecorder()
		switch {
		case strings.HasSuffix(r.URL.Path, "/invocation/next"):
			if how = a.take(idle); how == "" {
				vendor.ServeHTTP(response, r)
				how = a.take(poll)
			}
		case a.again(r.URL.Path):
			io.Copy(io.Discard, r.Body)
			http.Error(w, "it was taken before", http.StatusForbidden)
			return
		case strings.Contains(r.URL.Path, "/invocation/"):
			if how = a.take(answer); how == "" {
				vendor.ServeHTTP(response, r)
				if how = a.take(acknowledged); how == "reset" {
					a.lost(r.URL.Path)
				}
			}
		case r.Method == http.MethodPost:
			if how = a.take(starting); how == "" {
				vendor.ServeHTTP(response, r)
			}
		default: // a call that is never answered
			vendor.ServeHTTP(w, r)
			return
		}
		if how == "500" {
			http.Error(w, "the vendor has a bad day", http.StatusInternalServerError)
			return
		}
		if how != "" {
			breakOff(w, how)
			return
		}
		for name, values := range response.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(response.Code)
		w.Write(response.Body.Bytes())
	})
}

// breakOff ends a connection in the middle of a response.
func breakOff(w http.ResponseWriter, how string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	switch how {
	case "cut":
		conn.Write([]byte("HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: x\r\nContent-Length: 100\r\n\r\n{\"half\":"))
	case "garbage":
		conn.Write([]byte("\x00\xff no HTTP at all\r\n\r\n"))
	default:
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) // which makes it a reset
		}
	}
}

// tear breaks a connection to a process that listens.
func tear(ctx context.Context, p sim.Process, how, id string) error {
	d, ok := p.(sim.Dialer)
	if !ok {
		return errors.ErrUnsupported
	}
	conn, err := d.Dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	text := "POST /act?id=" + id + " HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 100\r\n\r\nhalf"
	if how == junk {
		text = "\x16\x03\x01 no http at all\r\n\r\n"
	}
	_, err = conn.Write([]byte(text))
	return err
}
