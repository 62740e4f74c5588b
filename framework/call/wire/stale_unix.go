//go:build unix

package wire

import "syscall"

// Stale reports whether the endpoint has closed the connection, or sent bytes that no request was made for. A unit that is frozen
// between its calls often finds the connection closed.
func (s *socket) Stale() bool {
	c, ok := s.plain.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	quiet := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = err == syscall.EAGAIN || err == syscall.EINTR
		return true
	})
	return err != nil || !quiet
}
