package limit

import (
	"crypto/sha256"
	"net/netip"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// maxKey is how long a key may be; a longer one is remembered by its hash.
const maxKey = 64

// clientIP is the address of a client. One household, and one attacker, has 64 bits of IPv6 addresses.
func clientIP(ctx *framework.Context) (string, bool) {
	x := web.From(ctx)
	if x == nil {
		return "", false
	}
	text := x.Request.RemoteAddr
	if strings.IndexByte(text, ':') < 0 {
		return text, true
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return text, true
	}
	if address = address.Unmap(); address.Is4() {
		return address.String(), true
	}
	prefix, err := address.WithZone("").Prefix(64)
	if err != nil {
		return text, true // cannot be: every IPv6 address has 64 bits
	}
	return prefix.String(), true
}

// headerOf is the value of a header.
func headerOf(name string) func(*framework.Context) (string, bool) {
	return func(ctx *framework.Context) (string, bool) {
		x := web.From(ctx)
		if x == nil {
			return "", false
		}
		return x.Request.Header.Get(name), true
	}
}

// bounded is a key in a size that may be kept for long.
func bounded(key string) string {
	if len(key) <= maxKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "\x00" + string(sum[:]) // no header and no address begins so
}
