package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// Change is one that callers may notice: what worked before may not work any more.
type Change struct {
	// Method and Path are those of the operation, the path as it is now, or as it was where it is gone.
	Method, Path string
	// Message says where in the operation, and what was found before and what now.
	Message string
}

// Compare lists what a document breaks of what an earlier one promised: operations, parameters, members and statuses that are gone, what
// requests have to have now, values that are no longer taken, and values and statuses of success that responses did not have. Both are documents of this
// package. What is new, and what callers that follow the earlier document cannot notice, is not listed.
func Compare(before, after []byte) ([]Change, error) {
	c := &comparison{}
	for _, d := range []struct {
		text []byte
		to   *contract
	}{{before, &c.before}, {after, &c.after}} {
		if err := json.Unmarshal(d.text, d.to); err != nil {
			return nil, fmt.Errorf("read an OpenAPI document: %w", err)
		}
	}
	now := map[string]string{} // paths by what matters of them: not the names of their wildcards
	for path := range c.after.Paths {
		now[anonymous(path)] = path
	}
	for _, path := range slices.Sorted(maps.Keys(c.before.Paths)) {
		for _, method := range methods() {
			old := c.before.Paths[path][method]
			if old == nil {
				continue
			}
			at := path
			if current, ok := now[anonymous(path)]; ok {
				at = current
			}
			c.method, c.path = strings.ToUpper(method), at
			if o := c.after.Paths[at][method]; o != nil {
				old.Parameters = renamed(old.Parameters, path, at)
				c.operation(old, o)
			} else {
				c.change("is gone")
			}
		}
	}
	return c.changes, nil
}

// anonymous is a path without the names of its wildcards.
func anonymous(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// contract is a document as it is compared.
type contract struct {
	Paths      map[string]map[string]*called
	Components struct {
		Schemas   map[string]*form
		Responses map[string]*answer
	}
}

type called struct {
	Parameters  []given
	RequestBody *struct{ Content map[string]media }
	Responses   map[string]*answer
}

// given is a parameter.
type given struct {
	Name, In string
	Required bool
	Schema   *form
}

type answer struct {
	Ref     string `json:"$ref"`
	Content map[string]media
}

type media struct{ Schema *form }

// form is a schema as it is compared.
type form struct {
	Ref                                string `json:"$ref"`
	Type                               words
	Format, Pattern, ContentEncoding   string
	Enum                               []any
	Properties                         map[string]*form
	Required                           []string
	AdditionalProperties, Items        *form
	MinItems, MinLength, Minimum       *float64
	MaxItems, MaxLength, Maximum       *float64
	ExclusiveMinimum, ExclusiveMaximum *float64
	AnyOf                              []*form
}

// words are one or several.
type words []string

// UnmarshalJSON reads one word as a list.
func (w *words) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		*w = make(words, 1)
		return json.Unmarshal(text, &(*w)[0])
	}
	return json.Unmarshal(text, (*[]string)(w))
}

type comparison struct {
	before, after contract
	method, path  string
	changes       []Change
}

func (c *comparison) change(format string, args ...any) {
	c.changes = append(c.changes, Change{c.method, c.path, fmt.Sprintf(format, args...)})
}

func (c *comparison) operation(old, o *called) {
	for _, p := range old.Parameters {
		if p.In == "path" {
			continue // which the path tells, in its own words
		}
		if !slices.ContainsFunc(o.Parameters, func(q given) bool { return q.In == p.In && q.Name == p.Name }) {
			c.change("%s %s is gone", p.In, p.Name)
		}
	}
	for _, p := range o.Parameters {
		i := slices.IndexFunc(old.Parameters, func(q given) bool { return q.In == p.In && q.Name == p.Name })
		switch {
		case i < 0 && p.Required:
			c.change("%s %s is required, and was not there", p.In, p.Name)
		case i < 0:
		case p.Required && !old.Parameters[i].Required:
			c.change("%s %s is required, and was not", p.In, p.Name)
			fallthrough
		default:
			c.narrowed(p.In+" "+p.Name, old.Parameters[i].Schema, p.Schema)
		}
	}
	c.body(old, o)
	gone := false
	for _, status := range slices.Sorted(maps.Keys(old.Responses)) {
		was, is := c.before.answer(old.Responses[status]), c.after.answer(o.Responses[status])
		if _, ok := o.Responses[status]; !ok {
			c.change("status %s is gone", status)
			gone = true
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(was.Content)) {
			if _, ok := is.Content[name]; !ok && len(is.Content) > 0 {
				c.change("the response %s is no %s any more", status, name)
			} else if !ok {
				c.change("the response %s has no body any more", status)
			} else {
				c.widened("the response "+status, was.Content[name].Schema, is.Content[name].Schema)
			}
		}
	}
	if gone { // in whose place others are
		return
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if _, ok := old.Responses[status]; !ok && status < "4" { // failures that the document does not name could always be
			c.change("the status may be %s, and could not", status)
		}
	}
}

// renamed are parameters with the names that the wildcards of a path have in another one that is the same but for them.
func renamed(list []given, from, to string) []given {
	before, now := wildcards(from), wildcards(to)
	list = slices.Clone(list)
	for i := range list {
		if at := slices.Index(before, list[i].Name); list[i].In == "path" && at >= 0 {
			list[i].Name = now[at]
		}
	}
	return list
}

func (c *comparison) body(old, o *called) {
	switch {
	case old.RequestBody == nil && o.RequestBody != nil:
		c.change("a body is required, and was not there")
	case old.RequestBody == nil:
	case o.RequestBody == nil:
		c.change("the body is not read any more")
	default:
		for _, name := range slices.Sorted(maps.Keys(old.RequestBody.Content)) {
			if is, ok := o.RequestBody.Content[name]; ok {
				c.narrowed("the body", old.RequestBody.Content[name].Schema, is.Schema)
			} else {
				c.change("the body may not be %s any more", name)
			}
		}
	}
}

// answer is a response, or what it refers to.
func (c *contract) answer(a *answer) *answer {
	if a == nil {
		return &answer{}
	}
	if name, ok := strings.CutPrefix(a.Ref, "#/components/responses/"); ok && c.Components.Responses[name] != nil {
		return c.Components.Responses[name]
	}
	return a
}

// form is a schema, or what it refers to.
func (c *contract) form(f *form) *form {
	for range 100 { // definitions refer to others
		if f == nil {
			return &form{}
		}
		name, ok := strings.CutPrefix(f.Ref, "#/components/schemas/")
		if !ok {
			break
		}
		f = c.Components.Schemas[name]
	}
	return f
}

// narrowed lists the values that requests could have, and cannot any more.
func (c *comparison) narrowed(where string, was, is *form) {
	(&containment{c: c, inner: &c.before, outer: &c.after, seen: map[[2]*form]bool{}, verb: "takes", gone: "is not read any more", missing: "is required, and was not"}).in(where, was, is)
}

// widened lists the values that responses may have, and could not.
func (c *comparison) widened(where string, was, is *form) {
	(&containment{c: c, inner: &c.after, outer: &c.before, seen: map[[2]*form]bool{}, verb: "is", gone: "is gone", missing: "may be missing, and could not", response: true}).in(where, is, was)
}

// Owner is the function that an operation calls, nil if there is none any more.
func Owner(app *model.App, method, path string) *model.Function {
	for _, f := range app.Functions {
		for _, t := range f.Triggers {
			for _, r := range t.Routes {
				if (r.Method == method || r.Method == "") && anonymous(pathOf(r.Pattern)) == anonymous(path) {
					return f
				}
			}
		}
	}
	return nil
}
