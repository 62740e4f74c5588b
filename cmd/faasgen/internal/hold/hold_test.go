package hold

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// ended is the pid of a process that has ended.
func ended(t *testing.T) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func write(t *testing.T, path string, o Owner) {
	t.Helper()
	content, err := json.Marshal(o)
	if err == nil {
		err = os.WriteFile(path, content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestTake(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	dead, since := ended(t), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, test := range map[string]struct {
		owner Owner
		held  bool
	}{
		"running":               {Owner{PID: os.Getppid(), Host: host, Since: since}, true},
		"ended":                 {Owner{PID: dead, Host: host, Since: since}, false},
		"ended, its tool runs":  {Owner{PID: dead, Tool: os.Getppid(), Host: host, Since: since}, true},
		"ended, its tool too":   {Owner{PID: dead, Tool: dead, Host: host, Since: since}, false},
		"on another machine":    {Owner{PID: dead, Host: host + "2", Since: since}, true},
		"this process's number": {Owner{PID: os.Getpid(), Host: host, Since: since}, false},
		"no process":            {Owner{Host: host, Since: since}, true},
	} {
		path := filepath.Join(t.TempDir(), "lock")
		write(t, path, test.owner)
		f, left, err := Take(path)
		held, ok := errors.AsType[*Held](err)
		switch {
		case ok != test.held:
			t.Errorf("%s: %v, want held %v", name, err, test.held)
		case ok && test.owner.PID > 0 && held.Owner != test.owner:
			t.Errorf("%s: held by %v, want %v", name, held.Owner, test.owner)
		case !ok && (left == nil || *left != test.owner):
			t.Errorf("%s: left by %v, want %v", name, left, test.owner)
		}
		if f != nil {
			if err := f.Release(); err != nil {
				t.Error(err)
			}
			if _, err := os.Lstat(path); err == nil {
				t.Errorf("%s: it is still there", name)
			}
		}
	}
}

// TestBroken is a file that a process has made and not written.
func TestBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Take(path); err == nil || err.Error() != path+" is held by a process that its file does not name" {
		t.Error(err)
	}
	if _, _, err := Take(filepath.Join(t.TempDir(), "absent", "lock")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestRelease leaves a file alone that another process has made in place of this one's.
func TestRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	f, left, err := Take(path)
	if err != nil || left != nil {
		t.Fatal(left, err)
	}
	if err := f.Runs(os.Getppid()); err != nil {
		t.Fatal(err)
	}
	var o Owner
	if content, err := os.ReadFile(path); err != nil || json.Unmarshal(content, &o) != nil || o.Tool != os.Getppid() || o.PID != os.Getpid() {
		t.Errorf("%s %v", content, err)
	}
	write(t, path, Owner{PID: 1, Host: "other"})
	if err := f.Release(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Error("another's is gone")
	}
}

// TestMain is a process of TestOneTakesOver where a variable says so: it prints whether it got the file, and keeps it until its input
// ends.
func TestMain(m *testing.M) {
	path := os.Getenv("HOLD_TEST_PATH")
	if path == "" {
		os.Exit(m.Run())
	}
	_, _, err := Take(path)
	_, held := errors.AsType[*Held](err)
	fmt.Println(map[bool]string{true: "held", false: fmt.Sprint("got ", err)}[held])
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// TestOneTakesOver has several processes take what an ended one left: one gets it.
func TestOneTakesOver(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lock")
	write(t, path, Owner{PID: ended(t), Host: host})
	got := 0
	var outs []*bufio.Reader
	for range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "HOLD_TEST_PATH="+path)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = in.Close()
			_ = cmd.Wait()
		})
		outs = append(outs, bufio.NewReader(out))
	}
	for _, out := range outs {
		switch line, err := out.ReadString('\n'); {
		case line == "got <nil>\n":
			got++
		case line != "held\n":
			t.Errorf("%q, %v", line, err)
		}
	}
	if got != 1 {
		t.Errorf("%d processes have it, want 1", got)
	}
}
