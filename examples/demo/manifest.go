package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"gopkg.in/yaml.v3"
)

// manifest is the part of dist/<target>/manifest.json that a gateway and a runtime need.
type manifest struct {
	Units map[string]manifestUnit `json:"units"`
	Files map[string]string       `json:"files"`
}

// manifestUnit is one unit: its package, its limits, its functions.
type manifestUnit struct {
	Function string `json:"function"`
	Artefact string `json:"artefact"`
	Command  string `json:"command"`
	Settings struct {
		Memory      int    `json:"memorySize"`
		Timeout     string `json:"timeout"`
		InitTimeout string `json:"initTimeout"`
	} `json:"settings"`
	Functions []struct {
		Name     string `json:"name"`
		Triggers []struct{ Kind, Route, Name string }
	} `json:"functions"`
	// environment is what the deployment file sets.
	environment map[string]string
}

// unitVariable is set in the environment of each unit, to its name.
const unitVariable = "FAAS_UNIT"

// readManifest reads what faasgen build left for one cloud.
func readManifest(dist string) (*manifest, error) {
	content, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if err != nil {
		return nil, err
	}
	m := &manifest{}
	if err := json.Unmarshal(content, m); err != nil {
		return nil, fmt.Errorf("%s: %w", dist, err)
	}
	environments := map[string]map[string]string{}
	for name := range m.Files {
		if ext := path.Ext(name); ext != ".yml" && ext != ".yaml" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dist, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		var document yaml.Node
		if err := yaml.Unmarshal(content, &document); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		collect(&document, environments)
	}
	for name, u := range m.Units {
		if u.environment = environments[name]; u.environment == nil {
			return nil, fmt.Errorf("%s: no deployment file sets %s to %s", dist, unitVariable, name)
		}
		m.Units[name] = u
	}
	return m, nil
}

// collect finds the environments in a deployment file, whichever vendor's it is: the mappings that name a unit.
func collect(n *yaml.Node, environments map[string]map[string]string) {
	if n.Kind == yaml.MappingNode {
		own := map[string]string{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i+1].Kind == yaml.ScalarNode {
				own[n.Content[i].Value] = n.Content[i+1].Value
			}
		}
		if unit := own[unitVariable]; unit != "" {
			environments[unit] = own
		}
	}
	for _, c := range n.Content {
		collect(c, environments)
	}
}

// limits are the timeouts of a unit.
func (u manifestUnit) limits() (invocation, start time.Duration, err error) {
	if invocation, err = time.ParseDuration(u.Settings.Timeout); err == nil {
		start, err = time.ParseDuration(u.Settings.InitTimeout)
	}
	return invocation, start, err
}
