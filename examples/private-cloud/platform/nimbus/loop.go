package nimbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

const (
	// drain is how long running requests and the end of the unit may take after SIGTERM. Nimbus kills what is left after ten seconds.
	drain = 9 * time.Second
	// maxEvent bounds an event, in bytes.
	maxEvent = 1 << 20
)

// Run runs the unit and never returns: it exits with 0 after SIGTERM, and with 1 and a message when it cannot go on. Generated code
// calls it as the only statement of main.
func Run(n platform.New, codecs ...platform.Codec) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if err := run(ctx, n, codecs); err != nil {
		fmt.Fprintln(os.Stderr, "nimbus:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run ends with nil when ctx ends.
func run(ctx context.Context, n platform.New, codecs []platform.Codec) error {
	rt := &framework.Runtime{
		Platform: "nimbus", Function: os.Getenv("NIMBUS_FUNCTION"), CodeDir: ".", Env: os.Getenv(framework.EnvironmentVariable),
		Logger: platform.NewLogger(os.Stderr, platform.LogOptions{}),
	}
	e := framework.NewEngine(rt, n(rt))
	h, err := Handler(e, codecs...)
	if err != nil {
		return err
	}
	if err := e.Start(ctx); err != nil {
		return err
	}
	e.LogColdStart()
	ln, err := net.Listen("tcp", ":"+os.Getenv("NIMBUS_PORT")) // the gateway is on another machine
	if err != nil {
		return errors.Join(err, e.Close(context.WithoutCancel(ctx)))
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, DisableGeneralOptionsHandler: true}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return errors.Join(err, server.Shutdown(ctx), e.Close(ctx))
}

// Handler answers everything that Nimbus sends to a unit.
func Handler(e *framework.Engine, codecs ...platform.Codec) (http.Handler, error) {
	d, err := platform.NewDispatcher(e, codecs)
	if err != nil {
		return nil, err
	}
	d.Identify = Identify
	requests, err := nethttp.Handler(e, nethttp.Options{
		Invocation: func(r *http.Request) framework.Invocation {
			return framework.Invocation{RequestID: r.Header.Get(RequestHeader)}
		},
		DropHeaders: func(name string) bool { return strings.HasPrefix(name, Reserved) },
	})
	if err != nil {
		return nil, err
	}
	return nethttp.DiscardUnread(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(EventHeader) == "" {
			requests.ServeHTTP(w, r)
			return
		}
		event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
		var response []byte
		if err == nil {
			v := &Invocation{RequestID: r.Header.Get(RequestHeader), Event: event}
			response, err = d.Handle(r.Context(), event, framework.Invocation{RequestID: v.RequestID, Vendor: v})
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			e.Runtime().Log().Error("event failed", "request_id", r.Header.Get(RequestHeader), "error", err)
			told := platform.Describe(err, false)
			response, _ = json.Marshal(Failure{told.Type, told.Message}) // two strings
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = w.Write(response) // a gateway that has gone needs no response
	})), nil
}

// Failure is the response of an event that failed.
type Failure struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}
