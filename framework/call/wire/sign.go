package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Hash is the hexadecimal SHA-256 of b, which all vendors' signatures are made of.
func Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// HMAC is the HMAC-SHA256 of text.
func HMAC(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// AppendEscaped percent-encodes all of s but letters, digits, -, _, ., ~ and the bytes in keep, as RFC 3986 has it and signatures
// want it.
func AppendEscaped(b []byte, s, keep string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~', strings.IndexByte(keep, c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return b
}

// Clock is the machine's clock, set by the vendor's when that has refused a signature for its time. The zero value is exact.
type Clock struct{ offset atomic.Int64 }

// Now is the time by the vendor's clock.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// Set sets the clock by the Date of a response. It reports false if that has none, or agrees with the clock.
func (c *Clock) Set(r *Response) bool {
	at, err := time.Parse(time.RFC1123, r.Get("Date"))
	if err != nil {
		return false
	}
	const same = 30 * time.Second
	if off := at.Sub(c.Now()); off > -same && off < same {
		return false
	}
	c.offset.Store(int64(time.Until(at)))
	return true
}

// After is when a response wants the request to be sent again, zero if it does not say.
func (r *Response) After() time.Duration {
	seconds, err := strconv.ParseUint(r.Get("Retry-After"), 10, 16)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// maxText bounds the vendor's words in a log.
const maxText = 300

// Text is what may be logged of a vendor's message: its first line, without the secrets, which some messages about signatures
// repeat.
func Text(message string, secrets ...string) string {
	message, _, _ = strings.Cut(strings.TrimSpace(message), "\n")
	for _, s := range secrets {
		if s != "" {
			message = strings.ReplaceAll(message, s, "[redacted]")
		}
	}
	if len(message) > maxText {
		message = strings.ToValidUTF8(message[:maxText], "") + "..."
	}
	return message
}
