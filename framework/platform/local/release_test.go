//go:build unix

package local

import (
	"os"
	"syscall"
	"testing"
)

// release returns a file descriptor of f that nothing else closes, as a process has it from its parent.
func release(t *testing.T, f *os.File) int {
	t.Helper()
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	return fd
}
