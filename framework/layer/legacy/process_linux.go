package legacy

import (
	"os/exec"
	"syscall"
)

// isolate makes the process the first of a group of its own, and has it killed when we are, also where we get no chance to.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
