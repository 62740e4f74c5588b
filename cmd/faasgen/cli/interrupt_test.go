//go:build unix

package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// supervised runs a command under signals, and returns them and its exit code.
func supervised(t *testing.T, tl *tool, patience time.Duration, run func(context.Context) int) (signals chan<- os.Signal, code <-chan int) {
	t.Helper()
	tl.err = new(bytes.Buffer)
	s, c := make(chan os.Signal), make(chan int, 1)
	go func() { c <- tl.supervise(s, patience, run) }()
	return s, c
}

// never is a patience that no test waits for.
const never = time.Hour

func TestOneSignalEndsWhatDoesNotListen(t *testing.T) {
	tl := &tool{}
	started := make(chan string)
	signals, code := supervised(t, tl, 0, func(context.Context) int {
		dir, _, err := tl.temporary("faasgen-test-")
		if err != nil {
			t.Error(err)
		}
		started <- dir
		select {}
	})
	dir := <-started
	signals <- syscall.SIGTERM
	if got := <-code; got != exitFailed || tl.err.(*bytes.Buffer).String() != "faasgen: interrupted\n" {
		t.Errorf("exit code %d and %q", got, tl.err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the temporary folder is still there: %v", err)
	}
}

func TestOneSignalLetsARunEndByItself(t *testing.T) {
	signals, code := supervised(t, &tool{}, never, func(ctx context.Context) int {
		<-ctx.Done()
		return 7
	})
	signals <- os.Interrupt
	if got := <-code; got != 7 {
		t.Errorf("exit code %d, want that of the run", got)
	}
}

func TestFirstSignalWaitsForProcesses(t *testing.T) {
	tl := &tool{}
	started, stop := make(chan struct{}), make(chan struct{})
	run := func(ctx context.Context) int {
		leave := tl.running.enter()
		close(started)
		<-stop
		leave()
		select {}
	}
	signals, code := supervised(t, tl, 0, run)
	<-started
	signals <- os.Interrupt
	select {
	case got := <-code:
		t.Fatalf("ended with %d while a process was running", got)
	case stop <- struct{}{}:
	}
	if got := <-code; got != exitFailed {
		t.Errorf("exit code %d", got)
	}

	tl, started = &tool{}, make(chan struct{})
	signals, code = supervised(t, tl, never, run)
	<-started
	signals <- os.Interrupt
	signals <- os.Interrupt // ends the patience
	signals <- os.Interrupt // and the wait for the process
	if got := <-code; got != exitFailed {
		t.Errorf("exit code %d", got)
	}
}

func TestNoSignalComesBetweenFiles(t *testing.T) {
	tl := &tool{}
	dir := t.TempDir()
	started, write := make(chan struct{}), make(chan struct{})
	signals, code := supervised(t, tl, 0, func(context.Context) int {
		leave := tl.writing.enter()
		close(started)
		for range 2 {
			<-write
		}
		if err := os.WriteFile(filepath.Join(dir, "last"), nil, 0o644); err != nil {
			t.Error(err)
		}
		leave()
		select {}
	})
	<-started
	signals <- os.Interrupt
	for range 2 {
		select {
		case got := <-code:
			t.Fatalf("ended with %d between two files", got)
		case write <- struct{}{}:
		}
	}
	if got := <-code; got != exitFailed {
		t.Errorf("exit code %d", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "last")); err != nil {
		t.Error(err)
	}
}
