package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

// ErrKilled is what [Child.Stop] returns when the process did not exit within its grace period.
var ErrKilled = errors.New("the process ignored SIGTERM and was killed")

// drain is how long output is still read after the process is gone.
const drain = time.Second

// Child is the process of a started artefact, with all that it starts itself. Its methods are safe for concurrent use.
type Child struct {
	cmd    *exec.Cmd
	tail   *tail
	exited chan struct{}

	mu     sync.Mutex // guards what follows, and keeps signals from a pid that is no longer ours
	gone   bool
	code   int
	frozen bool
}

// Launch starts the artefact in its folder. The process sees exactly a.Environment and env, which holds what the vendor
// sets ("NAME=value"); where both have a name the vendor wins, as its names are reserved. There is no PATH or HOME
// unless they say so. What the process writes goes to a.Output, and its end is kept for [Child.Tail].
func Launch(a Artifact, env []string) (*Child, error) {
	if !filepath.IsLocal(a.Command) {
		return nil, fmt.Errorf("command %q of unit %s: expected a path inside the package", a.Command, a.Unit)
	}
	dir, err := filepath.Abs(a.Dir)
	if err != nil {
		return nil, fmt.Errorf("folder of unit %s: %w", a.Unit, err)
	}
	c := &Child{
		cmd:    exec.Command(filepath.Join(dir, a.Command), a.Args...),
		tail:   &tail{out: a.Output},
		exited: make(chan struct{}),
		code:   -1,
	}
	c.cmd.Dir = dir
	c.cmd.Env = make([]string, 0, len(a.Environment)+len(env)) // never nil: nil would pass our own on
	for name, value := range a.Environment {
		c.cmd.Env = append(c.cmd.Env, name+"="+value)
	}
	slices.Sort(c.cmd.Env)
	c.cmd.Env = append(c.cmd.Env, env...)
	isolate(c.cmd)

	started := make(chan error)
	go c.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start unit %s: %w", a.Unit, err)
	}
	return c, nil
}

// run starts the process and waits for its end on one thread, since the kernel kills a child when the thread that
// started it ends, not when the process does.
func (c *Child) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r, w, err := os.Pipe()
	if err != nil {
		started <- err
		return
	}
	c.cmd.Stdout, c.cmd.Stderr = w, w
	err = c.cmd.Start()
	w.Close()
	started <- err
	if err != nil {
		r.Close()
		return
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		io.Copy(c.tail, r)
	}()

	c.cmd.Wait()
	killGroup(c.cmd.Process) // what it left behind would hold the pipe open
	c.mu.Lock()
	c.gone = true
	c.code = c.cmd.ProcessState.ExitCode()
	c.mu.Unlock()
	timer := time.AfterFunc(drain, func() { r.Close() })
	<-copied
	timer.Stop()
	r.Close()
	close(c.exited)
}

// Exited is closed when the process has ended and its output was read.
func (c *Child) Exited() <-chan struct{} { return c.exited }

// ExitCode is the process's exit code, -1 while it runs or when a signal ended it.
func (c *Child) ExitCode() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code
}

// Pid is the process's id.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// Tail returns the last 16 KiB that the process wrote.
func (c *Child) Tail() string { return c.tail.String() }

// Signal sends sig to the process. Its error is os.ErrProcessDone when there is none any more.
func (c *Child) Signal(sig os.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return os.ErrProcessDone
	}
	return c.cmd.Process.Signal(sig)
}

// Freeze stops the process and what it started, until Thaw.
func (c *Child) Freeze() error { return c.freeze(true) }

// Thaw lets a frozen process go on.
func (c *Child) Thaw() error { return c.freeze(false) }

func (c *Child) freeze(stop bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return os.ErrProcessDone
	}
	if c.frozen == stop {
		return nil
	}
	c.frozen = stop
	if stop {
		return stopGroup(c.cmd.Process)
	}
	return continueGroup(c.cmd.Process)
}

// Stop thaws the process, sends SIGTERM, waits for grace and kills what is left. It returns nil when the process ended
// by itself, before or now, and [ErrKilled] when it had to be killed.
func (c *Child) Stop(grace time.Duration) error {
	c.Thaw() // a frozen process cannot hear
	if err := c.Signal(syscall.SIGTERM); err == nil {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-c.exited:
			return nil
		case <-timer.C:
		}
	} else if errors.Is(err, os.ErrProcessDone) {
		<-c.exited
		return nil
	}
	return c.Kill()
}

// Kill ends the process and what it started, and waits until they are gone. It returns nil when it was gone already.
func (c *Child) Kill() error {
	c.mu.Lock()
	gone := c.gone
	if !gone {
		killGroup(c.cmd.Process)
	}
	c.mu.Unlock()
	<-c.exited
	if gone || c.ExitCode() >= 0 {
		return nil
	}
	return ErrKilled
}

// Listening waits until something accepts connections at addr. It gives up when ctx ends or the process does, with an
// error that says which.
func (c *Child) Listening(ctx context.Context, addr string) error {
	var d net.Dialer
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-c.exited:
			return fmt.Errorf("the process exited with code %d before it listened on %s", c.ExitCode(), addr)
		case <-ctx.Done():
			return fmt.Errorf("the process did not listen on %s: %w", addr, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// tail passes on what is written and keeps its end.
type tail struct {
	mu  sync.Mutex
	out io.Writer
	end []byte
}

const tailSize = 16 << 10

// Write never fails: a reader that went away must not block or kill the process.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.out != nil {
		if _, err := t.out.Write(p); err != nil {
			t.out = nil
		}
	}
	t.end = append(t.end, p[max(0, len(p)-tailSize):]...)
	if over := len(t.end) - tailSize; over > tailSize { // cut rarely, keep at most twice the size
		t.end = append(t.end[:0], t.end[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.end[max(0, len(t.end)-tailSize):])
}
