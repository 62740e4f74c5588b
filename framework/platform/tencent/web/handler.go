package web

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/serve"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// newHandler takes the vendor's requests to the engine.
func newHandler(e *framework.Engine, log *slog.Logger) (http.Handler, error) {
	h, err := nethttp.Handler(e, nethttp.Options{
		VendorCORS:  !platform.AnswersCORS(e.Runtime()),
		Invocation:  invocation,
		RemoteAddr:  func(r *http.Request) string { return vendorOf(r).remote },
		Proto:       proto,
		MaxBody:     tencent.MaxPayload,
		Freezes:     true,
		MaxResponse: tencent.MaxPayload,
		DropHeaders: serve.Drop(log, tencent.ForbiddenHeader),
	})
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The bridge would drop the vendor's headers of request and response alike. Those of the request go here, so that
		// one that is dropped there is the function's own doing, and worth a line.
		*vendorOf(r) = read(r.Header)
		h.ServeHTTP(w, r)
	}), nil
}

// vendor is what SCF adds to a request.
type vendor struct{ id, remote string }

type connectionKey struct{}

// newConnection gives each connection a place for the vendor's part of its request. It has one request at a time.
func newConnection(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, new(vendor))
}

func vendorOf(r *http.Request) *vendor {
	v, _ := r.Context().Value(connectionKey{}).(*vendor)
	return v
}

// read takes the vendor's headers out of h.
func read(h http.Header) vendor {
	v := vendor{id: h.Get("X-Scf-Request-Id")}
	if v.id == "" {
		v.id = fmt.Sprintf("made-up-%016x", rand.Uint64())
	}
	if a, err := netip.ParseAddr(h.Get("X-Scf-Remote-Addr")); err == nil {
		v.remote = a.String()
	}
	for name := range h {
		if tencent.ForbiddenHeader(name) {
			delete(h, name)
		}
	}
	return v
}

func invocation(r *http.Request) framework.Invocation {
	v := tencent.Process()
	v.RequestID = vendorOf(r).id
	return framework.Invocation{RequestID: v.RequestID, Vendor: v}
}

func proto(r *http.Request) string {
	if strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "http") {
		return "http"
	}
	return "https" // the vendor's URLs are nothing else
}
