package collect

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/annotations"
)

// defaults checks what a component says of its own configuration, and returns it as it is.
func (c *configurationDirective) defaults(found *component) []byte {
	if found.Defaults == "" {
		return nil
	}
	report := func(line, column, length int, format string, args ...any) *annotations.Diagnostic {
		d := &annotations.Diagnostic{
			Pos: token.Position{Filename: found.Defaults, Line: line, Column: column}, Length: length, Code: codeDefaults, Message: fmt.Sprintf(format, args...),
		}
		if lines := strings.Split(string(found.Content), "\n"); line > 0 && line <= len(lines) {
			d.Line = strings.TrimRight(lines[line-1], "\r")
		}
		c.diagnostics = append(c.diagnostics, d)
		return d
	}
	hint := "a component has defaults for its own keys only, such as " + found.namespace + ": {key: value}"
	decoder := yaml.NewDecoder(bytes.NewReader(found.Content))
	var doc yaml.Node
	var values any
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = doc.Decode(&values) // which minds keys that come twice
	}
	if err != nil {
		line, text := yamlError(err)
		report(line, min(line, 1), 0, "%s", text)
		return nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		line := second.Line
		if err != nil {
			line, _ = yamlError(err)
		}
		report(line, min(line, 1), 0, "found a second document, expected one")
		return nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		report(root.Line, root.Column, 0, "expected a mapping with the key %s", found.namespace).Hint = hint
		return nil
	}
	good := true
	for i := 0; i < len(root.Content); i += 2 {
		if key := root.Content[i]; key.Value != found.namespace {
			good = false
			report(key.Line, key.Column, len(key.Value), "key %s is not the namespace %s of the component", key.Value, found.namespace).Hint = hint
		}
	}
	if !good {
		return nil
	}
	return found.Content
}

// yamlError takes the first mistake and its line out of an error of yaml.
func yamlError(err error) (line int, text string) {
	text = strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	text, _, _ = strings.Cut(text, "\n")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if number, what, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return n, what
			}
		}
	}
	return 1, text
}
