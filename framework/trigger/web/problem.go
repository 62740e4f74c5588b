package web

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/fault"
)

// problem is the body of an error response: RFC 9457 with three members more.
type problem struct {
	Type      string                 `json:"type"`
	Title     string                 `json:"title"`
	Status    int                    `json:"status"`
	Detail    string                 `json:"detail,omitempty"`
	Code      string                 `json:"code,omitempty"`
	RequestID string                 `json:"request_id,omitempty"`
	Errors    []framework.FieldError `json:"errors,omitempty"`
	Cause     string                 `json:"cause,omitempty"` // only in Dev
}

// fail makes the response of a call that failed, and logs what it does not show.
func (x *Exchange) fail(err error, info ErrorInfo) *Response {
	if errors.Is(err, ErrNotModified) {
		if r, err := x.succeed(&Response{Status: 304}, 0); err == nil {
			return r
		}
	}
	p := describe(err, info)
	x.log(err, p.Status, info)
	h := make(Header, 4)
	if !abandoned(err) {
		for name, vs := range x.response.Header {
			if len(vs) > 0 && !hopByHop(name) && !ofTheBody(name, vs) && checkHeader(Header{name: vs}) == nil {
				h[name] = vs
			}
		}
	}
	return x.refuse(h, p)
}

// refuse makes the response that shows p. Nothing of it may be cached: it is about this call, and in the
// form that this client wants.
func (x *Exchange) refuse(h Header, p problem) *Response {
	p.Type, p.Title = "about:blank", statusText(p.Status)
	body, contentType := p.shown(&x.Request)
	if len(h["Cache-Control"]) == 0 {
		h["Cache-Control"] = []string{"no-store"}
	}
	x.out = response{Response: Response{Status: p.Status, Header: h, Body: body}, contentType: contentType}
	return x.frame()
}

// describe decides what the caller sees of err.
func describe(err error, info ErrorInfo) problem {
	p := problem{Status: 500, RequestID: info.RequestID, Code: "internal", Detail: "the function failed; its log has the reason"}
	var stated *framework.Error
	switch {
	case errors.As(err, &stated):
		p.Detail, p.Code, p.Errors = stated.Message, stated.Code, stated.Fields
		if 400 <= stated.Status && stated.Status <= 599 {
			p.Status = stated.Status
		}
		if info.Dev && stated.Err != nil {
			p.Cause = stated.Err.Error()
		}
		return p
	case errors.Is(err, context.DeadlineExceeded):
		p.Status, p.Code, p.Detail = 504, "deadline_exceeded", "the function did not answer in time"
	case errors.Is(err, context.Canceled):
		p.Status, p.Code, p.Detail = 499, "canceled", "the call was cancelled"
	case errors.Is(err, framework.ErrClosed):
		p.Status, p.Code, p.Detail = 503, "unavailable", "the function is starting or stopping"
	}
	if info.Dev {
		p.Detail = err.Error()
	}
	return p
}

// abandoned reports whether err is the engine's word that the handler still runs. Its headers are still its own then:
// to read them here would be a race with what it does next.
func abandoned(err error) bool { return errors.Is(err, framework.ErrAbandoned) }

// ofTheBody reports whether the header describes the response that failed and not the call.
func ofTheBody(canonical string, values []string) bool {
	switch canonical {
	case "Content-Type", "Content-Length", "Content-Encoding", "Content-Range", "Content-Disposition", "Content-Language",
		"Content-Location", "Accept-Ranges", "Etag", "Last-Modified", "Expires":
		return true
	case "Cache-Control":
		return !strings.Contains(strings.ToLower(strings.Join(values, ",")), "no-store")
	}
	return false
}

// log writes what callers do not see.
func (x *Exchange) log(err error, status int, info ErrorInfo) {
	if fault.Logged(err) {
		return // by the engine, with its stack
	}
	var stated *framework.Error
	level := slog.LevelError
	switch {
	case errors.As(err, &stated) && status < 500:
		if stated.Err == nil {
			return
		}
		level = slog.LevelInfo
	case status == 499:
		level = slog.LevelInfo
	}
	log := info.Log
	if log == nil {
		log = slog.Default()
	}
	args := []any{"status", status, "method", x.Request.Method, "route", info.Route.Pattern, "error", err.Error()}
	if info.RequestID != "" {
		args = append(args, "request_id", info.RequestID)
	}
	if stack := fault.Stack(err); stack != nil {
		args = append(args, "stack", string(stack))
	}
	log.Log(context.Background(), level, "request failed", args...)
}

// Refuse is the response to a request that no route takes: 404, or 405 with Allow.
func (x *Exchange) Refuse(m Match, info ErrorInfo) *Response {
	h := make(Header, 4)
	p := problem{Status: m.Status, RequestID: info.RequestID, Code: "not_found", Detail: "nothing is here"}
	if m.Status == 405 {
		h["Allow"] = []string{m.Allow}
		p.Code, p.Detail = "method_not_allowed", "found "+printable(x.Request.Method)+", expected one of "+m.Allow
	} else {
		p.Status = 404
	}
	return x.refuse(h, p)
}

// printable is a method as it may be shown.
func printable(method string) string {
	if !validName(method) || len(method) > 20 {
		return "another method"
	}
	return method
}

// statusText is the reason phrase of the statuses that functions answer with; net/http has them all, and is not linked.
func statusText(status int) string {
	switch status {
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 402:
		return "Payment Required"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 406:
		return "Not Acceptable"
	case 408:
		return "Request Timeout"
	case 409:
		return "Conflict"
	case 410:
		return "Gone"
	case 411:
		return "Length Required"
	case 412:
		return "Precondition Failed"
	case 413:
		return "Request Entity Too Large"
	case 414:
		return "Request URI Too Long"
	case 415:
		return "Unsupported Media Type"
	case 416:
		return "Requested Range Not Satisfiable"
	case 417:
		return "Expectation Failed"
	case 418:
		return "I'm a teapot"
	case 421:
		return "Misdirected Request"
	case 422:
		return "Unprocessable Entity"
	case 423:
		return "Locked"
	case 424:
		return "Failed Dependency"
	case 425:
		return "Too Early"
	case 426:
		return "Upgrade Required"
	case 428:
		return "Precondition Required"
	case 429:
		return "Too Many Requests"
	case 431:
		return "Request Header Fields Too Large"
	case 451:
		return "Unavailable For Legal Reasons"
	case 499:
		return "Client Closed Request"
	case 500:
		return "Internal Server Error"
	case 501:
		return "Not Implemented"
	case 502:
		return "Bad Gateway"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	case 507:
		return "Insufficient Storage"
	case 508:
		return "Loop Detected"
	case 511:
		return "Network Authentication Required"
	}
	if status >= 500 {
		return "Server Error"
	}
	return "Client Error"
}
