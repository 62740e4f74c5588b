package edit

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// verify reads the result and says in what it differs from what was meant: all but the lists of the groups is as it was.
func (e *editing) verify(text []byte) string {
	d, err := read(text)
	if err != nil {
		return "the result would be wrong: " + err.Error()
	}
	if !slices.Equal(others(d.root), others(e.root)) {
		return "other keys of the file would change"
	}
	var states []*state
	for _, s := range e.states {
		if !s.removed {
			states = append(states, s)
		}
	}
	if len(states) == 0 && d.aggregation != nil {
		return aggregationKey + " would stay"
	}
	if len(states) != len(d.groups) {
		return fmt.Sprintf("the number of groups would be %d instead of %d", len(d.groups), len(states))
	}
	for i, s := range states {
		g := d.groups[i]
		if g.name != s.name {
			return fmt.Sprintf("group %s would be in the place of %s", g.name, s.name)
		}
		for kind := range s.lists {
			if !slices.Equal(g.lists[kind], s.lists[kind]) {
				return fmt.Sprintf("%s of group %s would be wrong", listKeys()[kind], g.name)
			}
		}
		var before []string
		if s.old != nil {
			before = s.old.others()
		}
		if !slices.Equal(g.others(), before) {
			return fmt.Sprintf("other keys of group %s would change", g.name)
		}
	}
	return ""
}

// others are all keys and values of the file but the aggregation, each as one text.
func others(root *yaml.Node) []string {
	if root == nil {
		return nil
	}
	var list []string
	for i := 0; i+1 < len(root.Content); i += 2 {
		if key := root.Content[i]; key.Value != aggregationKey {
			list = append(list, shape(key)+shape(root.Content[i+1]))
		}
	}
	return list
}

// others are all keys and values of a group but the lists of its functions, each as one text.
func (g *group) others() []string {
	value := follow(g.value)
	if value.Kind != yaml.MappingNode {
		return nil
	}
	var list []string
	keys := listKeys()
	for i := 0; i+1 < len(value.Content); i += 2 {
		if key := value.Content[i]; !slices.Contains(keys[:], key.Value) {
			list = append(list, shape(key)+shape(value.Content[i+1]))
		}
	}
	return list
}

// shape is a node as text, without its place and its comments. Aliases stand as they are.
func shape(n *yaml.Node) string {
	var b strings.Builder
	writeShape(&b, n)
	return b.String()
}

func writeShape(b *strings.Builder, n *yaml.Node) {
	fmt.Fprintf(b, "(%d %d %s %q %q", n.Kind, n.Style, n.ShortTag(), n.Anchor, n.Value)
	for _, c := range n.Content {
		writeShape(b, c)
	}
	b.WriteByte(')')
}
