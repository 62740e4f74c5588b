package sqldb

import (
	"net/url"
	"slices"
	"strings"
)

const hidden = "[secret]"

// redacted is a text without a DSN and without the passwords that are in it.
func redacted(text, dsn string) string {
	var pairs []string
	for _, secret := range secrets(dsn) {
		pairs = append(pairs, secret, hidden)
	}
	return strings.NewReplacer(pairs...).Replace(text) // in one pass, the longest first
}

// secrets are the parts of a DSN that nobody may see, the longest first: all of it, and what stands where passwords do, as in
// scheme://user:password@host, user:password@tcp(host) and password=... of a list.
func secrets(dsn string) []string {
	list := []string{dsn}
	rest := dsn
	if i := strings.Index(dsn, "://"); i >= 0 {
		rest = dsn[i+len("://"):]
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		list = append(list, rest[:at])
		if _, password, ok := strings.Cut(rest[:at], ":"); ok {
			list = append(list, password)
			if plain, err := url.PathUnescape(password); err == nil {
				list = append(list, plain)
			}
		}
	}
	for part := range strings.FieldsFuncSeq(dsn, func(r rune) bool { return strings.ContainsRune(" \t;&?", r) }) {
		name, value, ok := strings.Cut(part, "=")
		switch strings.ToLower(name) {
		case "password", "pwd", "pass", "sslpassword", "_auth_pass":
			if ok {
				list = append(list, value, strings.Trim(value, `'"`))
				if plain, err := url.QueryUnescape(value); err == nil {
					list = append(list, plain)
				}
			}
		}
	}
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}
