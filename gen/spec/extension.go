package spec

import (
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/annotations"
)

// extension decodes a key that no field is named after: x-<target>, or a mistake.
func (d *decoder) extension(e entry, v reflect.Value, fields []annotations.Field, w where) {
	i := slices.IndexFunc(fields, func(f annotations.Field) bool { return f.Name == extensionKey })
	if !strings.HasPrefix(e.name, "x-") || i < 0 {
		d.unknown(e, fields, w)
		return
	}
	d.extend(e, v.FieldByIndex(fields[i].Index).Addr().Interface().(*Extension), w)
}

func (d *decoder) extend(e entry, to *Extension, w where) {
	if !extensionForm.MatchString(e.name) {
		d.report(d.node(e.key).Errorf(CodeUnknownKey, "unknown key %q%s, expected x- and the name of a target", e.name, in(w)))
		return
	}
	d.key(w.child(e.name).path, e.key)
	since, fixed := len(d.unset), d.sub.fixed
	d.sub.fixed = "" // no generated code has it
	node := d.vendor(e.value)
	d.sub.fixed = fixed
	d.locate(since, w.child(e.name).path, e.value)
	if node == nil {
		return
	}
	if node.Kind != yaml.MappingNode {
		d.wrong(e.value, w.child(e.name), "a map of the vendor's keys")
		return
	}
	if *to == nil {
		*to = Extension{}
	}
	(*to)[strings.TrimPrefix(e.name, "x-")] = node
}

// withoutExtensions takes the x-<target> keys out of the arguments of a trigger, whose marker has no place for them.
func (d *decoder) withoutExtensions(arguments *yaml.Node, to *Extension, w where) *yaml.Node {
	out := *arguments
	out.Content = nil
	for _, e := range d.entries(arguments) {
		if strings.HasPrefix(e.name, "x-") {
			d.extend(e, to, w)
			continue
		}
		out.Content = append(out.Content, e.key, e.value)
	}
	return &out
}
