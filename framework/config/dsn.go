package config

import (
	"reflect"
	"strings"
	"unicode"
)

// DSN is the address of a database or a queue, in the notation of its driver. It is a [Secret], since there may be a password in it, with
// one difference: one without a password may stand in a file.
//
//	sqldb:
//	  dsn: file:/mnt/shop.db?_pragma=busy_timeout(5000)    # as it is: SQLite's own notation, and no reference
//
// What has an @, or an option such as password=, authToken= or key(), may have a password, and is refused as a secret is.
type DSN struct{ Secret }

// NewDSN makes a DSN out of a text, for tests and for what comes from elsewhere.
func NewDSN(text string) DSN { return DSN{NewSecret(text)} }

// withoutPassword reports whether a DSN can have no password in it, as far as its notation shows.
func withoutPassword(dsn string) bool {
	if dsn == "" || strings.Contains(dsn, "@") {
		return false
	}
	dsn = strings.ReplaceAll(strings.ToLower(dsn), "foreign_key", "") // of SQLite
	for _, word := range []string{"pass", "pwd", "key", "token", "secret", "auth", "cred", "sig"} {
		for rest := dsn; ; {
			_, after, found := strings.Cut(rest, word)
			if !found {
				break
			}
			if isOption(after) {
				return false
			}
			rest = after
		}
	}
	return true
}

// isOption reports whether what is in front of a text is the beginning of an option's name.
func isOption(rest string) bool {
	rest = strings.TrimLeftFunc(rest, func(r rune) bool {
		return r == '_' || r == '-' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
	})
	rest = strings.TrimLeft(rest, " \t\r\n'\"")
	return rest != "" && strings.ContainsRune("=(:", rune(rest[0]))
}

// decodeHidden stores a Secret or a DSN.
func (c *Config) decodeHidden(v *value, key string, dst reflect.Value) error {
	if dst.Type() == reflect.TypeFor[DSN]() {
		s, err := c.decodeSecret(v, key, withoutPassword)
		dst.Set(reflect.ValueOf(DSN{s}))
		return err
	}
	s, err := c.decodeSecret(v, key, nil)
	dst.Set(reflect.ValueOf(s))
	return err
}

// isHidden reports a Secret or a DSN.
func isHidden(t reflect.Type) bool {
	return t == reflect.TypeFor[Secret]() || t == reflect.TypeFor[DSN]()
}
