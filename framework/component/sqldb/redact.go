package sqldb

import (
	"net/url"
	"slices"
	"strconv"
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

// secrets are the parts of a DSN that must not be shown, the longest first: all of it, and what stands where passwords do, as in
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
	var whole []string // a password that spaces have split; without quotes they should not, but drivers show what follows
	for part := range strings.FieldsFuncSeq(dsn, func(r rune) bool { return strings.ContainsRune(" \t;&?", r) }) {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok && whole != nil:
			value = part
		case ok && isPassword(name):
			whole = nil
		default:
			whole = nil
			continue
		}
		whole = append(whole, value)
		for _, text := range []string{value, strings.Join(whole, " ")} {
			list = append(list, text, strings.Trim(text, `'"`))
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			list = append(list, plain)
		}
	}
	for _, s := range list {
		quoted := strconv.Quote(s) // as drivers show what they do not understand
		list = append(list, quoted[1:len(quoted)-1])
	}
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

func isPassword(name string) bool {
	switch strings.ToLower(name) {
	case "password", "pwd", "pass", "sslpassword", "_auth_pass":
		return true
	}
	return false
}

// brokenURL reports a DSN in the form of a URL whose password is not escaped as it has to be. It is uncertain where
// that ends, and what cannot parse it quotes any part of it.
func brokenURL(dsn string) bool {
	_, rest, _ := strings.Cut(dsn, "://")
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return false
	}
	_, err := url.PathUnescape(rest[:at])
	return err != nil || strings.ContainsAny(rest[:at], "/?#[]")
}
