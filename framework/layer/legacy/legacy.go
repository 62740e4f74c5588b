// Package legacy runs an existing application that listens on a port or a Unix socket, in any language, as one function: it is
// a child process, and a [Server] passes the function's requests on to it. The application is started with the function and
// stopped with it, its output becomes log lines, and it is started again when it ends by itself:
//
//	// New runs the shop that was there before.
//	//
//	//faas:handler shop
//	//faas:http ANY /*
//	func New(rt *framework.Runtime) http.Handler {
//		return legacy.New(rt, legacy.Command{Path: "python3", Args: []string{"shop/server.py"}, PortVariable: "PORT"})
//	}
//
// An application of net/http, chi, gin or echo needs none of this: return its http.Handler as it is, and it runs in the process.
//
// Child processes need a Unix system; elsewhere the start fails and says so. Nothing here listens, and the application is
// called on loopback or a socket in a folder of its own; where it listens is its own affair, so tell it 127.0.0.1.
package legacy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
)

const (
	// DefaultStartTimeout is how long an application may take until it is ready. The unit's initTimeout ends it sooner.
	DefaultStartTimeout = 30 * time.Second
	// DefaultStopTimeout is how long it may take to end after SIGTERM. The end of the process leaves it less on some platforms:
	// a third of a second on AWS.
	DefaultStopTimeout = 5 * time.Second
)

// Command says how an application is started, and where it listens.
//
// {port} and {socket} in Args and in the values of Env stand for the port and for the path of the socket. Where the application
// listens is said in exactly one way: by Port, by {port} or PortVariable, or by {socket} or SocketVariable.
type Command struct {
	// Path is the program. A name without a slash is looked up in PATH, a relative path is one in the package.
	Path string
	// Args are its arguments.
	Args []string
	// Dir is the folder that it runs in, below the package's if it is relative. Empty is the package's.
	Dir string
	// Env are variables that the application gets. They win over those that it inherits.
	Env map[string]string
	// Inherit reports whether the application gets a variable of this process. Nil is every variable. What is the framework's or
	// the platform's own it never gets: FAAS_*, references such as DATABASE_PASSWORD_FROM=ssm:shop/db, and where the platform's
	// runtime API is, which an application that knows it would poll. Give it secrets by Env, from injected configuration.
	Inherit func(name string) bool
	// Port is where the application listens if nothing can tell it. Zero has a free port chosen at each start.
	Port int
	// PortVariable is the variable that has the port, such as PORT.
	PortVariable string
	// SocketVariable is the variable that has the path of the Unix socket to listen on.
	SocketVariable string
	// Ready is a path that is answered with a status under 400 when the application is ready. Empty is when it accepts connections.
	Ready string
	// StartTimeout and StopTimeout are zero for DefaultStartTimeout and DefaultStopTimeout.
	StartTimeout, StopTimeout time.Duration
	// Output takes the lines that the application writes as JSON objects, as they are; nil is standard error. All other lines go
	// to the log of the process.
	Output io.Writer
}

// New returns the handler of the application, which is started by Init. Return it as it is, or inject it where it is wrapped:
// the container calls Init and Destroy of what a constructor returns.
func New(rt *framework.Runtime, c Command) *Server {
	s := &Server{command: c, log: rt.Log(), dev: rt.Dev, codeDir: rt.CodeDir, changed: make(chan struct{}), done: make(chan struct{}), backOff: backOff}
	if s.command.StartTimeout == 0 {
		s.command.StartTimeout = DefaultStartTimeout
	}
	if s.command.StopTimeout == 0 {
		s.command.StopTimeout = DefaultStopTimeout
	}
	if s.command.Output == nil {
		s.command.Output = os.Stderr
	}
	return s
}

// String is the command as errors and logs name it: without variables, which may hold secrets.
func (c Command) String() string { return strings.Join(append([]string{c.Path}, c.Args...), " ") }

const (
	portMark   = "{port}"
	socketMark = "{socket}"
)

func (c Command) mentions(mark string) bool {
	has := func(s string) bool { return strings.Contains(s, mark) }
	return slices.ContainsFunc(c.Args, has) || slices.ContainsFunc(slices.Collect(maps.Values(c.Env)), has)
}

