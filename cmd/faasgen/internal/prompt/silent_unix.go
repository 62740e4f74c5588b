//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package prompt

import (
	"os"
	"syscall"
	"unsafe"
)

// Silence keeps the terminal from showing what is typed, but for the ends of lines, until restore is called.
func Silence(terminal *os.File) (restore func(), err error) {
	before, err := get(terminal)
	if err != nil {
		return nil, err
	}
	silent := before
	silent.Lflag = silent.Lflag&^syscall.ECHO | syscall.ECHONL | syscall.ICANON | syscall.ISIG
	if err := set(terminal, silent); err != nil {
		return nil, err
	}
	return func() { _ = set(terminal, before) }, nil
}

func get(terminal *os.File) (t syscall.Termios, err error) {
	return t, control(terminal, getTermios, &t)
}

func set(terminal *os.File, t syscall.Termios) error { return control(terminal, setTermios, &t) }

func control(terminal *os.File, request uintptr, t *syscall.Termios) error {
	raw, err := terminal.SyscallConn()
	if err != nil {
		return err
	}
	var code syscall.Errno
	if err := raw.Control(func(fd uintptr) {
		_, _, code = syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(t)))
	}); err != nil {
		return err
	}
	if code != 0 {
		return os.NewSyscallError("ioctl", code)
	}
	return nil
}
