package legacy

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Server is an application that runs as a child process. Its methods are safe for concurrent use.
type Server struct {
	command  Command
	log      *slog.Logger
	dev      bool
	codeDir  string
	onSocket bool
	backOff  func(failures int) time.Duration
	upgrades sync.Once // has the log say that they are refused

	mu      sync.Mutex
	begun   bool // Init has succeeded
	current *child
	until   time.Time     // when the next start is, if that is later
	changed chan struct{} // closed, and replaced, whenever what stands above changes
	done    chan struct{} // closed by Destroy
	closed  bool
	keeping sync.WaitGroup // the goroutine that starts the application again
}

const (
	// steady is how long an application has to run until its end is none of a series.
	steady = 10 * time.Second
	// longestBackOff is the longest time between two starts.
	longestBackOff = 15 * time.Second
)

// backOff is how long to wait after a number of ends in a row: none after the first of an application that ran.
func backOff(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	return min(longestBackOff, 100*time.Millisecond<<min(failures-1, 10))
}

// serve makes c what answers, and starts another one when it ends.
func (s *Server) serve(c *child) {
	s.mu.Lock()
	s.begun = true
	s.mu.Unlock()
	if s.use(c) {
		s.keeping.Go(func() { s.keep(c) })
	}
}

// use makes c what answers. It reports false when the server was closed meanwhile.
func (s *Server) use(c *child) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.current = c
	s.notify()
	return true
}

// notify wakes requests that wait. The caller holds mu.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// keep waits for the end of the application, and starts it again, until the server is closed.
func (s *Server) keep(c *child) {
	for failures := 0; ; {
		select {
		case <-c.exited:
		case <-s.done:
			return
		}
		if failures++; time.Since(c.began) >= steady {
			failures = 0
		}
		s.log.Error("the application ended; it is started again", "command", s.command.String(), "exit", c.exit(), "after", s.backOff(failures).String())
		if c = s.again(failures); c == nil {
			return
		}
	}
}

// again starts the application until that succeeds. It returns nil when the server is closed.
func (s *Server) again(failures int) *child {
	for ; s.pause(s.backOff(failures)); failures++ {
		c, err := s.relaunch()
		if err == nil && s.use(c) {
			return c
		}
		if err == nil {
			c.stop(0)
			return nil
		}
		select {
		case <-s.done:
			return nil
		default:
			s.log.Error("the application did not start again", "error", err.Error(), "after", s.backOff(failures+1).String())
		}
	}
	return nil
}

// relaunch starts the application again. Closing the server ends that.
func (s *Server) relaunch() (*child, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	finished := make(chan struct{})
	defer close(finished)
	go func() {
		select {
		case <-s.done:
			cancel(framework.ErrClosed)
		case <-finished:
		}
	}()
	return s.launch(ctx)
}

// pause waits between two starts. It reports false when the server is closed.
func (s *Server) pause(d time.Duration) bool {
	s.mu.Lock()
	s.current, s.until = nil, time.Now().Add(d)
	s.notify()
	s.mu.Unlock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.done:
		return false
	}
}

var errNotBegun = errors.New("the application was never started: Init was not called, as the container does for what a constructor returns; " +
	"return what legacy.New returns as it is, or from a constructor of its own, and inject it where it is wrapped")

// acquire returns what answers requests now. A start that is under way is waited for, the time until the next one is not: a
// platform that freezes the process between requests would have each of them find it still to come.
func (s *Server) acquire(ctx context.Context) (*child, error) {
	for {
		s.mu.Lock()
		c, begun, closed, until, changed := s.current, s.begun, s.closed, s.until, s.changed
		s.mu.Unlock()
		switch left := time.Until(until); {
		case closed:
			return nil, &unavailable{why: framework.ErrClosed}
		case c != nil:
			return c, nil
		case !begun:
			return nil, &unavailable{why: errNotBegun}
		case left > 0:
			return nil, &unavailable{why: errors.New("the application ended, and is started again soon"), after: left}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// unavailable is why there is nothing to send a request to.
type unavailable struct {
	why   error
	after time.Duration
}

func (u *unavailable) Error() string { return u.why.Error() }
func (u *unavailable) Unwrap() error { return u.why }

// Destroy ends the application: SIGTERM to all of its processes, then SIGKILL after StopTimeout, or shortly before ctx ends.
// The container calls it.
func (s *Server) Destroy(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	c := s.current
	s.current = nil
	s.notify()
	close(s.done)
	s.mu.Unlock()
	s.keeping.Wait() // it has no application of its own afterwards
	if c == nil {
		return nil
	}
	grace := s.command.StopTimeout
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		grace = max(0, min(grace, left-min(left/5, 100*time.Millisecond)))
	}
	if !c.stop(grace) {
		s.log.Warn("the application did not end by SIGTERM and was killed", "command", s.command.String(), "after", grace.Round(time.Millisecond).String())
	}
	return nil
}
