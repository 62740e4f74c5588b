package sim

import (
	"os/exec"
	"syscall"
)

// isolate gives the process a group of its own and lets it die with us, so that a simulator that is killed leaves no
// frozen processes behind.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
