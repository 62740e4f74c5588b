package config

import (
	"strings"
	"unicode"
)

// Variable is the environment variable that wins over key: order.maxItems is ORDER_MAX_ITEMS, db.poolURL is DB_POOL_URL,
// and every character that is no letter or digit is an underscore. Mind keys of one word: path would be PATH.
func Variable(key string) string {
	var b strings.Builder
	rs := []rune(key)
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			b.WriteByte('_')
			continue
		}
		if i > 0 && unicode.IsUpper(r) && wordEnds(rs[i-1], rs[i+1:]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// wordEnds reports whether an upper-case letter between before and after begins a word: maxItems, s3Bucket, HTTPPort.
func wordEnds(before rune, after []rune) bool {
	if unicode.IsLower(before) || unicode.IsDigit(before) {
		return true
	}
	return unicode.IsUpper(before) && len(after) > 0 && unicode.IsLower(after[0])
}
