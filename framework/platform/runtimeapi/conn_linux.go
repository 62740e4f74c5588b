package runtimeapi

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// connectTimeout is how long the kernel tries to connect. The endpoint is on this machine, or as good as.
const connectTimeout = 10 * time.Second

// socket is a TCP connection made without package net, whose resolver and address types would be an eighth of a small
// unit. As an os.File it waits in the runtime's poller, or in a thread if it is a blocking one.
type socket struct {
	*os.File
	raw   syscall.RawConn
	alive bool
	probe func(fd uintptr) bool
}

func dialTCP(_ context.Context, addr string, ownThread bool) (io.ReadWriteCloser, error) {
	to, err := parseIPv4(addr)
	if err != nil {
		return nil, err
	}
	fd, err := connect(to, ownThread)
	for err == syscall.EINTR { // what a half-made connection does next differs; a new one is simpler
		fd, err = connect(to, ownThread)
	}
	if err != nil {
		return nil, os.NewSyscallError("connect", err)
	}
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	s := &socket{File: os.NewFile(uintptr(fd), addr)}
	if s.raw, err = s.SyscallConn(); err != nil {
		s.Close()
		return nil, err
	}
	s.probe = func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_DONTWAIT)
		s.alive = err == syscall.EAGAIN || err == syscall.EINTR
		return true
	}
	return s, nil
}

// Close ends a read or write that waits, too: shutdown wakes a thread, where closing the file alone would not.
func (s *socket) Close() error {
	if s.raw != nil {
		s.raw.Control(func(fd uintptr) { syscall.Shutdown(int(fd), syscall.SHUT_RDWR) })
	}
	return s.File.Close()
}

func connect(to *syscall.SockaddrInet4, blocking bool) (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	limit := syscall.NsecToTimeval(int64(connectTimeout))
	err = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &limit)
	if err == nil {
		err = syscall.Connect(fd, to)
	}
	if err == nil && !blocking {
		err = syscall.SetNonblock(fd, true)
	} else if err == nil {
		err = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &syscall.Timeval{}) // it limits writes, too
	}
	if err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

// Stale reports whether the endpoint has closed the connection, or sent unrequested bytes.
func (s *socket) Stale() bool {
	s.alive = false
	s.raw.Read(s.probe)
	return !s.alive
}

// parseIPv4 reads "127.0.0.1:9001".
func parseIPv4(addr string) (*syscall.SockaddrInet4, error) {
	host, port, ok := strings.Cut(addr, ":")
	if host == "localhost" {
		host = "127.0.0.1"
	}
	to := new(syscall.SockaddrInet4)
	n, err := strconv.ParseUint(port, 10, 16)
	bytes := strings.Split(host, ".")
	ok = ok && err == nil && len(bytes) == len(to.Addr)
	to.Port = int(n)
	for i := 0; ok && i < len(to.Addr); i++ {
		n, err := strconv.ParseUint(bytes[i], 10, 8)
		ok = err == nil
		to.Addr[i] = byte(n)
	}
	if !ok {
		return nil, fmt.Errorf("address %q: expected IPv4:port", addr)
	}
	return to, nil
}
