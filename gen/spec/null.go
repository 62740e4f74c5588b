package spec

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// writtenNull reports whether a value is the word null, or ~. A key with nothing behind it is not: all below it may be commented out.
func writtenNull(n *yaml.Node) bool { return isNull(n) && n.Value != "" }

// takesAway notes an entry or a setting that an overlay takes away, and reports whether it is one.
func (d *decoder) takesAway(node *yaml.Node, t reflect.Type, w where) bool {
	n := node
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if !writtenNull(n) || w.item {
		return false
	}
	overlay := strings.HasPrefix(w.path, "targets.") || strings.HasPrefix(w.path, "stages.")
	entry := t.Kind() == reflect.String && w.loose // of environment or tags
	switch t {
	case reflect.TypeFor[*VPC](), reflect.TypeFor[*Log](), reflect.TypeFor[*Tracing](), reflect.TypeFor[*Async](), reflect.TypeFor[*DeadLetter](), reflect.TypeFor[*HTTP](),
		reflect.TypeFor[*Domain](), reflect.TypeFor[*Resource](), reflect.TypeFor[*Secret](), reflect.TypeFor[map[string]string]():
	default:
		if !entry {
			return false
		}
	}
	if !overlay && !entry {
		return false
	}
	d.nulls[w.path] = d.node(node)
	delete(d.places, w.path)
	return true
}

// settingsOf splits the path of a setting without the overlay's part: provider, functions.<name> or aggregation.<name>, and the key.
func settingsOf(path string) (what, name, key string) {
	what, rest, _ := strings.Cut(path, ".")
	if what == "provider" {
		return what, "", rest
	}
	name, key, _ = strings.Cut(rest, ".")
	return what, name, key
}

// without takes away what one overlay does not want, before it covers the rest.
func (s *Spec) without(out *Spec, l level) {
	for _, path := range slices.Sorted(maps.Keys(s.nulls)) {
		rest, ok := l.own(path)
		if !ok {
			continue
		}
		for p := range out.Places {
			if p == rest || strings.HasPrefix(p, rest+".") {
				delete(out.Places, p)
				delete(out.Positions, p)
			}
		}
		switch what, name, key := settingsOf(rest); what {
		case "provider":
			out.Provider.Settings = out.Provider.Settings.without(key)
		case "functions":
			out.taken[rest] = true
			if f := out.Functions[name]; f != nil {
				changed := *f
				changed.Settings = f.Settings.without(key)
				out.Functions = maps.Clone(out.Functions)
				out.Functions[name] = &changed
			}
		case "aggregation":
			if g := out.Aggregation[name]; g != nil {
				changed := *g
				changed.Settings = g.Settings.without(key)
				out.Aggregation = maps.Clone(out.Aggregation)
				out.Aggregation[name] = &changed
			}
		case "domains":
			out.Domains = withoutEntry(out.Domains, strings.TrimPrefix(rest, "domains."))
		case "resources":
			out.Resources = withoutEntry(out.Resources, strings.TrimPrefix(rest, "resources."))
		case "secrets":
			out.Secrets = withoutEntry(out.Secrets, strings.TrimPrefix(rest, "secrets."))
		}
	}
}

func withoutEntry[T any](m map[string]T, name string) map[string]T {
	m = maps.Clone(m)
	delete(m, name)
	return m
}

// without returns settings without one of them, or one entry of environment or tags.
func (s Settings) without(key string) Settings {
	s.Places = maps.Clone(s.Places)
	for p := range s.Places {
		if p == key || strings.HasPrefix(p, key+".") {
			delete(s.Places, p)
		}
	}
	what, entry, one := strings.Cut(key, ".")
	switch what {
	case "environment":
		if s.Environment = withoutEntry(s.Environment, entry); !one {
			s.Environment = nil
		}
	case "tags":
		if s.Tags = withoutEntry(s.Tags, entry); !one {
			s.Tags = nil
		}
	case "vpc":
		s.VPC = nil
	case "log":
		s.Log = nil
	case "tracing":
		s.Tracing = nil
	case "async":
		s.Async = nil
	case "deadLetter":
		s.DeadLetter = nil
	case "http":
		s.HTTP = nil
	}
	return s
}

// takesAway checks what overlays take away: it must be there, and every package must stay the same.
func (c checker) takesAway() {
	levels := append([]level{{}}, c.levels()...)
	for _, path := range slices.Sorted(maps.Keys(c.nulls)) {
		place, at := c.nulls[path], 0
		rest := path
		for i, l := range levels[1:] {
			if own, ok := l.own(path); ok {
				at, rest = i+1, own
			}
		}
		l := levels[at]
		_, _, key := settingsOf(rest)
		switch {
		case at == 0:
			d := place.Errorf(CodeValue, "found null for %s, which takes away what f.yml says: only below targets and stages", written(lastKey(path)))
			d.Hint = `remove the line, or write "" for an empty text`
			c.add(d)
		case l.stage != "" && key == "http" && !strings.HasPrefix(rest, "domains."):
			c.add(place.Errorf(CodeValue, "http cannot be taken away in a stage: http.streaming is the same in all, as one package serves them"))
		case !slices.ContainsFunc(levels[:at], func(o level) bool { return c.sets(o, l, rest) }):
			d := place.Errorf(CodeValue, "found null for %s, which takes nothing away: f.yml sets it nowhere that this covers", written(rest))
			d.Hint = "remove the line"
			c.add(d)
		}
	}
}

// sets reports whether an overlay, or f.yml itself, sets what another one takes away.
func (c checker) sets(o, by level, rest string) bool {
	if o.target != "" && by.target != "" && o.target != by.target || o.stage != "" && o.stage != by.stage {
		return false
	}
	paths := []string{rest}
	if what, _, key := settingsOf(rest); what == "functions" {
		paths = append(paths, "provider."+key)
	}
	for _, path := range paths {
		if short, ok := strings.CutPrefix(path, "provider.environment"); ok && o.stage != "" {
			paths = append(paths, "environment"+short)
		}
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		_, set := c.keys[o.prefix+path]
		_, null := c.nulls[o.prefix+path]
		return set && !null
	})
}
