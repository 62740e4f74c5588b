package cli

import (
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// narrow leaves a function only the triggers that --trigger names: all of a kind, or with kind:name the one of a bucket,
// queue, topic, log store, domain or source, of a timer's name, or of a route's path.
func narrow(f *target.Function, selector string) (*target.Function, error) {
	word, name, named := strings.Cut(selector, ":")
	narrowed := *f
	narrowed.Triggers = nil
	var known []string
	for _, t := range f.Triggers {
		for _, identity := range kind.Of(t.Marker).Identities(t.Marker, t.Name) {
			full := t.Kind
			if identity != "" {
				full += ":" + identity
			}
			known = append(known, full)
			if word != t.Kind || named && name != identity {
				continue
			}
			if named {
				t.Marker = kind.Of(t.Marker).Narrow(t.Marker, identity)
			}
			narrowed.Triggers = append(narrowed.Triggers, t)
			break
		}
	}
	switch {
	case len(narrowed.Triggers) > 0, len(f.Triggers) == 0 && selector == "raw":
		return &narrowed, nil
	case len(known) == 0:
		return nil, usage("function %s has no trigger %s; it has none, and takes raw events: --trigger raw", f.Name, quote(selector))
	}
	return nil, usage("function %s has no trigger %s; it has %s", f.Name, quote(selector), strings.Join(slices.Compact(known), ", "))
}

// runtimeTriggers are all of a function's triggers in the form that the framework has them, in their order.
func runtimeTriggers(f *target.Function) (list []framework.Trigger) {
	for _, t := range f.Triggers {
		list = append(list, kind.Of(t.Marker).Triggers(t.Marker, t.Name)...)
	}
	return list
}
