package config

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that must not be seen: a password, a token, a key. Code that prints, logs or encodes it gets "[secret]";
// only [Secret.Reveal] tells it. The zero Secret is one that is not configured.
//
// In a configuration file it is a reference, never the text itself, which is refused:
//
//	database:
//	  password: {from: env:DB_PASSWORD_PROD}         # an environment variable
//	  key: {from: file:/run/secrets/database-key}    # a file, of at most 64 KiB; without its last line break
//
// A relative path is below the code directory. The environment variable of the key, DATABASE_PASSWORD here, holds the text
// itself, whatever it looks like; DATABASE_PASSWORD_FROM holds a reference. What a reference leads to is the text, never another
// reference, and never empty.
type Secret struct {
	// A pointer, because fmt looks into unexported fields without calling their methods: it shows an address.
	text *string
}

// hidden is what everything but Reveal makes of a Secret.
const hidden = "[secret]"

// maxSecret is how long the content of a referenced file may be, in bytes.
const maxSecret = 64 << 10

// ErrSecretInFile is wrapped by the error of a [Secret] whose text stands in a file, where everybody sees it.
var ErrSecretInFile = errors.New("found a secret itself, expected a reference: " + referred)

// referred is how files refer to a secret.
const referred = "{from: env:NAME} or {from: file:PATH}"

// NewSecret makes a Secret out of a text, for tests and for what comes from elsewhere. That of an empty text is the zero one.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text, empty for the zero Secret.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal reports whether both are the same text, in a time that does not depend on where they differ. Do not compare with ==,
// which compares whether both were read at once.
func (s Secret) Equal(other Secret) bool {
	return s.IsZero() && other.IsZero() || s.Is(other.Reveal())
}

// Is is Equal for a text that someone presents: a zero Secret equals no text at all, not even the empty one.
func (s Secret) Is(text string) bool {
	return !s.IsZero() && subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(text)) == 1
}

// String returns "[secret]".
func (Secret) String() string { return hidden }

// GoString returns "[secret]".
func (Secret) GoString() string { return hidden }

// Format writes "[secret]" for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON returns "[secret]" in quotes.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText returns "[secret]".
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalYAML returns "[secret]".
func (Secret) MarshalYAML() (any, error) { return hidden, nil }

// decodeSecret stores the text that v is, where it is a variable's, or refers to. No error shows the text.
func (c *Config) decodeSecret(v *value, key string, plain func(string) bool) (Secret, error) {
	if v.from != "" {
		switch {
		case v.kind != scalar:
			return Secret{}, wrong(v, key, "the text of a secret")
		case v.text == "":
			return Secret{}, v.errorf("key %s: the secret is empty", name(key))
		}
		return NewSecret(v.text), nil
	}
	if v.kind == scalar && v.loose && !v.own {
		if reference, err := structured(v, key, mapping); err == nil {
			v = reference
		}
	}
	from := v.field("from")
	switch {
	case v.own && v.kind == scalar && v.text == "":
		return Secret{}, v.errorf("key %s: the secret is empty", name(key))
	case v.own && v.kind == scalar:
		return NewSecret(v.text), nil
	case v.kind == scalar && plain != nil && plain(v.text):
		return NewSecret(v.text), nil
	case v.kind == scalar && plain != nil && v.text != "":
		return Secret{}, v.errorf("key %s: there may be a password in the DSN, which has an @ or an option such as key=: %w", name(key), ErrSecretInFile)
	case v.kind == scalar:
		return Secret{}, v.errorf("key %s: %w", name(key), ErrSecretInFile)
	case v.kind != mapping || len(v.keys) != 1 || from == nil || from.kind != scalar:
		return Secret{}, wrong(v, key, "a reference to a secret, "+referred)
	}
	text, err := c.follow(from.text)
	if err != nil {
		return Secret{}, v.errorf("key %s: %w", name(key), err)
	}
	return NewSecret(text), nil
}
