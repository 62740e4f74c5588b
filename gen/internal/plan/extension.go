package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
				first := owner(parts, name, key)
				d := p.Place(name).Or(g.Place).Errorf(codeSetting, "functions %s and %s of group %s have different values of x-%s: %s", first.Function, p.Function, g.Name, name, key)
				d.Chain = []annotations.Link{{Pos: first.Place(name).Pos, Message: first.Function + " sets it here"}, {Pos: p.Place(name).Pos, Message: p.Function + " sets it here"}}
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

// owner is the first part that has a dotted key for a target.
func owner(parts []Part, target, key string) Part {
	for _, p := range parts {
		node := p.Extension[target]
		for _, step := range strings.Split(key, ".") {
			node = lookup(node, step)
		}
		if node != nil {
			return p
		}
	}
	return parts[0]
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
