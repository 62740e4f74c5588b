//go:build unix

package legacy

import (
	"os"
	"syscall"
)

// Signals go to the whole process group: a server that a shell or a supervisor has started must not outlive it.

func terminateGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGTERM) }
func killGroup(p *os.Process)      { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
