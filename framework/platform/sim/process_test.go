package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary plays the artefact: SIM_ACT says what it does.
func TestMain(m *testing.M) {
	switch act := os.Getenv("SIM_ACT"); act {
	case "":
		os.Exit(m.Run())
	case "env":
		env := os.Environ()
		slices.Sort(env)
		dir, _ := os.Getwd()
		fmt.Println(strings.Join(env, "|"), filepath.Base(dir), os.Args[1:])
	case "exit":
		fmt.Fprintln(os.Stderr, "about to exit")
		os.Exit(7)
	case "term", "ignore":
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		fmt.Println("ready")
		<-c
		if act == "ignore" {
			select {}
		}
		fmt.Println("closed")
	case "listen":
		ln, err := net.Listen("tcp", os.Getenv("ADDR"))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		for {
			if c, err := ln.Accept(); err == nil {
				c.Close()
			}
		}
	case "flood":
		line := strings.Repeat("x", 1023) + "\n"
		for range 200 {
			fmt.Print(line)
		}
		fmt.Println("the end")
	}
}

// lines hands out what a process writes, one write at a time.
type lines chan string

func (l lines) Write(p []byte) (int, error) { l <- string(p); return len(p), nil }

func (l lines) wait(t *testing.T, want string) {
	t.Helper()
	var seen strings.Builder
	limit := time.After(10 * time.Second)
	for {
		select {
		case s := <-l:
			if seen.WriteString(s); strings.Contains(seen.String(), want) {
				return
			}
		case <-limit:
			t.Fatalf("no %q in the output; it was %q", want, seen.String())
		}
	}
}

func launch(t *testing.T, act string, a Artifact, env ...string) *Child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a.Dir = t.TempDir()
	a.Command, a.Unit = "bootstrap", "unit"
	if err := os.Symlink(exe, filepath.Join(a.Dir, a.Command)); err != nil {
		t.Fatal(err)
	}
	c, err := Launch(a, append(env, "SIM_ACT="+act))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Kill() })
	return c
}

func exited(t *testing.T, c *Child) {
	t.Helper()
	select {
	case <-c.Exited():
	case <-time.After(10 * time.Second):
		t.Fatal("the process did not exit")
	}
}

func TestEnvironmentIsExact(t *testing.T) {
	t.Setenv("SIM_SECRET", "must not leak")
	c := launch(t, "env", Artifact{Args: []string{"a", "b"}, Environment: map[string]string{"USER_SET": "1", "RESERVED": "user"}}, "RESERVED=vendor")
	exited(t, c)
	want := "RESERVED=vendor|SIM_ACT=env|USER_SET=1 001 [a b]\n"
	if got := c.Tail(); got != want {
		t.Errorf("environment, folder and arguments:\n got %q\nwant %q", got, want)
	}
	if c.ExitCode() != 0 {
		t.Errorf("exit code = %d", c.ExitCode())
	}
}

func TestExitCodeAndOutput(t *testing.T) {
	var out bytes.Buffer
	c := launch(t, "exit", Artifact{Output: &out})
	exited(t, c)
	if c.ExitCode() != 7 || out.String() != "about to exit\n" {
		t.Errorf("exit code %d, output %q", c.ExitCode(), out.String())
	}
	if err := c.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("signal to an ended process: %v", err)
	}
	if err := c.Stop(time.Hour); err != nil {
		t.Errorf("stop of an ended process: %v", err)
	}
}

func TestTailIsBounded(t *testing.T) {
	c := launch(t, "flood", Artifact{})
	exited(t, c)
	if got := c.Tail(); len(got) != tailSize || !strings.HasSuffix(got, "x\nthe end\n") {
		t.Errorf("tail has %d bytes and ends in %q", len(got), got[max(0, len(got)-20):])
	}
}

func TestStop(t *testing.T) {
	out := make(lines, 100)
	c := launch(t, "term", Artifact{Output: out})
	out.wait(t, "ready")
	if err := c.Freeze(); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(10 * time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
	if !strings.HasSuffix(c.Tail(), "closed\n") || c.ExitCode() != 0 {
		t.Errorf("exit code %d, output %q", c.ExitCode(), c.Tail())
	}
}

func TestStopKills(t *testing.T) {
	out := make(lines, 100)
	c := launch(t, "ignore", Artifact{Output: out})
	out.wait(t, "ready")
	if err := c.Stop(20 * time.Millisecond); !errors.Is(err, ErrKilled) {
		t.Errorf("stop = %v, want ErrKilled", err)
	}
	if c.ExitCode() != -1 {
		t.Errorf("exit code of a killed process = %d", c.ExitCode())
	}
}

func TestFreeze(t *testing.T) {
	out := make(lines, 100)
	c := launch(t, "term", Artifact{Output: out})
	out.wait(t, "ready")
	for range 2 { // the second changes nothing
		if err := c.Freeze(); err != nil {
			t.Fatal(err)
		}
	}
	wantState(t, c, "T")
	c.Signal(syscall.SIGTERM)
	wantState(t, c, "T") // it stays frozen and gets the signal later
	if err := c.Thaw(); err != nil {
		t.Fatal(err)
	}
	exited(t, c)
	if c.ExitCode() != 0 {
		t.Errorf("exit code = %d", c.ExitCode())
	}
}

// wantState polls the state letter that the kernel shows for the process.
func wantState(t *testing.T, c *Child, want string) {
	t.Helper()
	limit := time.Now().Add(10 * time.Second)
	for {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Pid()))
		if err != nil {
			t.Skipf("no process states here: %v", err)
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		if strings.HasPrefix(rest, want) {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("state is %.1s, want %s", rest, want)
		}
	}
}

func TestListening(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c := launch(t, "listen", Artifact{}, "ADDR="+addr)
	if err := c.Listening(ctx, addr); err != nil {
		t.Error(err)
	}
	c = launch(t, "exit", Artifact{})
	exited(t, c)
	if err := c.Listening(ctx, "127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "exited with code 7 before it listened") {
		t.Errorf("of an ended process: %v", err)
	}
}

func TestLaunchErrors(t *testing.T) {
	for _, tt := range []struct{ command, want string }{
		{"../bootstrap", `command "../bootstrap" of unit u: expected a path inside the package`},
		{"/bin/sh", `command "/bin/sh" of unit u: expected a path inside the package`},
		{"missing", "start unit u: "},
	} {
		_, err := Launch(Artifact{Dir: t.TempDir(), Command: tt.command, Unit: "u"}, nil)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.command, err, tt.want)
		}
	}
}
