//go:build !unix

package hold

import "os"

// exists reports whether there is a process.
func exists(pid int) bool {
	p, err := os.FindProcess(pid)
	if err == nil {
		_ = p.Release()
	}
	return err == nil
}
