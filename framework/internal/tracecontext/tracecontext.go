// Package tracecontext reads the headers in which a trace goes from a caller to whom it calls: the traceparent of W3C Trace Context
// (https://www.w3.org/TR/trace-context/), the X-Amzn-Trace-Id of AWS X-Ray, and the span context of Jaeger, which Alibaba sends. All
// come out in the form of W3C, so that the ids in logs, in spans and in calls of other functions are the same text. Which header
// counts where there are several is its callers' to decide, and so is what becomes of the trace.
package tracecontext

import "strings"

const (
	maxVendor = 1024 // bytes that are read of a vendor's header
	ofXRay    = "Root="
)

// Parent is what an invocation came with of a trace.
type Parent struct {
	Trace [16]byte
	Span  [8]byte // zero where only the trace is known, as of an X-Ray header without a parent
	// Sampled is the caller's word where Decided. That a vendor does not sample decides nothing: it says so of each call while its
	// own tracing is switched off.
	Sampled, Decided bool
}

// ID is the id of the trace, in 32 hexadecimal digits.
func (p *Parent) ID() string {
	const hex = "0123456789abcdef"
	var text [32]byte
	for i, b := range p.Trace {
		text[2*i], text[2*i+1] = hex[b>>4], hex[b&15]
	}
	return string(text[:])
}

// Parse reads a traceparent: 00-<32 digits>-<16 digits>-<2 digits>. Later versions may have more after that.
func Parse(text string) (p Parent, ok bool) {
	if len(text) < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' || text[:2] == "ff" || text[:2] == "00" && len(text) != 55 ||
		len(text) > 55 && text[55] != '-' {
		return Parent{}, false
	}
	var version, flags [1]byte
	if !digits(version[:], text[:2]) || !digits(p.Trace[:], text[3:35]) || !digits(p.Span[:], text[36:52]) || !digits(flags[:], text[53:55]) ||
		p.Trace == [16]byte{} || p.Span == [8]byte{} {
		return Parent{}, false
	}
	p.Sampled, p.Decided = flags[0]&1 == 1, true
	return p, true
}

// ParseVendor reads the header of a cloud: Root=1-<8 digits>-<24 digits>;Parent=<16 digits>;Sampled=1 of X-Ray, whose digits together are
// the trace id of W3C, or trace:span:parent:flags of Jaeger, whose ids may lack zeros at their front.
func ParseVendor(text string) (p Parent, ok bool) {
	switch {
	case text == "" || len(text) > maxVendor:
		return Parent{}, false
	case strings.Contains(text, ofXRay):
		return parseXRay(text)
	}
	return parseJaeger(text)
}

func parseXRay(text string) (p Parent, ok bool) {
	for text != "" {
		var field string
		field, text, _ = strings.Cut(text, ";")
		name, value, _ := strings.Cut(strings.TrimPrefix(field, " "), "=")
		switch name {
		case "Root":
			if len(value) != 35 || value[:2] != "1-" || value[10] != '-' || !digits(p.Trace[:4], value[2:10]) || !digits(p.Trace[4:], value[11:]) {
				return Parent{}, false
			}
		case "Parent":
			if !digits(p.Span[:], value) {
				p.Span = [8]byte{}
			}
		case "Sampled":
			p.Sampled = value == "1"
		}
	}
	if p.Trace == [16]byte{} {
		return Parent{}, false
	}
	p.Decided = p.Sampled
	return p, true
}

func parseJaeger(text string) (p Parent, ok bool) {
	trace, text, _ := strings.Cut(text, ":")
	span, text, _ := strings.Cut(text, ":")
	_, flags, ok := strings.Cut(text, ":")
	var f [1]byte
	if !ok || !short(p.Trace[:], trace) || !short(p.Span[:], span) || !short(f[:], flags) || p.Trace == [16]byte{} {
		return Parent{}, false
	}
	p.Sampled = f[0]&1 == 1
	p.Decided = p.Sampled
	return p, true
}

// short decodes digits that may lack zeros at their front.
func short(to []byte, text string) bool {
	const zeros = "00000000000000000000000000000000"
	if text == "" || len(text) > 2*len(to) {
		return false
	}
	return digits(to, zeros[:2*len(to)-len(text)]+text)
}

// digits decodes hexadecimal digits, of which the standards want small ones. What is to be filled stays broken where they are not.
func digits(to []byte, text string) bool {
	if len(text) != 2*len(to) {
		return false
	}
	for i := range to {
		high, low := digit(text[2*i]), digit(text[2*i+1])
		if high|low > 15 {
			return false
		}
		to[i] = high<<4 | low
	}
	return true
}

func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}
