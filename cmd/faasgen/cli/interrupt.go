package cli

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// politeness is how long a run that has been interrupted may take to end by itself, so that it removes what it made on the
// way. Most of what the tool computes knows of no context, and a read from a terminal ends when a line does.
const politeness = 100 * time.Millisecond

// interrupts says what a signal has to wait for.
type interrupts struct {
	running gate // processes that are stopped in their own time: a second signal does not wait for them
	writing gate // files of which all are replaced or none: no signal leaves half of them
	// scratch has the temporary folders of this run.
	scratch sync.Map
	// restores are functions that put a terminal back, by a key of their own.
	restores sync.Map
	// reported keeps the run and what ends it from both saying that it was interrupted.
	reported sync.Once
}

// supervise runs the command and returns the exit code. The first signal ends its context. Unless it then ends by itself
// within patience, or something is under way that has to come to its end, it is left where it is.
func (t *tool) supervise(signals <-chan os.Signal, patience time.Duration, run func(context.Context) int) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan int, 1)
	go func() { done <- run(ctx) }()
	select {
	case code := <-done:
		return code
	case <-signals:
	}
	cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-time.After(patience):
		case <-signals:
		}
		select {
		case <-t.running.shut():
		case <-signals:
		}
		<-t.writing.shut()
	}()
	select {
	case code := <-done:
		return code
	case <-stopped:
	}
	t.scratch.Range(func(dir, _ any) bool {
		_ = os.RemoveAll(dir.(string))
		return true
	})
	t.restores.Range(func(_, restore any) bool {
		restore.(func())()
		return true
	})
	if terminal(t.err) {
		fmt.Fprint(t.err, "\r\x1b[K") // what progress has left
	}
	return t.report(context.Canceled)
}

// temporary makes a folder for this run, which remove removes; so does a signal that ends the run.
func (t *tool) temporary(pattern string) (dir string, remove func(), err error) {
	if dir, err = os.MkdirTemp("", pattern); err != nil {
		return "", nil, err
	}
	t.scratch.Store(dir, nil)
	return dir, func() {
		_ = os.RemoveAll(dir)
		t.scratch.Delete(dir)
	}, nil
}

// gate lets any number in until it is shut, and tells when all have left.
type gate struct {
	mu     sync.Mutex
	inside int
	empty  chan struct{} // not nil once it is shut
}

// enter lets the caller in, to leave once. At a gate that is shut it waits for ever, as the process is about to end.
func (g *gate) enter() (leave func()) {
	g.mu.Lock()
	if g.empty != nil && g.inside == 0 {
		g.mu.Unlock()
		select {}
	}
	g.inside++
	g.mu.Unlock()
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.inside--; g.inside == 0 && g.empty != nil {
			close(g.empty)
		}
	})
}

// shut returns what is closed once all have left.
func (g *gate) shut() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.empty = make(chan struct{})
	if g.inside == 0 {
		close(g.empty)
	}
	return g.empty
}
