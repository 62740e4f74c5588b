package otel

import (
	"encoding/hex"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// parent is what an invocation came with of a trace.
type parent struct {
	trace   trace.TraceID
	span    trace.SpanID // zero where only the trace is known, as of an X-Ray header without a parent
	state   string       // tracestate
	sampled bool
	decided bool // sampled is the word of a caller that traces
}

// parentOf reads traceparent, of a calling function or of a request, else the vendor's own header.
func (s *settings) parentOf(ctx *framework.Context, x *web.Exchange) (p parent, ok bool) {
	if s.w3c {
		header, state := "", ""
		switch call := ctx.Call(); {
		case call != nil:
			header, state = call.Traceparent, call.Tracestate
		case x != nil:
			header, state = first(x.Request.Header["Traceparent"]), strings.Join(x.Request.Header["Tracestate"], ",")
		}
		if p, ok = ofTraceparent(header); ok {
			p.state = state
			return p, true
		}
	}
	if vendor := ctx.Trace(); vendor != "" {
		if p, ok = ofTraceparent(vendor); ok && s.w3c {
			return p, true
		}
		if s.vendor {
			return ofVendor(vendor)
		}
	}
	return parent{}, false
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// ofTraceparent reads 00-<32 digits>-<16 digits>-<2 digits>. Later versions may have more after that.
func ofTraceparent(text string) (p parent, ok bool) {
	if len(text) < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' || text[:2] == "ff" || text[:2] == "00" && len(text) != 55 ||
		len(text) > 55 && text[55] != '-' {
		return parent{}, false
	}
	var version, flags [1]byte
	if !digits(version[:], text[:2]) || !digits(p.trace[:], text[3:35]) || !digits(p.span[:], text[36:52]) || !digits(flags[:], text[53:55]) {
		return parent{}, false
	}
	p.sampled, p.decided = flags[0]&1 == 1, true
	return p, p.trace.IsValid() && p.span.IsValid()
}

// ofVendor reads Root=1-<8 digits>-<24 digits>;Parent=<16 digits>;Sampled=1 of X-Ray, whose digits together are the trace id of W3C, and
// trace:span:parent:flags of Jaeger, whose ids may lack zeros at their front. That the vendor does not sample decides nothing: it says
// so of each call while its own tracing is switched off.
func ofVendor(text string) (p parent, ok bool) {
	if len(text) > 1024 {
		return parent{}, false
	}
	if !strings.Contains(text, "Root=") {
		return ofJaeger(text)
	}
	for field := range strings.SplitSeq(text, ";") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(field), "="); name {
		case "Root":
			if len(value) != 35 || value[:2] != "1-" || value[10] != '-' || !digits(p.trace[:4], value[2:10]) || !digits(p.trace[4:], value[11:]) {
				return parent{}, false
			}
		case "Parent":
			if !digits(p.span[:], value) {
				p.span = trace.SpanID{}
			}
		case "Sampled":
			p.sampled = value == "1"
		}
	}
	p.decided = p.sampled
	return p, p.trace.IsValid()
}

func ofJaeger(text string) (p parent, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 4 || len(parts[0]) > 32 || len(parts[1]) > 16 || len(parts[3]) > 2 ||
		!digits(p.trace[:], strings.Repeat("0", 32-len(parts[0]))+parts[0]) || !digits(p.span[:], strings.Repeat("0", 16-len(parts[1]))+parts[1]) {
		return parent{}, false
	}
	var flags [1]byte
	if !digits(flags[:], strings.Repeat("0", 2-len(parts[3]))+parts[3]) {
		return parent{}, false
	}
	p.sampled = flags[0]&1 == 1
	p.decided = p.sampled
	return p, p.trace.IsValid()
}

// digits decodes hexadecimal digits, of which the standards want small ones.
func digits(to []byte, text string) bool {
	if len(text) != 2*len(to) || strings.ContainsAny(text, "ABCDEF") {
		return false
	}
	_, err := hex.Decode(to, []byte(text))
	return err == nil
}
