package config

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Secret is a text that must not be seen: a password, a token, a key. Code that prints, logs or encodes it gets "[secret]";
// only [Secret.Reveal] tells it. The zero Secret is one that is not configured.
//
// In a configuration file it is a reference, never the text itself, which is refused:
//
//	database:
//	  password: env:DB_PASSWORD_PROD         # an environment variable
//	  key: file:/run/secrets/database-key    # a file, of at most 64 KiB; without its last line break
//
// A relative path is below the code directory. The environment variable of the key, DATABASE_PASSWORD here, may hold the
// text itself or a reference. What a reference leads to is the text, never another reference, and never empty.
type Secret struct {
	// A pointer, because fmt looks into unexported fields without calling their methods: it shows an address.
	text *string
}

// hidden is what everything but Reveal makes of a Secret.
const hidden = "[secret]"

// maxSecret is how long the content of a referenced file may be, in bytes.
const maxSecret = 64 << 10

// ErrSecretInFile is wrapped by the error of a [Secret] whose text stands in a file, where everybody sees it.
var ErrSecretInFile = errors.New("found a secret itself, expected a reference: env:NAME or file:PATH")

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

// Reference is where the text of a [Secret] is found.
type Reference struct {
	// Env is the name of an environment variable; empty if the reference is to a file.
	Env string
	// File is a path, cleaned; what is relative is below the code directory.
	File string
}

// String writes the reference as a file has it.
func (r Reference) String() string {
	if r.Env != "" {
		return "env:" + r.Env
	}
	return "file:" + filepath.ToSlash(r.File)
}

// ParseReference reads env:NAME or file:PATH. ok says that text is meant as one; an error, which never shows the text, that it
// is a wrong one.
func ParseReference(text string) (r Reference, ok bool, err error) {
	if name, found := strings.CutPrefix(text, "env:"); found {
		if !variableName(name) {
			return r, true, errors.New("after env: expected a name of letters, digits and _")
		}
		return Reference{Env: name}, true, nil
	}
	path, found := strings.CutPrefix(text, "file:")
	if !found {
		return r, false, nil
	}
	clean := filepath.Clean(filepath.FromSlash(path))
	if path == "" || strings.TrimSpace(path) != path || strings.TrimSpace(clean) != clean || strings.ContainsFunc(path, control) {
		return r, true, errors.New("after file: expected a path")
	}
	path = clean
	if !filepath.IsAbs(path) && !filepath.IsLocal(path) {
		return r, true, errors.New("the path after file: leads out of the code directory: expected one below it, or an absolute one")
	}
	return Reference{File: path}, true, nil
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

func variableName(name string) bool {
	for i, r := range name {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r == '_':
		case '0' <= r && r <= '9' && i > 0:
		default:
			return false
		}
	}
	return name != ""
}

// decodeSecret stores the text that v is or refers to. No error shows the text.
func (c *Config) decodeSecret(v *value, key string, dst reflect.Value) error {
	if v.kind != scalar {
		return wrong(v, key, "a secret: env:NAME or file:PATH")
	}
	ref, ok, err := ParseReference(v.text)
	switch {
	case err != nil:
		return v.errorf("key %s: %w", name(key), err)
	case !ok && v.from == "":
		return v.errorf("key %s: %w", name(key), ErrSecretInFile)
	case !ok && v.text == "":
		return v.errorf("key %s: the secret is empty", name(key))
	}
	text := v.text
	if ok && (c == nil || !c.dry) {
		if text, err = c.resolve(ref); err != nil {
			return v.errorf("key %s: %s: %w", name(key), ref, err)
		}
	}
	dst.Set(reflect.ValueOf(NewSecret(text)))
	return nil
}

// resolve returns the text that a reference leads to.
func (c *Config) resolve(r Reference) (string, error) {
	if r.Env != "" {
		text, ok := c.environment()(r.Env)
		if !ok {
			return "", errors.New("the environment variable is not set")
		}
		if text == "" {
			return "", errors.New("the environment variable is empty")
		}
		return text, nil
	}
	file := r.File
	if c != nil && !filepath.IsAbs(file) {
		file = filepath.Join(c.dir, file)
	}
	text, err := readSecret(file)
	if err != nil {
		return "", err
	}
	if line, ok := strings.CutSuffix(text, "\n"); ok {
		text = strings.TrimSuffix(line, "\r")
	}
	if text == "" {
		return "", errors.New("the file is empty")
	}
	return text, nil
}

func readSecret(file string) (string, error) {
	content, err := readRegular(file, maxSecret)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("there is no file %s", file)
	}
	return string(content), err
}
