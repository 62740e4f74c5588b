//go:build !unix

package platform

import (
	"os"
	"syscall"
)

// terminate sends SIGTERM to a process, where the system has such a thing.
func terminate(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Signal(syscall.SIGTERM)
}
