package annotations

import (
	"bytes"
	"unicode"
)

// Scan reports whether a file may hold a directive or something that looks like one. It reads bytes only, so that thousands of
// files cost milliseconds; false is certain, true wants Collect.
func Scan(src []byte) bool {
	// A pair of letters is found many times faster than a whole word in any case, and "aa" is rare in source code.
	for _, pair := range [...]string{"aa", "AA", "aA", "Aa"} {
		for rest := src; ; {
			i := bytes.Index(rest, []byte(pair))
			if i < 0 {
				break
			}
			if i > 0 && rest[i-1]|0x20 == 'f' && len(rest) > i+2 && rest[i+2]|0x20 == 's' && colonFollows(rest[i+3:]) {
				return true
			}
			rest = rest[i+1:]
		}
	}
	return false
}

// colonFollows accepts what nearMiss accepts between the tool's name and its colon.
func colonFollows(s []byte) bool {
	if len(s) >= 3 && bytes.EqualFold(s[:3], []byte("gen")) {
		s = s[3:]
	}
	s = bytes.TrimLeftFunc(s, func(r rune) bool { return r != '\n' && unicode.IsSpace(r) })
	return bytes.HasPrefix(s, []byte(":")) || bytes.HasPrefix(s, []byte(wideColon))
}
