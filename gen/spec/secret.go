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
		d := c.Places[at+".from"].Errorf(CodeValue, "secrets.%s.from is not a reference, expected SCHEME:NAME such as ssm:/shop/token", key)
		d.Line = "" // which may have the secret itself
		c.add(d)
	}
}

// SecretKeys are the configuration keys of secrets, of the file and of its overlays, sorted.
func (s *Spec) SecretKeys() []string {
	keys := slices.Collect(maps.Keys(s.Secrets))
	for _, l := range s.levels() {
		keys = slices.AppendSeq(keys, maps.Keys(l.Secrets))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// References are those of a configuration key on a target without a stage and at each of its stages. Where ${stage} stands they have
// a mark.
func (s *Spec) References(key, target string) []string {
	var all []string
	for _, stage := range append([]string{""}, slices.Sorted(maps.Keys(s.Stages))...) {
		secret := s.Secrets[key]
		for _, l := range s.inEffect(target, stage) {
			if over := l.Secrets[key]; over != nil {
				secret = over
			}
		}
		if secret != nil && !slices.Contains(all, secret.From) {
			all = append(all, secret.From)
		}
	}
	return all
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
