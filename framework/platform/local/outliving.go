package local

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// outliving names goroutines of the application that go on after their invocation, while it is developed: on a cloud that freezes
// the process between invocations they stop half way. A goroutine inherits the labels of the one that starts it, by which
// those of a handler are found. Only goroutines that begin in a function of the main module are named, each function
// once: the pool of a driver is meant to go on.
type outliving struct {
	log    *slog.Logger
	module string
	after  time.Duration // how long a goroutine may take to come to its end

	mu    sync.Mutex
	ended map[string]string // functions by the request ids of the invocations since the last look
	named map[string]bool
}

// requestLabel is the label of a handler's goroutine.
const requestLabel = "faasgen_request"

// newOutliving returns nil where the program does not know its module.
func newOutliving(log *slog.Logger) *outliving {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path == "" {
		return nil
	}
	return &outliving{log: log, module: info.Main.Path, after: time.Second, ended: map[string]string{}, named: map[string]bool{}}
}

// watch is a middleware.
func (o *outliving) watch(next framework.Handler) framework.Handler {
	return func(c *framework.Context) error {
		pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels(requestLabel, c.RequestID())))
		defer func() {
			pprof.SetGoroutineLabels(context.Background())
			o.over(c)
		}()
		return next(c)
	}
}

// over has a look taken at what an invocation has left, later.
func (o *outliving) over(c *framework.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.ended) == 0 {
		time.AfterFunc(o.after, o.look)
	}
	o.ended[c.RequestID()] = c.FunctionName()
}

// look logs what goes on. It may be early for the last invocations, of which nothing is taken for granted: what ends in a moment
// is not worth a line.
func (o *outliving) look() {
	var profile bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 1) // a buffer
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, g := range goroutines(profile.String()) {
		function, over := o.ended[g.request]
		if !over || o.named[g.name] || !o.own(g.name) {
			continue
		}
		o.named[g.name] = true
		o.log.Warn("a goroutine still runs after its invocation: where the process is frozen then, it stops half way; ctx.Go has the platform wait for it",
			"goroutine", g.name, "at", g.at, "function", function, "request_id", g.request)
	}
	clear(o.ended)
}

// own reports whether a function is one of the application.
func (o *outliving) own(name string) bool {
	const framework = "github.com/faasgen/faasgen/framework." // which is the main module of its own tests
	rest, ok := strings.CutPrefix(name, o.module)
	return ok && rest != "" && (rest[0] == '/' || rest[0] == '.') && !strings.HasPrefix(name, framework)
}

// goroutine is where one began.
type goroutine struct{ request, name, at string }

// goroutines reads a goroutine profile of the text form: a paragraph for each stack, the label in a line of its own, the
// function that the goroutine began with in the last.
func goroutines(profile string) (found []goroutine) {
	for paragraph := range strings.SplitSeq(profile, "\n\n") {
		_, labels, ok := strings.Cut(paragraph, `"`+requestLabel+`":"`)
		if !ok {
			continue
		}
		var g goroutine
		g.request, _, _ = strings.Cut(labels, `"`)
		for line := range strings.Lines(paragraph) {
			fields := strings.Fields(line)
			if len(fields) != 4 || fields[0] != "#" || strings.HasPrefix(fields[2], "runtime.") {
				continue
			}
			name := fields[2]
			if plus := strings.LastIndexByte(name, '+'); plus > 0 {
				name = name[:plus]
			}
			g.name, g.at = name, filepath.Base(fields[3])
		}
		if g.name != "" {
			found = append(found, g)
		}
	}
	return found
}
