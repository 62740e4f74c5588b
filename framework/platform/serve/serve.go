// Package serve is the life of a process that listens for http, which is the same for every cloud: the unit starts, the port
// opens, requests are served until the process is stopped, what runs is finished, the unit is closed. A cloud's loop
// keeps what is its own: where it listens, how a request of its vendor becomes an invocation, what it does with a unit that
// did not start. Signals and exit codes are [platform.Main]'s, since loops that poll have them, too.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// Server is one process that listens.
type Server struct {
	// Engine is started before the port is opened, since vendors send requests as soon as it is.
	Engine *framework.Engine
	// HTTP has the handler, whose responses do not wait for a body that it does not read ([nethttp.DiscardUnread]), and the
	// limits; what it complains of goes to the engine's log unless it has an ErrorLog. A loop
	// whose other end is the vendor's own proxy sets no timeouts: a process that was frozen finds every timer due when it
	// goes on, just as the proxy sends the next request.
	HTTP *http.Server
	// Listen opens the port.
	Listen func() (net.Listener, error)
	// Serving is called when the unit has started and the port is open. Nil is nothing to do.
	Serving func(net.Addr)
	// Broken is called with the error of a start that failed. The port is opened all the same, so that the vendor learns from
	// the handler what is wrong, until the channel that it returns is closed. Nil leaves the port closed.
	Broken func(error) <-chan struct{}
	// Ending is called before the engine is closed, when no request runs any longer, with the context of the end. Nil is nothing
	// to do.
	Ending func(ctx context.Context)
}

// Run serves until ctx ends or the listener fails. It returns nil if ctx ended and everything came to its end within
// [platform.Grace], also when that was before the unit had started. The error of a start is returned as it is.
func (s Server) Run(ctx context.Context) error {
	broken := s.Engine.Start(ctx)
	if broken != nil && ctx.Err() != nil {
		return nil // it was stopped before it was up
	}
	var notified <-chan struct{}
	if broken != nil {
		if s.Broken == nil {
			return broken
		}
		notified = s.Broken(broken)
	}
	if s.HTTP.ErrorLog == nil {
		s.HTTP.ErrorLog = slog.NewLogLogger(s.Engine.Runtime().Log().Handler(), slog.LevelWarn)
	}
	s.HTTP.Handler, s.HTTP.DisableGeneralOptionsHandler = nethttp.DiscardUnread(s.HTTP.Handler), true
	l, err := s.Listen()
	if err != nil {
		return errors.Join(broken, err, s.shutDown(ctx))
	}
	if broken == nil {
		s.Engine.LogColdStart()
		if s.Serving != nil {
			s.Serving(l.Addr())
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- s.HTTP.Serve(l) }()
	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-notified:
	case <-ctx.Done():
	}
	return errors.Join(broken, err, s.shutDown(ctx))
}

// shutDown lets what runs finish, then closes the engine in any case.
func (s Server) shutDown(ctx context.Context) error {
	ctx, cancel := platform.Ending(ctx)
	defer cancel()
	requests, stop := context.WithTimeout(ctx, platform.Patience)
	defer stop()
	err := s.HTTP.Shutdown(requests)
	if err != nil { // such as streams that do not end by themselves
		err = fmt.Errorf("requests were still running after %s and were cut off: %w", platform.Patience, errors.Join(err, s.HTTP.Close()))
	}
	if s.Ending != nil {
		s.Ending(ctx)
	}
	return errors.Join(err, s.Engine.Close(ctx))
}

// Address is where a vendor's proxy finds the process: the port on every address, as proxies connect from outside of
// loopback. Variable is where the port was read from, for the error of one that is none.
func Address(port, variable string) (string, error) {
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", fmt.Errorf("%s: found %.40q, expected a port", variable, port)
	}
	return net.JoinHostPort("0.0.0.0", port), nil
}
