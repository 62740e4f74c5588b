package values

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/spec"
)

// LayerDefaults is what f.yml says of the configuration of layers, as YAML in one line.
type LayerDefaults struct {
	// Text is a map with the key layers, "" if nothing is said.
	Text string

	places []columnPlace
}

// columnPlace is where the value that begins in a column stands in f.yml.
type columnPlace struct {
	column int
	place  spec.Place
}

// Layers makes one map of the values of all layers.
func Layers(layers map[string]*spec.Layer) LayerDefaults {
	root := mapping()
	var places []spec.Place // of the values, in the order of the text
	for _, name := range slices.Sorted(maps.Keys(layers)) {
		config := slices.Clone(layers[name].Config)
		slices.SortStableFunc(config, func(a, b spec.Value) int { return slices.Compare(strings.Split(a.Key, "."), strings.Split(b.Key, ".")) })
		for _, v := range config {
			at := below(root, "layers")
			at = below(at, name)
			words := strings.Split(v.Key, ".")
			for _, word := range words[:len(words)-1] {
				at = below(at, word)
			}
			at.Content = append(at.Content, quoted(words[len(words)-1]), flow(v.Node))
			places = append(places, v.At)
		}
	}
	if len(places) == 0 {
		return LayerDefaults{}
	}
	line, err := Text(root)
	if err != nil {
		return LayerDefaults{} // a node that was read can be written
	}
	d := LayerDefaults{Text: line}
	var read yaml.Node
	if yaml.Unmarshal([]byte(line), &read) != nil {
		return d
	}
	var visit func(n *yaml.Node)
	leaf := 0
	visit = func(n *yaml.Node) {
		d.places = append(d.places, columnPlace{n.Column, places[leaf]}) // of a map, that of its first value
		if n.Kind != yaml.MappingNode || len(n.Content) == 0 {           // a value is no map, see spec.Values
			leaf++
			return
		}
		for i := 1; i < len(n.Content); i += 2 {
			visit(n.Content[i])
		}
	}
	visit(read.Content[0])
	return d
}

// Place is where the value stands that has something in a column of the text.
func (d LayerDefaults) Place(column int) spec.Place {
	var found spec.Place
	for _, p := range d.places {
		if p.column <= column {
			found = p.place
		}
	}
	return found
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle} }

func quoted(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
}

// below is the map of a key, which is made if need be.
func below(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	child := mapping()
	m.Content = append(m.Content, quoted(key), child)
	return child
}
