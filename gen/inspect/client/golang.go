package client

import (
	_ "embed"
	"fmt"
	"go/format"
	"net/url"
	"strconv"
	"strings"
	"text/template"

	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// golangRuntime is what all methods of a client in Go use.
//
//go:embed golang.tmpl
var golangRuntime string

// golang is a client in Go in the making.
type golang struct {
	b     *strings.Builder
	types names
	names map[*schema.Definition]string
	// byValue are the definitions that a definition has values of in itself, by their names.
	byValue  map[*schema.Definition][]*schema.Definition
	within   *schema.Definition // that is being written
	packages map[string]bool
	used     map[string]bool // what of the runtime
}

func writeGo(api *operation.API, pkg string) ([]byte, error) {
	g := &golang{
		b: &strings.Builder{}, types: reserve("Client", "New", "Problem", "ProblemError"), names: map[*schema.Definition]string{},
		byValue: map[*schema.Definition][]*schema.Definition{}, packages: map[string]bool{}, used: map[string]bool{},
	}
	for _, d := range api.Definitions {
		g.names[d] = g.types.unique(exported(d.Name))
		g.byValue[d] = byValue(d.Schema, nil)
	}
	list := calls(api, g.types, reserve("BaseURL", "HTTP", "Prepare", "MaxBody"), exported, exported, "Input")
	for _, c := range list {
		g.method(c)
	}
	for _, c := range list {
		g.inputs(c)
	}
	for _, d := range api.Definitions {
		g.definition(d)
	}
	body := g.b.String()
	t, err := template.New("").Parse(golangRuntime)
	if err != nil {
		return nil, err
	}
	var head, tail strings.Builder
	for name, into := range map[string]*strings.Builder{"head": &head, "tail": &tail} {
		if err := t.ExecuteTemplate(into, name, map[string]any{"Header": Header, "Package": pkg, "Service": api.Service, "Used": g.used, "Packages": g.packages}); err != nil {
			return nil, err
		}
	}
	source := head.String() + body + tail.String()
	formatted, err := format.Source([]byte(source))
	if err != nil {
		return nil, fmt.Errorf("the client: %w", err) // which is a bug
	}
	return formatted, nil
}

func (g *golang) printf(format string, args ...any) { fmt.Fprintf(g.b, format, args...) }

// comment writes a doc comment.
func (g *golang) comment(text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n") {
		g.printf("// %s\n", line)
	}
}

// fields are the names of the fields of a call's input, by parameter; "" is the body.
func (c *call) fields() map[string]string {
	taken, fields := names{}, map[string]string{}
	if c.Body != nil || c.raw() {
		fields[""] = taken.unique("Body")
	}
	if c.raw() {
		taken["ContentType"] = true
	}
	for _, p := range c.Parameters {
		fields[p.In+" "+p.Name] = taken.unique(exported(p.Name))
	}
	return fields
}

// inputs writes the types that are a call's own.
func (g *golang) inputs(c *call) {
	if c.input != "" {
		fields := c.fields()
		g.printf("// %s is what %s takes.\ntype %s struct {\n", c.input, c.method, c.input)
		for _, p := range c.Parameters {
			g.comment(p.Description)
			t := g.typeOf(p.Schema)
			if !p.Required && !g.nilable(p.Schema) {
				t = "*" + t
			}
			g.printf("%s %s\n", fields[p.In+" "+p.Name], t)
		}
		switch {
		case c.raw():
			g.packages["io"] = true
			g.printf("// Body is sent as it is; nil is none.\n%s io.Reader\n// ContentType is that of Body; empty is application/octet-stream.\nContentType string\n", fields[""])
		case c.Body != nil:
			g.printf("%s %s\n", fields[""], g.bodyType(c))
		}
		g.printf("}\n\n")
	}
	if c.body != "" {
		g.printf("// %s is the body of %s.\ntype %s %s\n\n", c.body, c.method, c.body, g.typeOf(c.Body[0].Schema))
	}
}

func (g *golang) bodyType(c *call) string {
	if c.body != "" {
		return c.body
	}
	return g.typeOf(c.Body[0].Schema)
}

// method writes the method of a call.
func (g *golang) method(c *call) {
	doc := c.method + " " + c.summary()
	if k := c.result.kind; k == bytes || k == stream || k == response {
		doc += "\n\nThe caller closes the body."
	}
	g.comment(doc)
	out, empty, end := g.resultType(c)
	input := ""
	switch {
	case c.input != "":
		input = ", in " + c.input
	case c.whole():
		input = ", in " + g.bodyType(c)
	}
	results := "error"
	if out != "" {
		results = "(" + out + ", error)"
	}
	g.printf("func (c *Client) %s(ctx context.Context%s) %s {\n", c.method, input, results)
	g.printf("r := newRequest(%q)\n", c.Method)
	g.send(c)
	if out == "" {
		g.printf("res, err := c.send(ctx, r)\nif err != nil {\nreturn err\n}\nreturn res.Body.Close()\n}\n\n")
		return
	}
	g.printf("res, err := c.send(ctx, r)\nif err != nil {\n")
	if empty == "" {
		g.printf("var none %s\nreturn none, err\n", out)
	} else {
		g.printf("return %s, err\n", empty)
	}
	g.printf("}\n%s}\n\n", end)
}

