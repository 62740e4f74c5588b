package edit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

// The lists that name the functions of a group.
const (
	byName = iota
	byPattern
	byRoute
	kinds
)

// listKeys are the keys of the lists.
func listKeys() [kinds]string { return [kinds]string{"functions", "functionsPattern", "routes"} }

// group is one group as it is read: aliases are followed and merge keys count.
type group struct {
	*entry
	name    string
	lists   [kinds][]string
	overlap bool
	// own are the keys that stand in the group itself.
	own []*entry
}

// most is how many keys and items are read at most, aliases counted each time: a few lines of nested ones can stand for billions.
const most = 100_000

// reading follows aliases and merge keys.
type reading struct{ seen int }

var errMost = errors.New("found too many aliases, or one inside what it stands for")

func (d *document) readGroups() ([]*group, error) {
	r := &reading{}
	value := follow(d.aggregation.value)
	if null(value) {
		return nil, nil
	}
	if value.Kind != yaml.MappingNode {
		return nil, wrong(d.aggregation.key, "found no keys for %s, expected groups by their names", aggregationKey)
	}
	own := map[string]*entry{}
	if d.aggregation.value.Kind == yaml.MappingNode {
		entries, err := d.entries(value, d.aggregation.end)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			own[e.key.Value] = e
		}
	}
	keys, err := r.keys(value, 0)
	if err != nil {
		return nil, err
	}
	var groups []*group
	for _, k := range keys {
		g := &group{name: k.key.Value, entry: own[k.key.Value]}
		if g.entry == nil {
			// It comes from an alias or a merge key: it can be read, and editableMap refuses to edit it.
			g.entry = &entry{key: k.key, value: k.value}
		}
		if err := g.read(d, r); err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	return groups, nil
}

func (g *group) read(d *document, r *reading) error {
	value := follow(g.value)
	if null(value) {
		return nil
	}
	if value.Kind != yaml.MappingNode {
		return wrong(g.key, "found no keys for the group %s, expected such as functions", g.name)
	}
	if g.value.Kind == yaml.MappingNode {
		var err error
		if g.own, err = d.entries(value, g.end); err != nil {
			return err
		}
	}
	keys, err := r.keys(value, 0)
	if err != nil {
		return err
	}
	names := listKeys()
	for _, k := range keys {
		if v := follow(k.value); k.key.Value == "overlap" && v.Kind == yaml.ScalarNode {
			g.overlap = v.ShortTag() == "!!bool" && (v.Value == "true" || v.Value == "True" || v.Value == "TRUE")
		}
		kind := slices.Index(names[:], k.key.Value)
		if kind < 0 {
			continue
		}
		if g.lists[kind], err = r.items(k.key, k.value); err != nil {
			return err
		}
	}
	return nil
}

type pair struct{ key, value *yaml.Node }

// keys lists the keys of a mapping: its own, then those that merge keys bring and it does not have.
func (r *reading) keys(mapping *yaml.Node, depth int) ([]pair, error) {
	if r.seen += 1 + len(mapping.Content); r.seen > most || depth > 100 {
		return nil, errMost
	}
	var list, merged []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := follow(mapping.Content[i]), follow(mapping.Content[i+1])
		switch {
		case key.Kind != yaml.ScalarNode:
			return nil, wrong(mapping.Content[i], "found a list or a map as a key, expected a word")
		case !merge(key):
			if seen[key.Value] {
				return nil, wrong(key, "key %q is there twice", key.Value)
			}
			seen[key.Value] = true
			list = append(list, pair{key, mapping.Content[i+1]})
			continue
		}
		sources := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			sources = value.Content
		}
		for _, s := range sources {
			if s = follow(s); s.Kind != yaml.MappingNode {
				return nil, wrong(mapping.Content[i], "found no map for <<, expected one, or a list of maps")
			}
			more, err := r.keys(s, depth+1)
			if err != nil {
				return nil, err
			}
			merged = append(merged, more...)
		}
	}
	for _, p := range merged {
		if !seen[p.key.Value] {
			seen[p.key.Value] = true
			list = append(list, p)
		}
	}
	return list, nil
}

func (r *reading) items(key, value *yaml.Node) ([]string, error) {
	list := follow(value)
	if null(list) {
		return nil, nil
	}
	if list.Kind != yaml.SequenceNode {
		return nil, wrong(key, "found no list for %s, expected one", key.Value)
	}
	if r.seen += len(list.Content); r.seen > most {
		return nil, errMost
	}
	var items []string
	for _, n := range list.Content {
		item := follow(n)
		if item.Kind != yaml.ScalarNode {
			return nil, wrong(n, "found a list or a map in %s, expected text", key.Value)
		}
		items = append(items, item.Value)
	}
	return items, nil
}

func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// matches reports whether patterns take a function: any without ! and none with.
func matches(patterns []string, function string) bool {
	taken := false
	for _, text := range patterns {
		p, ok := annotations.ParsePattern(text)
		if !ok || !p.Match(function) {
			continue
		}
		if p.Not {
			return false
		}
		taken = true
	}
	return taken
}

// overlays notes the groups that targets have of their own, which no edit changes.
func (d *document) overlays() []string {
	if d.root == nil {
		return nil
	}
	var notes []string
	r := &reading{}
	find := func(mapping *yaml.Node, name string) *yaml.Node {
		if mapping = follow(mapping); mapping.Kind != yaml.MappingNode {
			return nil
		}
		keys, _ := r.keys(mapping, 0)
		for _, k := range keys {
			if k.key.Value == name {
				return follow(k.value)
			}
		}
		return nil
	}
	targets := find(d.root, targetsKey)
	if targets == nil || targets.Kind != yaml.MappingNode {
		return nil
	}
	keys, _ := r.keys(targets, 0)
	for _, k := range keys {
		if find(k.value, aggregationKey) != nil {
			notes = append(notes, fmt.Sprintf("%s.%s.%s is left as it is", targetsKey, k.key.Value, aggregationKey))
		}
	}
	return notes
}
