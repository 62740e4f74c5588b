//go:build unix && !linux

package legacy

import (
	"os/exec"
	"syscall"
)

// isolate makes the process the first of a group of its own.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
