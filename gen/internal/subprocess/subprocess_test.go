//go:build unix

package subprocess

import (
	"bufio"
	"context"
	"io"
	"testing"
)

// TestCommandEndsWithWhatItStarted: a shell waits for what it has started, which would hold the pipe open.
func TestCommandEndsWithWhatItStarted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cmd := Command(ctx, "sh", "-c", "trap 'exit 3' INT; (echo ready; exec sleep 600); exit 4")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit code %d, want that of its own handler", code)
	}
}
