package web

import (
	"strings"
	"testing"
)

// TestTokens compares the characters of tokens with those of RFC 9110, section 5.6.2.
func TestTokens(t *testing.T) {
	const tchar = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for c := range 256 {
		if got, want := isToken(byte(c)), strings.IndexByte(tchar, byte(c)) >= 0; got != want {
			t.Errorf("%q: %t, want %t", rune(c), got, want)
		}
	}
}
