//go:build unix

package platform

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// childVariable makes TestMainEnds the process that it looks at: what its loop does.
const childVariable = "FAASGEN_TEST_LOOP"

// loop is the main of the child. It says when it can be told to stop.
func loop(ctx context.Context) error {
	how := os.Getenv(childVariable)
	if how == "fail" {
		return errors.New("cannot go on")
	}
	fmt.Println("up")
	if how == "itself" {
		Stop()
	}
	<-ctx.Done()
	ending, cancel := Ending(ctx)
	defer cancel()
	if _, bounded := ending.Deadline(); ending.Err() != nil || !bounded {
		return fmt.Errorf("the end has the context %v", ending)
	}
	if how == "hang" {
		fmt.Println("ending")
		select {}
	}
	return nil
}

func TestMainEnds(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		Main(loop)
	}
	tests := []struct {
		how     string
		signals []syscall.Signal // each after a line of the child
		state   string
		stderr  string
	}{
		{"stop", []syscall.Signal{syscall.SIGTERM}, "exit status 0", ""},
		{"stop", []syscall.Signal{syscall.SIGINT}, "exit status 0", ""},
		{"hang", []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}, "signal: terminated", ""},
		{"itself", nil, "exit status 0", ""},
		{"fail", nil, "exit status 1", "faasgen: cannot go on\n"},
	}
	for _, tt := range tests {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMainEnds$")
		cmd.Env = append(os.Environ(), childVariable+"="+tt.how)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for _, s := range tt.signals {
			if !lines.Scan() {
				t.Fatalf("%s: the child ended early: %s", tt.how, &stderr)
			}
			if err := cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
		}
		_ = cmd.Wait() // the state says it
		if got := cmd.ProcessState.String(); got != tt.state || stderr.String() != tt.stderr {
			t.Errorf("%s, %v: %s, %q; want %s, %q", tt.how, tt.signals, got, &stderr, tt.state, tt.stderr)
		}
	}
}
