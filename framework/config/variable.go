package config

import (
	"strings"
	"unicode"
)

// Variable is the environment variable that wins over key: order.maxItems is ORDER_MAX_ITEMS, db.poolURL is DB_POOL_URL,
// and every character that is not a letter or digit is an underscore. A key of one word gets a prefix, path is CONFIG_PATH:
// without it PATH, HOME or PORT of the process would be read as configuration.
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
	name := b.String()
	if name != "" && !strings.Contains(name, "_") {
		return "CONFIG_" + name
	}
	return name
}

// wordEnds reports whether an upper-case letter between before and after begins a word: maxItems, s3Bucket, HTTPPort.
func wordEnds(before rune, after []rune) bool {
	if unicode.IsLower(before) || unicode.IsDigit(before) {
		return true
	}
	return unicode.IsUpper(before) && len(after) > 0 && unicode.IsLower(after[0])
}
