//go:build !unix

package subprocess

import (
	"os"
	"os/exec"
)

// interruptible interrupts the command alone where there are no process groups.
func interruptible(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
}
