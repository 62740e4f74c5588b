package spec

import (
	"go/token"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

// Limits of one document. A few lines of nested aliases can stand for billions of nodes; a real f.yml has thousands.
const (
	maxNodes = 100_000
	maxDepth = 100
)

// tree walks a document with its aliases followed and its merge keys spread, and collects what is wrong with it.
type tree struct {
	*source
	sub   substitution
	unset []unset
	// spoilt are the places of texts that could not be read.
	spoilt map[token.Position]bool
	diags  annotations.Diagnostics
	// visited counts nodes, aliased ones each time; stopped is set when a limit was hit, which is reported once.
	visited int
	stopped bool
	depth   int
}

// entry is one key of a mapping.
type entry struct {
	name       string
	key, value *yaml.Node
}

func (t *tree) report(d annotations.Diagnostic) { t.diags = append(t.diags, d) }

// enter follows aliases and counts. It returns nil when there is too much; leave must be called otherwise.
func (t *tree) enter(n *yaml.Node) *yaml.Node {
	if t.stopped {
		return nil
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias // the reader has refused aliases of aliases that never end
	}
	t.visited++
	if t.visited > maxNodes || t.depth >= maxDepth {
		t.stopped = true
		if t.depth >= maxDepth {
			t.report(t.node(n).Errorf(CodeSyntax, "found more than %d levels, or an alias inside what it stands for", maxDepth))
		} else {
			t.report(t.node(n).Errorf(CodeSyntax, "found more than %d values, aliases counted each time", maxNodes))
		}
		return nil
	}
	t.depth++
	return n
}

func (t *tree) leave() { t.depth-- }

// entries lists the keys of a mapping in order: its own, then those of merge keys that it does not have.
// Duplicates and keys that are no words are reported.
func (t *tree) entries(mapping *yaml.Node) []entry {
	own := map[string]*yaml.Node{}
	var list, merges []entry
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		if key.ShortTag() == "!!merge" {
			merges = append(merges, entry{key.Value, key, value})
			continue
		}
		name, ok := t.keyName(key)
		if !ok {
			continue
		}
		if first := own[name]; first != nil {
			t.report(t.node(key).Errorf(CodeDuplicate, "key %q is already in line %d", name, first.Line))
			continue
		}
		own[name] = key
		list = append(list, entry{name, key, value})
	}
	for _, m := range merges {
		for _, e := range t.merged(m.value) {
			if own[e.name] == nil {
				own[e.name] = e.key
				list = append(list, e)
			}
		}
	}
	return list
}

func (t *tree) keyName(key *yaml.Node) (string, bool) {
	for key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		t.report(t.node(key).Errorf(CodeType, "found %s as a key, expected a word", describe(key)))
		return "", false
	}
	return key.Value, true
}

// merged lists what one merge key adds: a mapping, or a list of mappings of which the first wins.
func (t *tree) merged(value *yaml.Node) []entry {
	n := t.enter(value)
	if n == nil {
		return nil
	}
	defer t.leave()
	switch n.Kind {
	case yaml.MappingNode:
		return t.entries(n)
	case yaml.SequenceNode:
		var list []entry
		for _, item := range n.Content {
			for _, e := range t.merged(item) {
				if !slices.ContainsFunc(list, func(f entry) bool { return f.name == e.name }) {
					list = append(list, e)
				}
			}
		}
		return list
	}
	t.report(t.node(value).Errorf(CodeType, "found %s for <<, expected a map or a list of maps", describe(n)))
	return nil
}

// text reads a scalar with its variables replaced.
func (t *tree) text(n *yaml.Node) (text string, replaced, ok bool) {
	t.sub.unset = func(name string, at, length int) {
		t.unset = append(t.unset, unset{name: name, place: t.offset(n, at, length), value: t.node(n).Pos})
	}
	text, replaced, problem := t.sub.replace(n.Value)
	if problem != nil {
		d := t.offset(n, problem.at, problem.length).Errorf(CodeSubstitution, "%s", problem.message)
		d.Hint = problem.hint
		t.report(d)
		t.spoilt[t.node(n).Pos] = true
		return "", false, false
	}
	return text, replaced, true
}

// vendor copies the value of an x-<target> key: aliases followed, merge keys spread, ${env...} replaced, duplicates
// reported, comments dropped, tags such as !Ref kept.
func (t *tree) vendor(value *yaml.Node) *yaml.Node {
	n := t.enter(value)
	if n == nil {
		return nil
	}
	defer t.leave()
	out := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Line: n.Line, Column: n.Column}
	switch n.Kind {
	case yaml.MappingNode:
		for _, e := range t.entries(n) {
			if v := t.vendor(e.value); v != nil {
				out.Content = append(out.Content, plainKey(e), v)
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if v := t.vendor(item); v != nil {
				out.Content = append(out.Content, v)
			}
		}
	default:
		strict := t.sub
		t.sub.lenient = true
		text, replaced, ok := t.text(n)
		t.sub = strict
		if !ok {
			return nil
		}
		out.Value = text
		if replaced && strings.HasPrefix(out.Tag, "!!") {
			// What the value reads as decides, as it would have if it had been written there.
			out.Tag = ""
			if n.Style != 0 {
				out.Tag = "!!str"
			}
		}
	}
	return out
}

func plainKey(e entry) *yaml.Node {
	key := *e.key
	if key.Kind == yaml.AliasNode {
		key = *key.Alias
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Style: key.Style, Tag: key.Tag, Value: key.Value, Line: key.Line, Column: key.Column}
}
