package operationtest

import (
	"fmt"
	"go/types"
	"math/rand/v2"

	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// API are operations over the types of [Types]. The same seed makes the same ones.
func API(seed uint64) (api *operation.API, source string, err error) {
	pkg, set, source, err := Types(seed)
	if err != nil {
		return nil, source, err
	}
	r := &operations{Rand: rand.New(rand.NewPCG(seed, 2)), set: set}
	for _, name := range pkg.Scope().Names() {
		if o, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && name != "G" {
			r.types = append(r.types, o.Type())
		}
	}
	api = &operation.API{Service: "random"}
	for i := range 12 {
		api.Operations = append(api.Operations, r.operation(i))
	}
	awkward := r.awkward() // before the set names what they refer to
	api.Definitions = append(set.Definitions(), awkward...)
	return api, source, nil
}

type operations struct {
	*rand.Rand
	set   *schema.Set
	types []types.Type
}

func (r *operations) pick(of ...string) string { return of[r.IntN(len(of))] }

// doc is a comment, of which some try to end the one that it stands in.
func (r *operations) doc() string {
	return r.pick("", "Says it.", "*/ throw 1 /*", "a\n\n\tb\n\nDeprecated: no.", "//go:build ignore", "`${x}` \\u2028 \u2028", "-- x --\r\n# y\n")
}

func (r *operations) of() *schema.Schema {
	return r.set.Of(r.types[r.IntN(len(r.types))], r.IntN(2) == 0, schema.Place{})
}

func (r *operations) operation(i int) *operation.Operation {
	o := &operation.Operation{
		ID:     r.pick("a-b", "a_b", "aB", "constructor", "then", "delete", "http", "1x", "-", "日本", "prepare", "base-url", "to-string", "class", "new", "client"),
		Method: r.pick("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"), Path: fmt.Sprintf("/%d", i),
		Summary: r.doc(), Description: r.doc(), Responses: map[string]operation.Response{"default": {Failure: "Failure"}},
	}
	o.ID += r.pick("", fmt.Sprint("-", i))
	seen := map[string]bool{}
	for range r.IntN(6) {
		p := operation.Parameter{
			Name: r.pick("id", "ID", "X-Wait", "class", "in", "args", "__proto__", "größe", "日本", "body", "content-type", "options"),
			In:   r.pick("path", "query", "header", "cookie"), Description: r.doc(), Required: r.IntN(2) == 0, Schema: r.value(),
		}
		if key := p.In + " " + p.Name; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		if p.In == "path" {
			p.Required, p.Rest = true, r.IntN(4) == 0
			o.Path += "/`$x` %\\/{" + p.Name + "}"
		} else if r.IntN(3) == 0 {
			p.Schema = &schema.Schema{Types: []string{"array"}, Items: p.Schema}
		}
		o.Parameters = append(o.Parameters, p)
	}
	form := &operation.Content{Media: "application/x-www-form-urlencoded", Schema: &schema.Schema{Types: []string{"object"}}}
	switch r.IntN(7) {
	case 5:
		o.Body = []*operation.Content{form}
	case 6:
		o.Body = []*operation.Content{{Media: "application/json", Schema: r.of()}, form}
	case 0:
		o.Body = []*operation.Content{{Media: "*/*", Schema: &schema.Schema{}}}
	case 1:
		o.Open = true
	case 2, 3:
		o.Body = []*operation.Content{{Media: "application/json", Schema: r.of()}}
	}
	if r.IntN(4) > 0 {
		media := r.pick("application/json", "application/json", "application/json", "text/plain", "application/octet-stream", "*/*")
		o.Responses["200"] = operation.Response{Content: &operation.Content{Media: media, Stream: r.IntN(2) == 0, Schema: r.of()}}
	}
	if r.IntN(3) == 0 {
		o.Responses["204"] = operation.Response{}
	}
	return o
}

// value is the schema of a parameter.
func (r *operations) value() *schema.Schema {
	switch r.IntN(5) {
	case 0:
		return &schema.Schema{Types: []string{"integer"}, Format: "int64"}
	case 1:
		return &schema.Schema{Types: []string{"boolean"}}
	case 2:
		return &schema.Schema{Types: []string{"string"}, Format: "date-time"}
	case 3:
		return &schema.Schema{Types: []string{"string"}, Enum: []any{"a", "`", "*/", `"`, "${x}", "\u2028", ""}}
	}
	return &schema.Schema{Types: []string{"string"}}
}

// awkward are definitions with names that clash, with each other and with those of a client.
func (r *operations) awkward() (list []*schema.Definition) {
	for _, name := range []string{"Client", "Problem", "Error", "Response", "books.Book", "books_Book", "booksBook", "_", "3d", "A-BInput", "A-BBody", "New", "Options"} {
		d := &schema.Definition{Name: name, Schema: &schema.Schema{Types: []string{"string"}, Description: r.doc(), Enum: []any{"a", "*/", "\n", "`${x}`"}, EnumNames: []string{"A", "B", "b", "Client"}}}
		if r.IntN(2) == 0 {
			d.Schema = r.of()
		}
		list = append(list, d)
	}
	return list
}
