//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package prompt

import "os"

// Silence returns ErrUnable.
func Silence(*os.File) (restore func(), err error) { return nil, ErrUnable }
