package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// LayersOf reads what an f.yml says of the configuration of its layers, without targets and stages, in the form of
// framework.Runtime.LayerDefaults; "" is nothing, also for want of the file. Tests read it so, without a build. Values with a variable in them are left
// out: what they are is known where something is built.
func LayersOf(file string) (string, error) {
	raw, err := readRegular(file, maxFile)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var spec struct {
		Layers map[string]struct {
			Config map[string]any `yaml:"config"`
		} `yaml:"layers"`
	}
	if err := yaml.Unmarshal(raw, &spec); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	layers := map[string]any{}
	for name, l := range spec.Layers {
		own := map[string]any{}
		if nestAll(own, l.Config); len(own) > 0 {
			layers[name] = own
		}
	}
	if len(layers) == 0 {
		return "", nil
	}
	text, err := yaml.Marshal(map[string]any{"-": map[string]any{"layers": layers}})
	return string(text), err
}

// nestAll puts values below the words of their dotted keys.
func nestAll(to map[string]any, values map[string]any) {
	for key, v := range values {
		at := to
		words := strings.Split(key, ".")
		for _, word := range words[:len(words)-1] {
			next, ok := at[word].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[word] = next
			}
			at = next
		}
		last := words[len(words)-1]
		switch v := v.(type) {
		case map[string]any:
			next, ok := at[last].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[last] = next
			}
			nestAll(next, v)
		case string:
			if !strings.Contains(v, "${") {
				at[last] = v
			}
		default:
			at[last] = v
		}
	}
}
