//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package prompt

import "syscall"

const getTermios, setTermios = syscall.TIOCGETA, syscall.TIOCSETA