// send writes what makes the request.
func (g *golang) send(c *call) {
	fields := c.fields()
	for _, p := range c.parts() {
		switch {
		case p.parameter == nil:
			g.printf("r.path += %q\n", (&url.URL{Path: p.text}).EscapedPath())
		case p.parameter.Rest:
			g.used["rest"] = true
			g.printf("r.rest(%q, %s)\n", p.parameter.Name, g.text(p.parameter.Schema, "in."+fields["path "+p.parameter.Name]))
		default:
			g.used["segment"] = true
			g.printf("r.segment(%q, %s)\n", p.parameter.Name, g.text(p.parameter.Schema, "in."+fields["path "+p.parameter.Name]))
		}
	}
	for _, place := range []string{"query", "header", "cookie"} {
		for _, p := range c.in(place) {
			g.add(p, "in."+fields[p.In+" "+p.Name])
		}
	}
	switch {
	case c.raw():
		g.used["raw"] = true
		g.printf("r.raw(in.%s, in.ContentType)\n", fields[""])
	case c.whole():
		g.used["json"] = true
		g.printf("r.json(in)\n")
	case c.Body != nil:
		g.used["json"] = true
		g.printf("r.json(in.%s)\n", fields[""])
	}
	if c.result.kind == response {
		g.used["any"] = true
		g.printf("r.any = true\n")
	}
}

// add writes what adds the values of a parameter.
func (g *golang) add(p operation.Parameter, field string) {
	add := map[string]string{"query": "r.query.Add(%q, %s)\n", "header": "r.header.Add(%q, %s)\n", "cookie": "r.cookie(%q, %s)\n"}[p.In]
	if p.In == "cookie" {
		g.used["cookie"] = true
	}
	switch {
	case listed(p):
		if p.In == "header" {
			g.used["list"] = true
			add = "r.list(%q, %s)\n"
		}
		g.printf("for _, v := range %s {\n"+add+"}\n", field, p.Name, g.text(p.Schema.Items, "v"))
	case p.Required || g.nilable(p.Schema):
		g.printf(add, p.Name, g.text(p.Schema, field))
	default:
		g.printf("if %s != nil {\n"+add+"}\n", field, p.Name, g.text(p.Schema, "*"+field))
	}
}

// text is an expression that is the text of a value.
func (g *golang) text(s *schema.Schema, value string) string {
	if g.typeOf(s) == "string" {
		return value
	}
	g.used["text"] = true
	return "text(" + value + ")"
}

// resultType is the type of a result, its empty value if it has a word for that, and what returns it of a response.
func (g *golang) resultType(c *call) (out, empty, end string) {
	r := c.result
	switch r.kind {
	case value:
		t := g.typeOf(r.schema)
		switch {
		case g.nilable(r.schema):
			g.used["value"], g.used["all"] = true, true
			return t, "nil", fmt.Sprintf("return value[%s](c, res, %t)\n", t, r.empty)
		case r.empty:
			g.used["value"], g.used["all"], g.used["pointer"] = true, true, true
			return "*" + t, "nil", fmt.Sprintf("return pointer[%s](c, res)\n", t)
		}
		g.used["value"], g.used["all"] = true, true
		return t, "", fmt.Sprintf("return value[%s](c, res, false)\n", t)
	case text:
		g.used["all"] = true
		return "string", `""`, "return all(c, res)\n"
	case bytes, stream:
		g.packages["io"] = true
		if !r.empty {
			return "io.ReadCloser", "nil", "return res.Body, nil\n"
		}
		g.used["stream"] = true
		return "io.ReadCloser", "nil", "return stream(res)\n"
	case response:
		return "*http.Response", "nil", "return res, nil\n"
	case headers:
		return "http.Header", "nil", "return res.Header, res.Body.Close()\n"
	}
	return "", "", ""
}

// definition writes a named type.
func (g *golang) definition(d *schema.Definition) {
	name, s := g.names[d], d.Schema
	g.within = d
	doc := s.Description
	if first, rest, _ := strings.Cut(doc, " "); doc == "" {
		doc = name + " is a type of the application."
	} else if first == d.Name {
		doc = name + " " + rest
	}
	g.comment(doc)
	t := g.typeOf(s)
	if t == rawMessage { // a type of its own would not have the methods
		t = "= " + t
	}
	g.printf("type %s %s\n\n", name, t)
	if len(s.EnumNames) > 0 {
		g.printf("// The values of %s.\nconst (\n", name)
		for i, v := range s.Enum {
			constant := exported(s.EnumNames[i])
			if !strings.HasPrefix(constant, name) {
				constant = name + constant
			}
			literal := fmt.Sprint(v)
			if text, ok := v.(string); ok {
				literal = strconv.Quote(text)
			}
			g.printf("%s %s = %s\n", g.types.unique(constant), name, literal)
		}
		g.printf(")\n\n")
	}
	g.within = nil
}
