//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestOneSignalEndsReading: a read of standard input that never ends knows of no signal.
func TestOneSignalEndsReading(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := filepath.Join(t.TempDir(), "faasgen") // under which name this binary is the command
	if err := os.Symlink(self, command); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd := exec.Command(command, "invoke", "order-create", "--event", "-")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write(make([]byte, 1<<20)); err != nil { // more than a pipe holds: it is reading
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		hung := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		if !hung.Stop() {
			t.Errorf("%v did not end it", signal)
		}
		if code := cmd.ProcessState.ExitCode(); code != 1 || errs.String() != "faasgen: interrupted\n" {
			t.Errorf("%v: exit code %d and %q", signal, code, errs.String())
		}
	}
}
