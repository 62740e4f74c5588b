// Package dev is the development server: a gateway on a loopback address in front of the application as one process, which
// is built again and replaced when a file changes. The new version is up before the old one is drained, and a version
// that cannot be built or does not come up replaces nothing.
//
// It knows nothing of generation: the command hands it a function that makes the binary.
package dev

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// interval is how often files are looked at unless the loop says otherwise.
const interval = 300 * time.Millisecond

// Version is one version of the application.
type Version struct {
	// Binary is the server, Dir the application's folder, in which it runs.
	Binary, Dir string
	// Env is its environment.
	Env []string
	// Watch lists files and folders outside the roots that it was made from.
	Watch []string
}

// Loop serves and rebuilds one application.
type Loop struct {
	// Listener is where the gateway listens. Run closes it.
	Listener net.Listener
	// Make makes the current version. Its error is for the user, with everything that is wrong. When ctx ends it is left where it is.
	Make func(ctx context.Context) (*Version, error)
	// Roots are the folders whose files are watched, the application's among them.
	Roots []string
	// Dir is what file names are shown relative to.
	Dir string
	// Interval is how often files are looked at; zero is 300 ms.
	Interval time.Duration
	// Out and Err are the application's standard streams; messages go to Err.
	Out, Err io.Writer

	gateway *gateway
	say     *lines
	table   string // as last printed
	watch   []string
	old     sync.WaitGroup // versions on their way out
}

// Run serves until ctx ends, then stops the application gracefully.
func (l *Loop) Run(ctx context.Context) error {
	l.say = &lines{out: l.Err}
	l.gateway = newGateway(l.say)
	server := &http.Server{Handler: nethttp.DiscardUnread(local.Guard(l.gateway)), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, DisableGeneralOptionsHandler: true}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l.Listener) }()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.rebuild(ctx)
	}()
	var err error
	select {
	case err = <-failed:
		err = fmt.Errorf("the gateway stopped: %w", err)
	case <-ctx.Done():
	}
	cancel()
	<-done
	return errors.Join(err, l.shutDown(server))
}

// shutDown answers what is under way, then stops the application.
func (l *Loop) shutDown(server *http.Server) error {
	l.gateway.fail(nil, "the development server is stopping") // lets go of requests that wait for a first version
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		server.Close()
	}
	if c := l.gateway.serving(); c != nil {
		c.stop()
	}
	l.old.Wait()
	return nil
}

// rebuild makes a version at each change, and one at the beginning, until ctx ends.
func (l *Loop) rebuild(ctx context.Context) {
	tick := time.NewTicker(cmp.Or(l.Interval, interval))
	defer tick.Stop()
	look := func() snapshot { return take(l.Roots, l.watch) }
	var why []string
	for ctx.Err() == nil {
		// What changes while the version is made makes the next one, so the files are looked at before.
		before, extra := take(l.Roots, nil), take(nil, l.watch)
		l.replace(ctx, why)
		for path, now := range take(nil, l.watch) {
			if then, ok := extra[path]; ok {
				now = then
			}
			before[path] = now // files that came into view are no change
		}
		gone := l.watchExit(ctx)
		_, why = wait(ctx.Done(), tick.C, look, before)
		gone()
	}
}

// replace makes a version and lets it serve if it comes up.
func (l *Loop) replace(ctx context.Context, why []string) {
	started := time.Now()
	next, err := l.bringUp(ctx)
	if ctx.Err() != nil {
		if next != nil {
			next.stop()
		}
		return
	}
	if err != nil {
		l.report(err, why)
		return
	}
	list, err := next.functions(ctx)
	if err != nil {
		next.stop()
		l.report(err, why)
		return
	}
	if old := l.gateway.swap(next); old != nil {
		l.old.Go(old.retire)
	}
	if len(why) > 0 {
		fmt.Fprintf(l.say, "reloaded in %s: %s changed\n", time.Since(started).Round(time.Millisecond), l.names(why))
	}
	if t := table(list); t != l.table {
		l.table = t
		fmt.Fprintf(l.say, "serving on http://%s\n%s", l.Listener.Addr(), t)
	}
}

func (l *Loop) bringUp(ctx context.Context) (*child, error) {
	m, err := l.make(ctx)
	if err != nil {
		return nil, err
	}
	l.watch = m.Watch
	c, err := start(m, l.Out, l.Err)
	if err != nil {
		return nil, err
	}
	if err := c.ready(ctx); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// make calls Make, and does not wait for it when ctx ends: reading code does not notice.
func (l *Loop) make(ctx context.Context) (*Version, error) {
	type result struct {
		made *Version
		err  error
	}
	done := make(chan result, 1)
	go func() {
		m, err := l.Make(ctx)
		done <- result{m, err}
	}()
	select {
	case r := <-done:
		return r.made, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Loop) report(err error, why []string) {
	text := strings.TrimRight(err.Error(), "\n")
	if len(why) > 0 {
		fmt.Fprintf(l.say, "the new version failed: %s changed\n", l.names(why))
	}
	fmt.Fprintln(l.say, text)
	if c := l.gateway.serving(); c != nil {
		fmt.Fprintln(l.say, "the last version keeps serving; waiting for a change")
		return
	}
	fmt.Fprintln(l.say, "nothing is served until this is fixed; waiting for a change")
	l.gateway.fail(nil, text)
}

// watchExit reports when the version that serves ends by itself. The function it returns ends the watch.
func (l *Loop) watchExit(ctx context.Context) (stop func()) {
	c := l.gateway.serving()
	if c == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-ctx.Done():
		case <-c.exited:
			if ctx.Err() == nil {
				text := fmt.Sprintf("the application exited with code %d; it starts again when a file changes", c.cmd.ProcessState.ExitCode())
				fmt.Fprintln(l.say, text)
				l.gateway.fail(c, text)
			}
		}
	}()
	return cancel
}

// names shows at most three files.
func (l *Loop) names(files []string) string {
	var shown []string
	for _, f := range files[:min(3, len(files))] {
		if rel, err := filepath.Rel(l.Dir, f); err == nil {
			f = rel
		}
		shown = append(shown, filepath.ToSlash(f))
	}
	s := strings.Join(shown, ", ")
	if more := len(files) - len(shown); more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// table lists what calls which function.
func table(list []function) string {
	var rows [][2]string
	for _, f := range list {
		for _, r := range f.Routes {
			method, path, _ := strings.Cut(r, " ")
			rows = append(rows, [2]string{fmt.Sprintf("%-7s %s", method, path), f.Name})
		}
		for _, t := range f.Timers {
			name := f.Name
			if t.Name != f.Name {
				name += " (" + t.Name + ")"
			}
			rows = append(rows, [2]string{fmt.Sprintf("%-7s %s", "timer", t.When), name})
		}
		for _, o := range f.Others {
			kind, name, _ := strings.Cut(o, " ")
			rows = append(rows, [2]string{fmt.Sprintf("%-7s %s", kind, name), f.Name})
		}
		if len(f.Routes)+len(f.Timers)+len(f.Others) == 0 {
			rows = append(rows, [2]string{fmt.Sprintf("%-7s", "invoke"), f.Name})
		}
	}
	width := 0
	for _, r := range rows {
		width = max(width, len(r[0]))
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, r[0], r[1])
	}
	return b.String()
}

// lines writes one message at a time.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}
