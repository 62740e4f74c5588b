package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"gopkg.in/yaml.v3"
)

// Part is what f.yml has below x-<target> of one member.
type Part struct {
	// Function is the member's name.
	Function string
	// Extension is what it has, Place where each target's is.
	Extension spec.Extension
	Place     func(target string) spec.Place
}

// Extensions merges the x-<target> keys of the members, in the order of their names, and covers them with the group's own. A key
// that two members have with different values is an error.
func Extensions(g *Group, parts []Part) (spec.Extension, annotations.Diagnostics) {
	var diags annotations.Diagnostics
	out := spec.Extension{}
	for _, p := range parts {
		for _, name := range slices.Sorted(maps.Keys(p.Extension)) {
			node := p.Extension[name]
			if key := differs(out[name], node, g.Extension[name]); key != "" {
				d := p.Place(name).Or(g.Place).Errorf(codeSetting, "key %s below x-%s of function %s differs from that of another function of group %s", key, name, p.Function, g.Name)
				d.Hint = fmt.Sprintf("set it in aggregation.%s.x-%s, make the functions agree, or split the group", g.Name, name)
				diags = append(diags, d)
			}
			out[name] = spec.MergeNodes(out[name], node)
		}
	}
	for name, node := range g.Extension {
		out[name] = spec.MergeNodes(out[name], node)
	}
	return out, diags
}

// differs returns the first key that both maps have with different values, unless the group has it.
func differs(a, b, own *yaml.Node) string {
	if a == nil || b == nil || a.Kind != yaml.MappingNode || b.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(b.Content); i += 2 {
		key, value := b.Content[i].Value, b.Content[i+1]
		before, ours := lookup(a, key), lookup(own, key)
		switch {
		case before == nil || ours != nil && ours.Kind != yaml.MappingNode:
		case before.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			if inner := differs(before, value, ours); inner != "" {
				return key + "." + inner
			}
		case !equal(before, value):
			return key
		}
	}
	return ""
}

func lookup(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// equal compares nodes by what they hold.
func equal(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && a.ShortTag() == b.ShortTag() && slices.EqualFunc(a.Content, b.Content, equal)
}
