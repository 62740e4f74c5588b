package spec

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	secretForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$`)
	fromForm   = regexp.MustCompile(`^[a-z][a-z0-9-]*:[^\s:].*$`)
)

// secrets checks the form of references. It shows none: a text in the wrong place may be the secret itself.
func (c checker) secrets(prefix string, secrets map[string]*Secret) {
	for _, key := range slices.Sorted(maps.Keys(secrets)) {
		at := prefix + "secrets." + key
		if !secretForm.MatchString(key) {
			d := c.keys[at].Errorf(CodeValue, "found %q, expected a configuration key such as auth.token", key)
			d.Line = ""
			c.add(d)
		}
		s := secrets[key]
		if c.failed[at] || c.failed[at+".from"] || s != nil && fromForm.MatchString(s.From) && strings.TrimSpace(s.From) == s.From {
			continue
		}
		if s == nil || s.From == "" {
			d := c.keys[at].Errorf(CodeRequired, "from is missing in secrets.%s", key)
			d.Line = ""
			c.add(d) // once
			continue
		}
		c.failed[at+".from"] = true
		d := c.Places[at+".from"].Errorf(CodeValue, "secrets.%s.from is no reference, expected SCHEME:NAME such as ssm:/shop/token", key)
		d.Line = "" // which may have the secret itself
		c.add(d)
	}
}

// belowSecrets reports the path of something in secrets, of f.yml or of an overlay.
func belowSecrets(path string) bool {
	for strings.HasPrefix(path, "targets.") || strings.HasPrefix(path, "stages.") {
		var ok bool
		_, path, _ = strings.Cut(path, ".")
		if _, path, ok = strings.Cut(path, "."); !ok {
			return false
		}
	}
	return strings.HasPrefix(path, "secrets.")
}
