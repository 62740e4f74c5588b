//go:build !linux

package runtimeapi

import (
	"context"
	"io"
	"net"
)

func dialTCP(ctx context.Context, addr string, _ bool) (io.ReadWriteCloser, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}
