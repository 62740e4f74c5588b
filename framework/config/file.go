package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// value is one node of the merged files, with the place it came from. Aliases and merge keys are already resolved.
type value struct {
	kind  kind
	file  string // empty for an environment variable
	line  int
	col   int      // in characters, from 1
	from  string   // the environment variable, if it came from one
	loose bool     // the text has no type of its own: it is a variable's, or a default written in code
	own   bool     // it stands in a file of secrets, where a text may stand itself
	text  string   // of a scalar
	tag   string   // of a scalar: !!int, !!str, ...
	keys  []string // of a mapping, in source order
	named map[string]*value
	items []*value
}

type kind int

const (
	scalar kind = iota
	mapping
	sequence
)

// maxNodes bounds what aliases may expand to.
const maxNodes = 100_000

func (v *value) null() bool { return v == nil || v.kind == scalar && v.tag == "!!null" }

func (v *value) field(name string) *value {
	if v == nil {
		return nil
	}
	return v.named[name]
}

// errorf puts the place in front.
func (v *value) errorf(format string, args ...any) error {
	if v.from != "" {
		return fmt.Errorf("environment variable %s: %w", v.from, fmt.Errorf(format, args...))
	}
	if v.loose {
		return fmt.Errorf("default value: %w", fmt.Errorf(format, args...))
	}
	if v.line == 0 { // of an overlay
		return fmt.Errorf("%s: %w", v.file, fmt.Errorf(format, args...))
	}
	return fmt.Errorf("%s:%d:%d: %w", v.file, v.line, v.col, fmt.Errorf(format, args...))
}

// parse reads one file. The result is nil for an empty one.
func parse(file string, raw []byte) (*value, error) {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	var doc yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, syntaxError(file, err)
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return nil, fmt.Errorf("%s:%d:%d: found a second document, expected one", file, second.Line, second.Column)
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxError(file, err)
	}
	r := reader{file: file}
	v, err := r.read(doc.Content[0])
	if err != nil || v.null() {
		return nil, err
	}
	if v.kind != mapping {
		return nil, v.errorf("expected a mapping of keys to values, found %s", v.describe())
	}
	return v, nil
}

// syntaxError moves yaml's "line 3" to where editors look for it.
func syntaxError(file string, err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(msg, "unknown anchor") { // whose name may be a password
		msg = "found an alias of no anchor: a value that begins with * needs quotes"
	}
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if n, text, ok := strings.Cut(rest, ": "); ok {
			if _, err := strconv.Atoi(n); err == nil {
				return fmt.Errorf("%s:%s: %s", file, n, text)
			}
		}
	}
	return fmt.Errorf("%s: %s", file, msg)
}

// reader turns yaml nodes into values.
type reader struct {
	file  string
	apart bool // the lines are not those of the file
	nodes int
	depth int
}

func (r *reader) read(n *yaml.Node) (*value, error) {
	r.nodes++
	r.depth++
	defer func() { r.depth-- }()
	if r.nodes > maxNodes || r.depth > 1000 {
		return nil, fmt.Errorf("%s:%d:%d: the file is too deep or its aliases expand to too much", r.file, n.Line, n.Column)
	}
	v := &value{file: r.file, line: n.Line, col: n.Column}
	if r.apart {
		v.line = 0
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.read(n.Alias)
	case yaml.ScalarNode:
		v.text, v.tag = n.Value, n.ShortTag()
		if v.tag == "!!null" {
			v.text = ""
		}
		if !strings.HasPrefix(v.tag, "!!") {
			return nil, v.errorf("found an unknown tag: a value that begins with ! needs quotes")
		}
		return v, nil
	case yaml.SequenceNode:
		v.kind = sequence
		for _, item := range n.Content {
			c, err := r.read(item)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, c)
		}
		return v, nil
	case yaml.MappingNode:
		return v, r.readMapping(n, v)
	}
	return nil, v.errorf("found a node that is not a value")
}

func (r *reader) readMapping(n *yaml.Node, v *value) error {
	v.kind, v.named = mapping, map[string]*value{}
	var merged []*value
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, child := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return fmt.Errorf("%s:%d:%d: expected a key, found a list or a mapping", r.file, k.Line, k.Column)
		}
		c, err := r.read(child)
		if err != nil {
			return err
		}
		if k.ShortTag() == "!!merge" {
			from := []*value{c}
			if c.kind == sequence {
				from = c.items
			}
			for _, m := range from {
				if m.kind != mapping {
					return m.errorf("expected a mapping to merge, found %s", m.describe())
				}
			}
			merged = append(merged, from...)
			continue
		}
		if first := v.named[k.Value]; first != nil {
			return fmt.Errorf("%s:%d:%d: key %s is already set in line %d", r.file, k.Line, k.Column, k.Value, first.line)
		}
		v.keys, v.named[k.Value] = append(v.keys, k.Value), c
	}
	for _, m := range merged { // the mapping's own keys win, then the first merged
		for _, k := range m.keys {
			if v.named[k] == nil {
				v.keys, v.named[k] = append(v.keys, k), m.named[k]
			}
		}
	}
	return nil
}

// merge lays over on base: mappings key by key, anything else as a whole.
func merge(base, over *value) *value {
	if base == nil || over == nil {
		if over == nil {
			return base
		}
		return over
	}
	if base.kind != mapping || over.kind != mapping {
		return over
	}
	m := &value{kind: mapping, file: over.file, line: over.line, col: over.col, named: make(map[string]*value, len(base.named)+len(over.named))}
	for _, k := range base.keys {
		m.keys, m.named[k] = append(m.keys, k), base.named[k]
	}
	for _, k := range over.keys {
		if base.named[k] == nil {
			m.keys = append(m.keys, k)
		}
		m.named[k] = merge(base.named[k], over.named[k])
	}
	return m
}

// describe says what kind of value it is, never the value: it may be a secret.
func (v *value) describe() string {
	switch {
	case v.kind == mapping:
		return "a mapping"
	case v.kind == sequence:
		return "a list"
	case v.loose:
		return "a text"
	}
	switch v.tag {
	case "!!null":
		return "null"
	case "!!bool":
		return "true or false"
	case "!!int":
		return "a whole number"
	case "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	}
	return "a text"
}
