package dev

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/faasgen/faasgen/framework/platform/local"
)

// grace is how long a replaced process may finish what it does, the time that it takes itself included.
const grace = 12 * time.Second

// child is one version of the application, running. It listens on a socket in a folder that only this user can enter, so
// that nothing reaches it but through the gateway.
type child struct {
	cmd    *exec.Cmd
	dir    string
	token  string
	client *http.Client
	proxy  *httputil.ReverseProxy
	alive  *os.File // our end of a pipe: the child stops when it is closed, however we end
	exited chan struct{}

	mu      sync.Mutex
	running int           // requests on their way through the gateway
	retired bool          // no more will come
	idle    chan struct{} // closed when retired and none is running
}

// start starts the binary without waiting until it is up.
func start(m *Version, out, errs io.Writer) (c *child, err error) {
	dir, err := os.MkdirTemp("", "faasgen-dev-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	socket := filepath.Join(dir, "app")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen for the application: %w", err)
	}
	defer l.Close()
	l.SetUnlinkOnClose(false) // the child's copy goes on listening
	listener, err := l.File()
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()

	c = &child{dir: dir, token: rand.Text(), alive: ours, exited: make(chan struct{}), idle: make(chan struct{})}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		},
		MaxIdleConnsPerHost: 100,
		DisableCompression:  true, // what the application sends is what the client gets
	}
	c.client = &http.Client{Transport: transport}
	c.proxy = newProxy(transport)
	c.cmd = exec.Command(m.Binary)
	c.cmd.Dir = m.Dir
	c.cmd.Stdout, c.cmd.Stderr = out, errs
	c.cmd.ExtraFiles = []*os.File{listener, theirs}
	c.cmd.Env = append(append([]string(nil), m.Env...),
		"FAAS_LISTEN_FD=3", "FAAS_PARENT_FD=4", "FAAS_CONTROL="+c.token, "FAAS_DEV=1", "FAAS_LAZY=true", "FAAS_CODE_DIR="+m.Dir)
	OwnGroup(c.cmd)
	if err := c.cmd.Start(); err != nil {
		ours.Close()
		return nil, fmt.Errorf("start the application: %w", err)
	}
	go func() {
		c.cmd.Wait()
		transport.CloseIdleConnections()
		ours.Close()
		os.RemoveAll(dir)
		close(c.exited)
	}()
	return c, nil
}

// ready waits until the application is up. The child accepts connections only then, so one request is enough.
func (c *child) ready(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-c.exited:
			cancel(fmt.Errorf("the application exited with code %d before it was up", c.cmd.ProcessState.ExitCode()))
		case <-ctx.Done():
		}
	}()
	_, err := c.control(ctx, http.MethodGet, "ready")
	if err == nil {
		return nil
	}
	select {
	case <-c.exited: // its socket breaks a moment before the exit is seen
		return fmt.Errorf("the application exited with code %d before it was up", c.cmd.ProcessState.ExitCode())
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(time.Second):
		return err
	}
}

// function is what the child tells about a function of it.
type function struct {
	Name   string   `json:"name"`
	Routes []string `json:"routes"`
	Timers []struct {
		Name string `json:"name"`
		When string `json:"when"`
	} `json:"timers"`
	Others []string `json:"others"`
}

func (c *child) functions(ctx context.Context) ([]function, error) {
	b, err := c.control(ctx, http.MethodGet, "functions")
	if err != nil {
		return nil, err
	}
	var list []function
	return list, json.Unmarshal(b, &list)
}

// control calls a control endpoint.
func (c *child) control(ctx context.Context, method, endpoint string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://application"+local.ControlPrefix+endpoint, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set(local.ControlHeader, c.token)
	res, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("control endpoint %s: status %d", endpoint, res.StatusCode)
	}
	return b, err
}

// enter counts a request in, and reports false when the child was retired meanwhile.
func (c *child) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.retired {
		return false
	}
	c.running++
	return true
}

func (c *child) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
	if c.retired && c.running == 0 {
		close(c.idle)
	}
}

// retire stops the child once the requests that it has are answered, or after grace.
func (c *child) retire() {
	c.mu.Lock()
	if !c.retired {
		c.retired = true
		if c.running == 0 {
			close(c.idle)
		}
	}
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	_, _ = c.control(ctx, http.MethodPost, "drain") // its timers are the next version's from now on
	select {
	case <-c.idle:
	case <-c.exited:
	case <-ctx.Done():
	}
	c.stop()
}

// stop signals the child to stop, which lets running requests finish, and kills it after grace.
func (c *child) stop() {
	err := c.cmd.Process.Signal(syscall.SIGTERM)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		c.alive.Close() // where there are no signals, the pipe says the same
	}
	alarm := time.NewTimer(grace)
	defer alarm.Stop()
	select {
	case <-c.exited:
	case <-alarm.C:
		c.cmd.Process.Kill()
		<-c.exited
	}
}
