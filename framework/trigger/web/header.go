package web

import (
	"net/textproto"
)

// Get returns the first value of the named header, empty if there is none. Names are matched without regard to case.
func (h Header) Get(name string) string {
	if v := h[textproto.CanonicalMIMEHeaderKey(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Values returns all values of the named header. The slice is the map's own.
func (h Header) Values(name string) []string { return h[textproto.CanonicalMIMEHeaderKey(name)] }

// Has reports whether the header is there, be it empty.
func (h Header) Has(name string) bool { return len(h.Values(name)) > 0 }

// Set replaces all values of the header by one.
func (h Header) Set(name, value string) {
	h[textproto.CanonicalMIMEHeaderKey(name)] = []string{value}
}

// Add adds a value to those that are there.
func (h Header) Add(name, value string) {
	name = textproto.CanonicalMIMEHeaderKey(name)
	h[name] = append(h[name], value)
}

// Del removes the header.
func (h Header) Del(name string) { delete(h, textproto.CanonicalMIMEHeaderKey(name)) }

// Clone returns a copy that shares nothing with h. The clone of a nil Header is nil.
func (h Header) Clone() Header {
	if h == nil {
		return nil
	}
	n := 0
	for _, vs := range h {
		n += len(vs)
	}
	values := make([]string, n) // one backing array for all
	c := make(Header, len(h))
	for name, vs := range h {
		n := copy(values, vs)
		c[name] = values[:n:n]
		values = values[n:]
	}
	return c
}

// canonicalName is the spelling that maps are keyed by. It costs nothing where name has it already.
func canonicalName(name string) string { return textproto.CanonicalMIMEHeaderKey(name) }

// ValidName reports whether name can be that of a header: a token of RFC 9110.
func ValidName(name string) bool { return validName(name) }

// validName reports whether name is a token of RFC 9110, which is what a header, a cookie and a method may be called.
func validName(name string) bool {
	for i := range len(name) {
		if !isToken(name[i]) {
			return false
		}
	}
	return name != ""
}

// The characters of a token, a bit for each: those below 64, and those from there on. Every name of every response is looked at.
const (
	tokensBelow64 = (1<<10-1)<<'0' | 1<<'!' | 1<<'#' | 1<<'$' | 1<<'%' | 1<<'&' | 1<<'\'' | 1<<'*' | 1<<'+' | 1<<'-' | 1<<'.'
	tokensFrom64  = (1<<26-1)<<('A'-64) | (1<<26-1)<<('a'-64) | 1<<('^'-64) | 1<<('_'-64) | 1<<('`'-64) | 1<<('|'-64) | 1<<('~'-64)
)

func isToken(c byte) bool {
	set := uint64(tokensBelow64)
	if c >= 64 {
		set = tokensFrom64
	}
	return c < 128 && set>>(c%64)&1 != 0
}

// validValue reports whether value may follow a header's name: no line break, no NUL and no other control character, so
// that a value can never start a header of its own.
func validValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// hopByHop reports whether the header belongs to one connection and not to the message, so that it must not be passed on.
func hopByHop(canonical string) bool {
	switch canonical {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}
