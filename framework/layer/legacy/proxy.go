package legacy

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	// idle is how long a connection is used again. Servers close theirs after two seconds and more, and a request that meets such
	// an end may not be sent again.
	idle = time.Second
	// maxHeader is how long the head of a response may be, in bytes.
	maxHeader = 1 << 20
	// maxLogged is how much is logged of an error, which may have what the application sent.
	maxLogged = 500
)

func newTransport(p place) *http.Transport {
	network, address := p.network()
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			conn, err := d.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &polite{Conn: conn, asked: make(chan struct{})}, nil
		},
		MaxIdleConnsPerHost:    100,
		IdleConnTimeout:        idle,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // what the application sends is what the client gets
	}
}

// polite is a connection that nothing is read of before something was asked. What an application sends before that, which is no
// HTTP, is the answer to the first request then; net/http would print it past every log.
type polite struct {
	net.Conn
	once  sync.Once
	asked chan struct{}
}

func (p *polite) Read(b []byte) (int, error) {
	<-p.asked
	return p.Conn.Read(b)
}

func (p *polite) Write(b []byte) (int, error) {
	p.once.Do(func() { close(p.asked) })
	return p.Conn.Write(b)
}

func (p *polite) Close() error {
	err := p.Conn.Close()
	p.once.Do(func() { close(p.asked) })
	return err
}

// newProxy passes requests on as they are. What is said of the client is what the platform says, and nothing that the client
// says of itself.
func (s *Server) newProxy(c *child) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: c.transport,
		ErrorLog:  log.New(io.Discard, "", 0), // ErrorHandler and the engine tell
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = "http", "localhost", p.In.Host
			p.Out.URL.RawQuery = p.In.URL.RawQuery // also where it is not well formed: the application decides
			for name := range p.Out.Header {
				if strings.HasPrefix(name, "X-Forwarded-") || name == "X-Real-Ip" || name == "Upgrade" || name == "Connection" {
					p.Out.Header.Del(name)
				}
			}
			address, proto := client(p.In)
			if address != "" {
				p.Out.Header.Set("X-Forwarded-For", address)
			}
			p.Out.Header.Set("X-Forwarded-Host", p.In.Host)
			p.Out.Header.Set("X-Forwarded-Proto", proto)
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() != nil {
				panic(http.ErrAbortHandler) // the client has gone, or was answered
			}
			if stated, ok := errors.AsType[*framework.Error](err); ok { // of the request's body
				s.refuse(w, r, stated, 0)
				return
			}
			s.refuse(w, r, &framework.Error{Status: http.StatusBadGateway, Code: "application_failed", Message: "the application did not answer", Err: err}, 0)
		},
	}
}

// client is the address and protocol of the client, as the platform knows them.
func client(r *http.Request) (address, proto string) {
	if x := web.From(r.Context()); x != nil {
		return x.Request.RemoteAddr, cmp.Or(x.Request.Proto, "http")
	}
	address, _, _ = net.SplitHostPort(r.RemoteAddr)
	if r.TLS != nil {
		return address, "https"
	}
	return address, "http"
}

// ServeHTTP passes a request on to the application. While there is none, it is answered with 503 and Retry-After, and with 502 when
// the application ends or sends no HTTP before it has answered. WebSockets are refused with 501: no platform's functions carry them.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		s.upgrades.Do(func() {
			s.log.Warn("a WebSocket is refused with 501, as are those that follow: functions carry none; have clients poll or read server-sent events", "command", s.command.String(), "path", r.URL.Path)
		})
		s.refuse(w, r, &framework.Error{Status: http.StatusNotImplemented, Code: "upgrade_not_supported", Message: "functions carry no WebSockets: poll, or read server-sent events"}, 0)
		return
	}
	c, err := s.acquire(r.Context())
	if err != nil {
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler)
		}
		after := time.Duration(0)
		if u, ok := errors.AsType[*unavailable](err); ok {
			after = u.after
		}
		s.refuse(w, r, &framework.Error{Status: http.StatusServiceUnavailable, Code: "application_unavailable", Message: "the application is not available; try again", Err: err}, max(after, time.Second))
		return
	}
	// The application may answer before it has read all of the body. A platform that cannot do both at once says so.
	_ = http.NewResponseController(w).EnableFullDuplex()
	if r.Context().Value(http.ServerContextKey) == nil {
		// Without it the proxy would take a response that breaks off for whole, where there is no server.
		r = r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, new(http.Server)))
	}
	c.proxy.ServeHTTP(w, r)
}

// problem is the form that functions' errors have.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	Code      string `json:"code,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Cause     string `json:"cause,omitempty"`
}

// refuse answers in the place of the application. What is wrong is for the log.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, e *framework.Error, after time.Duration) {
	p := problem{Type: "about:blank", Title: http.StatusText(e.Status), Status: e.Status, Detail: e.Message, Code: e.Code}
	if ctx := framework.From(r.Context()); ctx != nil {
		p.RequestID = ctx.RequestID()
	}
	if e.Err != nil {
		cause := e.Err.Error()
		if len(cause) > maxLogged {
			cause = strings.ToValidUTF8(cause[:maxLogged], "") + "..."
		}
		if s.dev {
			p.Cause = cause
		}
		if e.Status >= 500 {
			s.log.Error("request failed", "status", e.Status, "method", r.Method, "command", s.command.String(), "error", cause, "request_id", p.RequestID)
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}") // cannot be: there are only strings and a number in it
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	if after > 0 {
		h.Set("Retry-After", fmt.Sprint(int(math.Ceil(after.Seconds()))))
	}
	w.WriteHeader(e.Status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}
