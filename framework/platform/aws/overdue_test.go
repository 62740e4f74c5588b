package aws

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

// deadlines is a Runtime API in memory that hands out one event for each limit, then ends the loop.
type deadlines struct {
	limits []time.Duration
	taken  int
	posted []string
	reply  []byte // not yet read
}

func (d *deadlines) Write(p []byte) (int, error) {
	line, _, _ := strings.Cut(string(p), " HTTP/1.1\r\n")
	switch {
	case strings.HasPrefix(line, "POST "):
		d.posted = append(d.posted, strings.TrimPrefix(line, "POST "+apiVersion+"/runtime/invocation/"))
		d.reply = []byte("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
	case d.taken == len(d.limits):
		d.reply = []byte("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
	default:
		deadline := time.Now().Add(d.limits[d.taken]).UnixMilli()
		d.taken++
		d.reply = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: %d\r\nLambda-Runtime-Deadline-Ms: %d\r\nContent-Length: 2\r\n\r\n{}", d.taken, deadline)
	}
	return len(p), nil
}

func (d *deadlines) Read(p []byte) (int, error) {
	n := copy(p, d.reply)
	d.reply = d.reply[n:]
	return n, nil
}

func (*deadlines) Close() error { return nil }

// A handler that ignores its deadline keeps the goroutine of the loop, and the loop goes on without it.
func TestLoopGoesOnWithoutTheHandler(t *testing.T) {
	var log bytes.Buffer
	release := make(chan struct{})
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	p := newProcess("memory")
	p.log = rt.Logger
	p.engine = framework.NewEngine(rt, unit(func(ctx *framework.Context) error {
		if ctx.RequestID() != "3" {
			<-release
		}
		return nil
	})(rt))
	if err := p.start([]platform.Codec{Raw()}); err != nil {
		t.Fatal(err)
	}
	api := &deadlines{limits: []time.Duration{time.Millisecond, time.Millisecond, time.Hour, time.Millisecond}}
	c := runtimeapi.New("memory", agent)
	c.Dial = func(context.Context, string) (io.ReadWriteCloser, error) { return api, nil }
	p.loop(c) // returns although three handlers have not
	close(release)
	if err := p.engine.Close(t.Context()); err != nil { // waits for them
		t.Error(err)
	}
	if want := []string{"1/error", "2/error", "3/response", "4/error"}; !slices.Equal(api.posted, want) {
		t.Errorf("posted %q, want %q", api.posted, want)
	}
	<-p.stop() // nothing counts as under way
	for id, want := range map[string]int{"1": 1, "2": 1, "3": 0, "4": 1} {
		if n := strings.Count(log.String(), `msg="the handler returned after its caller was answered" request_id=`+id+" "); n != want {
			t.Errorf("event %s: %d late returns in the log, want %d", id, n, want)
		}
	}
	if t.Failed() {
		t.Log(log.String())
	}
}
