package accesslog

import (
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// traceID is the W3C trace id of an invocation, empty if there is none: that of traceparent, as the caller or the client sent it, else that
// of the vendor's header. It is 32 hexadecimal digits, whatever came.
func traceID(ctx *framework.Context, x *web.Exchange) string {
	parent := ""
	switch call := ctx.Call(); {
	case call != nil:
		parent = call.Traceparent
	case x != nil:
		if values := x.Request.Header["Traceparent"]; len(values) > 0 {
			parent = values[0]
		}
	}
	if id := ofTraceparent(parent); id != "" {
		return id
	}
	return ofVendor(ctx.Trace())
}

// ofTraceparent reads 00-<32 digits>-<16 digits>-<2 digits>. Later versions may have more after that.
func ofTraceparent(text string) string {
	if len(text) < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' || text[:2] == "ff" || text[:2] == "00" && len(text) != 55 ||
		len(text) > 55 && text[55] != '-' || !isHex(text[:2]) || !isHex(text[36:52]) || !isHex(text[53:55]) {
		return ""
	}
	return valid(text[3:35])
}

// ofVendor reads a traceparent, the Root=1-<8 digits>-<24 digits> of X-Ray, whose digits together are the trace id of W3C, and the
// trace:span:parent:flags of Jaeger, whose trace id may lack zeros at its front.
func ofVendor(text string) string {
	if text == "" || len(text) > 1024 {
		return ""
	}
	if id := ofTraceparent(text); id != "" {
		return id
	}
	if _, root, ok := strings.Cut(text, "Root="); ok {
		if len(root) < 35 || root[:2] != "1-" || root[10] != '-' || len(root) > 35 && root[35] != ';' {
			return ""
		}
		return valid(root[2:10] + root[11:35])
	}
	if id, _, ok := strings.Cut(text, ":"); ok && len(id) <= 32 {
		return valid(strings.Repeat("0", 32-len(id)) + id)
	}
	return ""
}

// valid is id if it can be one.
func valid(id string) string {
	if !isHex(id) || id == "00000000000000000000000000000000" {
		return ""
	}
	return id
}

func isHex(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
