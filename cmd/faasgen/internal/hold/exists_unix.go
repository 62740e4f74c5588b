//go:build unix

package hold

import (
	"errors"
	"syscall"
)

// exists reports whether there is a process, also one of another user.
func exists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
