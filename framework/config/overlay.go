package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Overlay returns a configuration in which values, YAML by dotted key, lie over the files: mappings are merged key by key. The
// environment variables win over them as they do over files. Generated code makes one for each function that has values of its
// own in f.yml; file is what messages call them.
func (c *Config) Overlay(file string, values map[string]string) (*Config, error) {
	out := &Config{}
	if c != nil {
		*out = *c
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(values[key]), &doc); err != nil || len(doc.Content) == 0 {
			return nil, fmt.Errorf("%s: key %s: the value is not YAML", file, key)
		}
		r := reader{file: file, apart: true}
		v, err := r.read(doc.Content[0])
		if err != nil {
			return nil, err
		}
		names := strings.Split(key, ".")
		for _, name := range slices.Backward(names) {
			v = &value{kind: mapping, file: file, keys: []string{name}, named: map[string]*value{name: v}}
		}
		out.root = merge(out.root, v)
	}
	return out, nil
}

// Inspect reports what is wrong with the value of key as a t, as [Get] would, without reading environment variables and without
// following references of secrets; a missing value is not an error. The generator calls it before anything runs.
func (c *Config) Inspect(key string, t reflect.Type) error {
	out := c.Following(func(Reference) (string, bool, error) { return "", true, nil })
	out.env = func(string) (string, bool) { return "", false }
	_, err := out.Examine(key, t, "")
	return err
}

// Following returns a configuration that finds the text of a reference by known, and as c does where that is not ok. The generator,
// which runs elsewhere than the functions do, says so what it knows of the place where they will.
func (c *Config) Following(known func(Reference) (text string, ok bool, err error)) *Config {
	out := &Config{}
	if c != nil {
		*out = *c
	}
	out.follows = known
	return out
}

// Examine is [Check] for a type that is known at run time only, and reports whether there is a value or a default text.
func (c *Config) Examine(key string, t reflect.Type, def string) (found bool, err error) {
	_, found, err = c.Decode(key, t, def)
	return found, err
}

// Decode is what a type that is known at run time only gets of a key, or of a default text, and reports whether there is either.
func (c *Config) Decode(key string, t reflect.Type, def string) (v reflect.Value, found bool, err error) {
	v = reflect.New(t).Elem()
	found, err = c.decodeKey(key, v)
	if err != nil || found || def == "" {
		return v, found, err
	}
	_, err = c.decode(&value{loose: true, text: def, tag: "!!str"}, key, v)
	return v, err == nil, err
}
