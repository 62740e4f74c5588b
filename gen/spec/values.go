package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Values are configuration values by their dotted keys, in the order of the file. A map in f.yml is the keys below its key, so
// that no value is a map.
type Values []Value

// Value is one value.
type Value struct {
	// Key is dotted: order.maxItems.
	Key string
	// Node is the value: aliases are followed, variables replaced.
	Node *yaml.Node
	// Place is the key's last word; At is the value.
	Place, At Place
}

// configuration decodes the values of a function or of a layer.
func (d *decoder) configuration(n *yaml.Node, to *Values, w where) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(n, w, "a map of configuration keys")
		return
	}
	d.configurationBelow(n, "", to, w)
}

func (d *decoder) configurationBelow(n *yaml.Node, prefix string, to *Values, w where) {
	for _, e := range d.entries(n) {
		at := w.child(e.name)
		d.key(at.path, e.key)
		place := d.node(e.key)
		key := prefix + e.name
		if slices.Contains(strings.Split(e.name, "."), "") || strings.ContainsAny(e.name, " \t\n") {
			d.report(place.Errorf(CodeValue, "%q is not a configuration key, expected words with dots between them such as order.maxItems", e.name))
			continue
		}
		value := d.enter(e.value)
		if value == nil {
			return
		}
		switch {
		case value.Kind == yaml.MappingNode && len(value.Content) > 0:
			d.configurationBelow(value, key+".", to, at)
		case value.Kind == yaml.MappingNode:
			d.report(d.node(e.value).Errorf(CodeValue, "found an empty map, expected values below %s", key))
		case isNull(value):
			d.report(d.node(e.value).Errorf(CodeValue, "found nothing, expected a value for %s", key))
		default:
			d.configurationValue(e, key, to, place)
		}
		d.leave()
	}
}

func (d *decoder) configurationValue(e entry, key string, to *Values, place Place) {
	for _, other := range *to {
		if other.Key == key || strings.HasPrefix(other.Key, key+".") || strings.HasPrefix(key, other.Key+".") {
			d.report(place.Errorf(CodeValue, "%s is already set by %s in line %d", key, other.Key, other.Place.Pos.Line))
			return
		}
	}
	before := len(d.diags)
	if node := d.vendor(e.value); node != nil && len(d.diags) == before {
		*to = append(*to, Value{Key: key, Node: node, Place: place, At: d.node(e.value)})
	}
}
