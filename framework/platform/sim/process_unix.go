//go:build unix

package sim

import (
	"os"
	"syscall"
)

// Signals go to the whole process group, as a vendor stops or kills the sandbox and not one process in it.

func killGroup(p *os.Process) error     { return syscall.Kill(-p.Pid, syscall.SIGKILL) }
func stopGroup(p *os.Process) error     { return syscall.Kill(-p.Pid, syscall.SIGSTOP) }
func continueGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGCONT) }
