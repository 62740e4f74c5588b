package legacy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"
)

const (
	// poll is how often an application that starts is looked at.
	poll = 5 * time.Millisecond
	// drain is how long output is read after the application has ended, and probe how long one look at Ready may take.
	drain = time.Second
	probe = 5 * time.Second
)

// child is one process of the application, with all that it starts itself.
type child struct {
	cmd       *exec.Cmd
	place     place
	folder    string // of the socket
	transport *http.Transport
	proxy     *httputil.ReverseProxy
	tail      tail
	began     time.Time
	exited    chan struct{} // closed when the process has ended and its output was read

	mu   sync.Mutex // keeps signals from a pid that is no longer ours
	gone bool
}

// launch starts the application and waits until it is ready. The error names command and place, and has the last lines of output.
func (s *Server) launch(ctx context.Context) (*child, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.command.StartTimeout, fmt.Errorf("StartTimeout of %s has passed", s.command.StartTimeout))
	defer cancel()
	c, err := s.start()
	if err != nil {
		return nil, fmt.Errorf("run %q: %w", s.command.String(), err)
	}
	if err := c.ready(ctx, s.command.Ready); err != nil {
		c.stop(0)
		return nil, fmt.Errorf("run %q: %w%s", s.command.String(), err, c.tail.describe())
	}
	return c, nil
}

// start starts the process.
func (s *Server) start() (_ *child, err error) {
	c := &child{exited: make(chan struct{}), began: time.Now()}
	defer func() {
		if err != nil && c.folder != "" {
			os.RemoveAll(c.folder)
		}
	}()
	if s.onSocket {
		if c.folder, err = os.MkdirTemp("", "faas-legacy-"); err != nil { // which only this user can enter
			return nil, err
		}
		c.place.socket = filepath.Join(c.folder, "app")
	} else if c.place.port, err = freePort(s.command.Port); err != nil {
		return nil, err
	}
	path, dir, err := s.command.program(s.codeDir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("found no folder %s to run in", dir)
	}
	args := make([]string, len(s.command.Args))
	for i, a := range s.command.Args {
		args[i] = c.place.fill(a)
	}
	c.cmd = exec.Command(path, args...)
	c.cmd.Dir, c.cmd.Env = dir, s.command.environment(os.Environ(), c.place)
	isolate(c.cmd)
	c.transport = newTransport(c.place)
	c.proxy = s.newProxy(c)
	started := make(chan error)
	go c.run(s, started)
	if err := <-started; err != nil {
		return nil, err
	}
	return c, nil
}

// freePort returns the port to listen on, and refuses one that somebody has. A port that is chosen is free until somebody else
// takes it, which is seen when the application ends.
func freePort(fixed int) (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(fixed))
	if err != nil && fixed != 0 {
		return 0, fmt.Errorf("port %d is in use: %w", fixed, err)
	}
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// run starts the process and waits for its end on one thread, since Linux is told to kill it when the thread that started it
// ends.
func (c *child) run(s *Server, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	out, err := pipes()
	if err != nil {
		started <- err
		return
	}
	defer out.close()
	c.cmd.Stdout, c.cmd.Stderr = out.writers[0], out.writers[1]
	if err := c.cmd.Start(); err != nil {
		started <- err
		return
	}
	out.closeWriters()
	var reading sync.WaitGroup
	for i, stream := range []string{"stdout", "stderr"} {
		reading.Go(func() { copyLines(out.readers[i], func(line []byte, cut bool) { s.write(c, stream, line, cut) }) })
	}
	started <- nil

	_ = c.cmd.Wait() // the state says more
	c.mu.Lock()
	c.gone = true
	killGroup(c.cmd.Process) // what it left behind would hold the port and the pipes
	c.mu.Unlock()
	timer := time.AfterFunc(drain, out.close)
	reading.Wait()
	timer.Stop()
	c.transport.CloseIdleConnections()
	if c.folder != "" {
		os.RemoveAll(c.folder)
	}
	close(c.exited)
}

// exit says how the process ended. It may be called when it has.
func (c *child) exit() string { return c.cmd.ProcessState.String() }

// ready waits until the application is.
func (c *child) ready(ctx context.Context, path string) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	var answered *notReady // the last answer, if there was one
	for {
		err := c.look(ctx, path)
		if no, ok := errors.AsType[*notReady](err); ok {
			answered = no
		}
		select {
		case <-c.exited: // also where somebody else listens
			return fmt.Errorf("it ended before it listened on %s: %s", c.place, c.exit())
		default:
		}
		if err == nil {
			return nil
		}
		select {
		case <-c.exited:
			return fmt.Errorf("it ended before it listened on %s: %s", c.place, c.exit())
		case <-ctx.Done():
			if answered != nil {
				return fmt.Errorf("it listens on %s, and is not ready: %w: %w", c.place, answered, context.Cause(ctx))
			}
			return fmt.Errorf("it did not listen on %s: %w", c.place, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// notReady is an answer that says so.
type notReady struct {
	path   string
	status int
}

func (n *notReady) Error() string { return fmt.Sprintf("GET %s is answered with %d", n.path, n.status) }

// look asks the application once.
func (c *child) look(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, probe)
	defer cancel()
	if path == "" {
		var d net.Dialer
		network, address := c.place.network()
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		return err
	}
	response, err := c.transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 400 {
		return &notReady{path, response.StatusCode}
	}
	return nil
}

// stop has the application end, and kills what is left of it after grace. It reports whether that was not necessary.
func (c *child) stop(grace time.Duration) bool {
	c.signal(terminateGroup)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-c.exited:
		return true
	case <-timer.C:
	}
	c.signal(killGroup)
	<-c.exited
	return false
}

func (c *child) signal(send func(*os.Process)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.gone {
		send(c.cmd.Process)
	}
}
