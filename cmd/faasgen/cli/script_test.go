//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/faasgen/faasgen/cmd/faasgen/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"faasgen": func() { cli.Main() }})
}

// patience is how long a script waits for the development server to say something.
const patience = 30 * time.Second

// skeleton is the go.mod that a script gets unless it has its own.
const skeleton = `module example.com/shop

go 1.26.0

tool github.com/faasgen/faasgen/cmd/faasgen

require github.com/faasgen/faasgen v0.0.0-00010101000000-000000000000

replace github.com/faasgen/faasgen => %s
`

// TestScripts runs one txtar file a feature: input, command, and what it prints. FAASGEN_UPDATE=1 refreshes the files.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	goEnv := goEnvironment(t)
	module := tidied(t, root)
	cache := t.TempDir()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("FAASGEN_UPDATE") == "1",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, goEnv...)
			e.Vars = append(e.Vars, "XDG_CACHE_HOME="+cache, "HOME="+e.WorkDir, "FAASGEN_REPLACE="+root, "ROOT="+root)
			e.Values[serverKey{}] = &server{}
			return writeSkeleton(e.WorkDir, module)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serve, "see": see, "fetch": fetch, "interrupt": interrupt, "busy": busy, "nowhere": nowhere,
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
	})
}

// goEnvironment lets the go command work without a network, from the user's caches.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOROOT"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"GOFLAGS=", "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOWORK=", "GOENV=off", "CGO_ENABLED=0"}
	for i, value := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		env = append(env, names[i]+"="+value)
	}
	return env
}

// tidied returns the skeleton's go.mod and go.sum as "go mod tidy" makes them. It alone may fetch modules: it wants those of other
// systems, too, which a new machine has not.
func tidied(t *testing.T, root string) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"go.mod": fmt.Appendf(nil, skeleton, root), "go.sum": sums, "shop.go": []byte("package shop\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "mod", "tidy")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
	module := map[string][]byte{}
	for _, name := range []string{"go.mod", "go.sum"} {
		if module[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return module
}

// writeSkeleton makes the script's folder a module, unless it has its own or a file no-module.
func writeSkeleton(dir string, module map[string][]byte) error {
	for _, name := range []string{"go.mod", "no-module"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return nil
		}
	}
	for name, content := range module {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// server is the development server of a script.
type server struct {
	cmd    *exec.Cmd
	exited chan struct{}

	mu     sync.Mutex
	text   bytes.Buffer
	seen   int // what "see" has matched
	change chan struct{}
	url    string
}

type serverKey struct{}

func (s *server) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.change)
	s.change = make(chan struct{})
	return s.text.Write(p)
}

// serve [arguments] starts "faasgen dev" on a free port.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serverKey{}).(*server)
	if neg || s.cmd != nil {
		ts.Fatalf("usage: serve [arguments], once")
	}
	path, err := exec.LookPath("faasgen")
	ts.Check(err)
	s.cmd = exec.Command(path, append([]string{"dev", "--addr", "127.0.0.1:0"}, args...)...)
	s.cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "GOCACHE", "GOMODCACHE", "GOROOT", "GOFLAGS", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOENV", "CGO_ENABLED", "GREETING"} {
		s.cmd.Env = append(s.cmd.Env, name+"="+ts.Getenv(name))
	}
	s.change, s.exited = make(chan struct{}), make(chan struct{})
	s.cmd.Stdout, s.cmd.Stderr = s, s
	ts.Check(s.cmd.Start())
	go func() {
		s.cmd.Wait()
		close(s.exited)
	}()
	ts.Defer(func() {
		s.cmd.Process.Signal(syscall.SIGTERM)
		<-s.exited
		if s.seen < s.text.Len() {
			ts.Logf("[faasgen dev said]\n%s", s.text.String())
		}
	})
}

// busy VARIABLE takes a port for the time of the script and puts its address into the variable, its number into PORT.
func busy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: busy VARIABLE")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], l.Addr().String())
	ts.Setenv("PORT", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
}

// see 'pattern' waits for new output of the server that matches.
func see(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serverKey{}).(*server)
	if neg || len(args) != 1 || s.cmd == nil {
		ts.Fatalf("usage: see 'pattern', after serve")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	limit := time.After(patience)
	for {
		s.mu.Lock()
		found, change := pattern.FindIndex(s.text.Bytes()[s.seen:]), s.change
		if found != nil {
			s.seen += found[1]
		}
		if m := regexp.MustCompile(`serving on (\S+)`).FindSubmatch(s.text.Bytes()); m != nil {
			s.url = string(m[1])
		}
		s.mu.Unlock()
		if found != nil {
			return
		}
		select {
		case <-change:
		case <-s.exited:
			ts.Fatalf("faasgen dev ended and did not say %q", args[0])
		case <-limit:
			ts.Fatalf("faasgen dev did not say %q", args[0])
		}
	}
}

// fetch METHOD PATH [Header=value ...] sends a request and prints status and body, for stdout.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serverKey{}).(*server)
	if neg || len(args) < 2 || s.url == "" {
		ts.Fatalf("usage: fetch METHOD PATH [Header=value ...], after see 'serving on'")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, args[0], s.url+args[1], nil)
	ts.Check(err)
	for _, h := range args[2:] {
		name, value, _ := strings.Cut(h, "=")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	_, err = fmt.Fprintf(ts.Stdout(), "%d %s\n", res.StatusCode, body)
	ts.Check(err)
}

// interrupt sends what Ctrl-C does and checks that the server ends well.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serverKey{}).(*server)
	if neg || len(args) != 0 || s.cmd == nil {
		ts.Fatalf("usage: interrupt, after serve")
	}
	ts.Check(s.cmd.Process.Signal(os.Interrupt))
	select {
	case <-s.exited:
	case <-time.After(patience):
		ts.Fatalf("faasgen dev did not end")
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		ts.Fatalf("faasgen dev ended with exit code %d:\n%s", code, s.text.String())
	}
}
