package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// StandIn is the file that stands in for the stores of secrets on the user's machine: the texts themselves, by key, dotted or nested. It lies next to the
// configuration files and over them, and below the environment variables. No package has it.
func StandIn(env string) string { return "secrets." + env + ".yml" }

// LoadHere is [LoadWith] on the user's machine, where the file of [StandIn] lies over the others if there is one.
func LoadHere(dir, env string, lookup func(name string) (string, bool), defaults ...Defaults) (*Config, error) {
	c, err := LoadWith(dir, env, lookup, defaults...)
	if err == nil && env != "" {
		err = c.standIn(env)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// standIn reads the file.
func (c *Config) standIn(env string) error {
	file := path(c.dir, StandIn(env))
	raw, err := readRegular(file, maxFile)
	if errors.Is(err, os.ErrNotExist) {
		c.noSecrets = file
		return nil
	}
	if err != nil {
		return fmt.Errorf("read secrets: %w", err)
	}
	v, err := parse(file, raw)
	if err != nil { // whose text may have a secret in it, such as one that begins with an asterisk
		at := file
		if line, _, ok := strings.Cut(strings.TrimPrefix(err.Error(), file+":"), ":"); ok {
			if _, err := strconv.Atoi(line); err == nil {
				at += ":" + line
			}
		}
		return fmt.Errorf("%s: expected YAML, a mapping of keys to texts; put texts in quotes", at)
	}
	v.reveal()
	c.read = append(c.read, file)
	if v != nil {
		for _, k := range v.keys { // auth.token, as f.yml has it, or nested as in the other files
			c.root = merge(c.root, nest(k, v.named[k]))
		}
	}
	return nil
}

// nest puts a value where its dotted key says.
func nest(key string, v *value) *value {
	names := strings.Split(key, ".")
	for _, name := range slices.Backward(names) {
		v = &value{kind: mapping, file: v.file, line: v.line, col: v.col, own: true, keys: []string{name}, named: map[string]*value{name: v}}
	}
	return v
}

// reveal lets the texts of secrets stand in a value themselves.
func (v *value) reveal() {
	if v == nil {
		return
	}
	v.own = true
	for _, k := range v.keys {
		v.named[k].reveal()
	}
	for _, item := range v.items {
		item.reveal()
	}
}
