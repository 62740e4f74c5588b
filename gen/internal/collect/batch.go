package collect

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// eventOf recognises the events of triggers that bring several at once: one by value or by pointer, or a slice of them.
func eventOf(f *function, t types.Type) (known bool, problem string) {
	of, slice := t, false
	if s, ok := types.Unalias(t).(*types.Slice); ok {
		of, slice = s.Elem(), true
	}
	e := of
	if p := pointee(of); p != nil {
		e = p
	}
	for _, k := range model.EventTypes() {
		if !isNamed(e, k.Path, k.Name) {
			continue
		}
		if slice && e != of {
			return true, fmt.Sprintf("takes %s, expected []%s", typeString(t), typeString(e))
		}
		f.Input, f.Brings, f.Slice = model.EventInput, k.Kind, slice
		return true, ""
	}
	return false, ""
}

// codeTrigger is a trigger that the function, or another one, has already.
const codeTrigger = "trigger"

// same reports triggers that would bring one event twice to one function, or of which nothing could tell who is meant.
func (c *collector) same() {
	for _, f := range c.found {
		for i, t := range f.triggers {
			for _, other := range f.triggers[:i] {
				what := overlap(t.Marker, other.Marker)
				if what == "" || t.faulty || other.faulty {
					continue
				}
				d := annotations.Diagnostic{Pos: t.Pos, Length: t.Length, Line: t.Line, Code: codeTrigger,
					Message: fmt.Sprintf("function %s has a trigger for %s already", f.Name, what)}
				c.also(&d, other.Pos, "it is here")
				c.diagnostics = append(c.diagnostics, &d)
				break
			}
		}
	}
}

// overlap says what two triggers have in common that both would be called for, "" if nothing.
func overlap(a, b any) string {
	switch a := a.(type) {
	case *annotations.OS:
		b, ok := b.(*annotations.OS)
		if ok && a.Bucket == b.Bucket && either(a.Prefix, b.Prefix, strings.HasPrefix) && either(a.Suffix, b.Suffix, strings.HasSuffix) {
			for _, x := range a.Actions() {
				for _, y := range b.Actions() {
					if x == y || y == "created" && strings.HasPrefix(x, "created:") || x == "created" && strings.HasPrefix(y, "created:") {
						return fmt.Sprintf("%s of some objects of bucket %s", x, a.Bucket)
					}
				}
			}
		}
	case *annotations.MQ:
		b, ok := b.(*annotations.MQ)
		if ok && a.Queue == b.Queue && a.Topic == b.Topic && (a.Tag == b.Tag || a.Tag == "" || b.Tag == "") {
			return "messages of " + a.Source()
		}
	case *annotations.Kafka:
		if b, ok := b.(*annotations.Kafka); ok && a.Topic == b.Topic && a.Cluster == b.Cluster {
			return "topic " + a.Topic
		}
	case *annotations.Log:
		if b, ok := b.(*annotations.Log); ok && a.Store == b.Store {
			return "store " + a.Store
		}
	case *annotations.CDN:
		b, ok := b.(*annotations.CDN)
		for i := 0; ok && i < len(a.Domains); i++ {
			for _, domain := range b.Domains {
				for _, x := range a.Happenings() {
					for _, y := range b.Happenings() {
						if domain == a.Domains[i] && x == y {
							return fmt.Sprintf("%s of domain %s", x, domain)
						}
					}
				}
			}
		}
	case *annotations.Event:
		b, ok := b.(*annotations.Event)
		switch {
		case !ok || a.OnBus() != b.OnBus():
		case !a.OnBus():
			return "raw payloads"
		case a.Bus == b.Bus && (a.Source == b.Source || a.Source == "" || b.Source == "") && (a.Type == b.Type || a.Type == "" || b.Type == ""):
			return "some events of the bus"
		}
	}
	return ""
}

// either reports whether one of two affixes has the other, so that some key has both.
func either(a, b string, has func(s, affix string) bool) bool { return has(a, b) || has(b, a) }

// covers reports whether the code that a trigger makes also serves one that only a target says.
func covers(code, there any) bool {
	switch a := code.(type) {
	case *annotations.OS:
		b, ok := there.(*annotations.OS)
		return ok && a.Bucket == b.Bucket && strings.HasPrefix(b.Prefix, a.Prefix) && strings.HasSuffix(b.Suffix, a.Suffix) && !slices.ContainsFunc(b.Actions(), func(e string) bool {
			whole, _, _ := strings.Cut(e, ":")
			return !slices.Contains(a.Actions(), e) && !slices.Contains(a.Actions(), whole)
		})
	case *annotations.MQ:
		b, ok := there.(*annotations.MQ)
		return ok && a.Queue == b.Queue && a.Topic == b.Topic && (a.Tag == "" || a.Tag == b.Tag)
	case *annotations.Kafka:
		b, ok := there.(*annotations.Kafka)
		return ok && a.Topic == b.Topic && a.Cluster == b.Cluster
	case *annotations.Log:
		b, ok := there.(*annotations.Log)
		return ok && a.Store == b.Store
	case *annotations.CDN:
		b, ok := there.(*annotations.CDN)
		all := func(list, of []string) bool {
			return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(of, s) })
		}
		return ok && all(b.Domains, a.Domains) && all(b.Happenings(), a.Happenings())
	case *annotations.Event:
		b, ok := there.(*annotations.Event)
		return ok && a.OnBus() == b.OnBus() && (a.Source == "" || a.Source == b.Source) && (a.Type == "" || a.Type == b.Type)
	case *annotations.Timer:
		_, ok := there.(*annotations.Timer)
		return ok
	}
	return false
}
