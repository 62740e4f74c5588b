package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// Reference says where a text is that is not written down: env:DB_PASSWORD_PROD in an environment variable, file:/run/secrets/key in
// a file, and SCHEME:NAME in a [framework.Store] that main hands over. In a file of the configuration it is {from: REFERENCE}, in
// the environment a variable whose name ends in _FROM. No value is ever taken for one, however it begins.
type Reference struct {
	// Scheme says what kind of place it is.
	Scheme string
	// Name is that of the variable, the path of the file, or what a store knows the text by. A path is cleaned; what is relative
	// is below the code directory.
	Name string
}

// String writes the reference as it is read.
func (r Reference) String() string {
	if r.Scheme == schemeFile {
		return r.Scheme + ":" + filepath.ToSlash(r.Name)
	}
	return r.Scheme + ":" + r.Name
}

const (
	schemeEnv  = "env"
	schemeFile = "file"
)

// ParseReference reads env:NAME, file:PATH, or what begins with the scheme of a store. Its errors never show the text: it may
// be the secret itself, in the wrong place.
func ParseReference(text string, stores ...framework.Store) (Reference, error) {
	if text == "" {
		return Reference{}, fmt.Errorf("the reference is empty, expected %s", schemes(stores))
	}
	scheme, name, _ := strings.Cut(text, ":")
	switch {
	case scheme == text:
		return Reference{}, fmt.Errorf("found a text without a scheme, expected a reference: %s", schemes(stores))
	case scheme == schemeEnv:
		if !variableName(name) {
			return Reference{}, errors.New("after env: expected a name of letters, digits and _")
		}
	case scheme == schemeFile:
		clean := filepath.Clean(filepath.FromSlash(name))
		if name == "" || strings.TrimSpace(name) != name || strings.TrimSpace(clean) != clean || strings.ContainsFunc(name, control) {
			return Reference{}, errors.New("after file: expected a path")
		}
		if name = clean; !filepath.IsAbs(name) && !filepath.IsLocal(name) {
			return Reference{}, errors.New("the path after file: leads out of the code directory: expected one below it, or an absolute one")
		}
	case !slices.ContainsFunc(stores, func(s framework.Store) bool { return s.Scheme == scheme }):
		return Reference{}, fmt.Errorf("found a reference of an unknown scheme, expected %s", schemes(stores))
	case name == "":
		return Reference{}, fmt.Errorf("after %s: expected a name", scheme)
	}
	return Reference{scheme, name}, nil
}

// schemes lists what references begin with.
func schemes(stores []framework.Store) string {
	list := []string{"env:NAME"}
	for _, s := range stores {
		list = append(list, s.Scheme+":NAME")
	}
	return strings.Join(list, ", ") + " or file:PATH"
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

// follow returns the text that a reference leads to, none if references are only read. It is never empty, and no reference itself.
func (c *Config) follow(text string) (string, error) {
	var stores []framework.Store
	if c != nil {
		stores = c.stores
	}
	r, err := ParseReference(text, stores...)
	if err != nil {
		return "", err
	}
	if c != nil && c.follows != nil {
		if text, ok, err := c.follows(r); ok {
			return text, err
		}
	}
	if text, err = c.resolve(r, stores); err != nil {
		return "", &UnresolvedError{r, err}
	}
	return text, nil
}

// UnresolvedError is the error of a reference that leads to no text.
type UnresolvedError struct {
	// Reference is the one, Err why it does not.
	Reference Reference
	Err       error
}

// Error names the reference and no text that it may have led to.
func (e *UnresolvedError) Error() string { return e.Reference.String() + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *UnresolvedError) Unwrap() error { return e.Err }

func (c *Config) resolve(r Reference, stores []framework.Store) (string, error) {
	switch r.Scheme {
	case schemeEnv:
		text, ok := c.environment()(r.Name)
		if !ok {
			return "", errors.New("the environment variable is not set")
		}
		if text == "" {
			return "", errors.New("the environment variable is empty")
		}
		return text, nil
	case schemeFile:
		file := r.Name
		if c != nil && !filepath.IsAbs(file) {
			file = filepath.Join(c.dir, file)
		}
		return readSecret(file)
	}
	i := slices.IndexFunc(stores, func(s framework.Store) bool { return s.Scheme == r.Scheme })
	text, err := stores[i].Read(r.Name)
	if err == nil && text == "" {
		err = errors.New("the text is empty")
	}
	return text, err
}

// readSecret reads a file without its last line break.
func readSecret(file string) (string, error) {
	content, err := readRegular(file, maxSecret)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("there is no file %s", file)
	}
	if err != nil {
		return "", err
	}
	text := string(content)
	if line, ok := strings.CutSuffix(text, "\n"); ok {
		text = strings.TrimSuffix(line, "\r")
	}
	if text == "" {
		return "", errors.New("the file is empty")
	}
	return text, nil
}