// check refuses a command that cannot be run. It reports whether the application listens on a socket.
func (c Command) check() (socket bool, err error) {
	socket = c.SocketVariable != "" || c.mentions(socketMark)
	port := c.PortVariable != "" || c.mentions(portMark)
	var wrong []error
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if c.Path == "" {
		add("found no Path, expected the program to run")
	}
	switch {
	case socket && (port || c.Port != 0):
		add("found both a port and a socket, expected one of them")
	case !socket && !port && c.Port == 0:
		add("nothing says where the application listens: expected PortVariable, SocketVariable, Port, or %s or %s in Args or Env", portMark, socketMark)
	}
	if c.Port < 0 || c.Port > 65535 {
		add("found port %d, expected 1 to 65535", c.Port)
	}
	if c.Ready != "" && !strings.HasPrefix(c.Ready, "/") {
		add("found %q as Ready, expected a path such as /health", c.Ready)
	}
	if c.StartTimeout < 0 || c.StopTimeout < 0 {
		add("found a negative StartTimeout or StopTimeout")
	}
	for _, name := range append(slices.Sorted(maps.Keys(c.Env)), c.PortVariable, c.SocketVariable) {
		if strings.ContainsAny(name, "=\x00") || strings.Contains(c.Env[name], "\x00") {
			add("found the variable %.100q, expected a name without = and a value without NUL", name)
		}
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" || runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		add("child processes need a Unix system, found %s", runtime.GOOS)
	}
	if len(wrong) > 0 {
		return false, fmt.Errorf("run %q: %w", c.String(), errors.Join(wrong...))
	}
	return socket, nil
}

// program is the path of the program, and the folder that it runs in.
func (c Command) program(codeDir string) (path, dir string, err error) {
	if codeDir, err = filepath.Abs(codeDir); err != nil { // of the empty path it is the working directory
		return "", "", err
	}
	path, dir = c.Path, c.Dir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(codeDir, dir)
	}
	if strings.Contains(path, "/") && !filepath.IsAbs(path) {
		path = filepath.Join(codeDir, path)
	}
	return path, dir, nil
}

// reference is a value that says where the value lies, as NAME_FROM has it.
var reference = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)

// withheld reports whether a variable of this process is never the application's.
func withheld(name, value string) bool {
	switch name {
	case "AWS_LAMBDA_RUNTIME_API", "SCF_RUNTIME_API", "SCF_RUNTIME_API_PORT", "FC_RUNTIME_API", "RUNTIME_API_ADDR", "_HANDLER":
		return true
	}
	return strings.HasPrefix(name, "FAAS_") || strings.HasSuffix(name, "_FROM") && reference.MatchString(value)
}

// environment is what the application gets, sorted.
func (c Command) environment(own []string, place place) []string {
	all := map[string]string{}
	for _, v := range own {
		name, value, ok := strings.Cut(v, "=")
		if ok && name != "" && !withheld(name, value) && (c.Inherit == nil || c.Inherit(name)) {
			all[name] = value
		}
	}
	for name, value := range c.Env {
		all[name] = place.fill(value)
	}
	if c.PortVariable != "" {
		all[c.PortVariable] = strconv.Itoa(place.port)
	}
	if c.SocketVariable != "" {
		all[c.SocketVariable] = place.socket
	}
	env := make([]string, 0, len(all)) // never nil: nil would pass all of our own on
	for _, name := range slices.Sorted(maps.Keys(all)) {
		env = append(env, name+"="+all[name])
	}
	return env
}

// place is where the application listens: on a port of loopback, or on a socket.
type place struct {
	port   int
	socket string
}

func (p place) fill(s string) string {
	return strings.NewReplacer(portMark, strconv.Itoa(p.port), socketMark, p.socket).Replace(s)
}

func (p place) network() (network, address string) {
	if p.socket != "" {
		return "unix", p.socket
	}
	return "tcp", "127.0.0.1:" + strconv.Itoa(p.port)
}

func (p place) String() string {
	if p.socket != "" {
		return "socket " + p.socket
	}
	return "port " + strconv.Itoa(p.port)
}

// Init starts the application and waits until it is ready. The container calls it, under the unit's initTimeout.
func (s *Server) Init(ctx context.Context) error {
	socket, err := s.command.check()
	if err != nil {
		return err
	}
	s.onSocket = socket
	c, err := s.launch(ctx)
	if err != nil {
		return err
	}
	s.serve(c)
	return nil
}
