package client

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/template"

	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// typescriptRuntime is what all methods of a client in TypeScript use.
//
//go:embed typescript.tmpl
var typescriptRuntime string

// typescript is a client in TypeScript in the making.
type typescript struct {
	b, methods strings.Builder
	names      map[*schema.Definition]string
	used       map[string]bool // what of the runtime
}

func writeTypeScript(api *operation.API) ([]byte, error) {
	ts := &typescript{names: map[*schema.Definition]string{}, used: map[string]bool{}}
	types := reserve("Client", "ClientOptions", "Options", "Problem", "ProblemError", // and what the file takes from the language
		"AbortSignal", "Array", "Blob", "BodyInit", "Date", "Error", "Headers", "HeadersInit", "JSON", "Number", "Object", "Promise", "ReadableStream", "Request", "RequestInit",
		"Response", "String", "TypeError", "Uint8Array", "URLSearchParams", "Value", "Values", "ArrayBuffer")
	for _, d := range api.Definitions {
		ts.names[d] = types.unique(pascal(d.Name))
	}
	methods := reserve("constructor", "then", "toString", "toJSON", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable")
	list := calls(api, types, methods, pascal, camel, "Args")
	for _, d := range api.Definitions {
		ts.declare(ts.names[d], d.Schema.Description, d.Schema)
	}
	for _, c := range list {
		ts.inputs(c)
		ts.method(c)
	}
	t, err := template.New("").Parse(typescriptRuntime)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	err = t.Execute(&text, map[string]any{"Header": Header, "Service": api.Service, "Used": ts.used, "Types": ts.b.String(), "Methods": ts.methods.String()})
	return []byte(text.String()), err
}

// comment is a doc comment at an indent.
func comment(indent, text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(text), "\r", ""), "*/", `*\/`)
	switch {
	case text == "":
		return ""
	case !strings.Contains(text, "\n"):
		return indent + "/** " + text + " */\n"
	}
	var b strings.Builder
	b.WriteString(indent + "/**\n")
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight(indent+" * "+line, " ") + "\n")
	}
	b.WriteString(indent + " */\n")
	return b.String()
}

// declare writes a named type.
func (ts *typescript) declare(name, doc string, s *schema.Schema) {
	ts.b.WriteString(comment("", doc))
	if structured(s) {
		fmt.Fprintf(&ts.b, "export interface %s %s\n\n", name, ts.structure(s, ""))
		return
	}
	fmt.Fprintf(&ts.b, "export type %s = %s;\n\n", name, ts.typeOf(s, "", name))
}

// inputs writes the types that are a call's own.
func (ts *typescript) inputs(c *call) {
	if c.body != "" {
		ts.declare(c.body, "The body of "+c.method+".", c.Body[0].Schema)
	}
	if c.input == "" {
		return
	}
	fmt.Fprintf(&ts.b, "/** What %s takes. */\nexport interface %s {\n", c.method, c.input)
	keys := c.keys()
	for _, p := range c.Parameters {
		doc := p.Description
		optional := ""
		if p.In == "cookie" {
			doc = strings.TrimSpace(doc + "\n\nA cookie: no browser lets a script set it, and each sends its own. Leave it out there.")
		}
		if !p.Required || p.In == "cookie" {
			optional = "?"
		}
		fmt.Fprintf(&ts.b, "%s  %s%s: %s;\n", comment("  ", doc), property(keys[p.In+" "+p.Name]), optional, ts.typeOf(p.Schema, "  ", ""))
	}
	switch {
	case c.raw():
		fmt.Fprintf(&ts.b, "  /** It is sent as it is. */\n  %s?: BodyInit;\n  /** That of the body, where it does not say it itself. */\n  contentType?: string;\n", property(keys[""]))
	case c.Body != nil:
		fmt.Fprintf(&ts.b, "  %s: %s;\n", property(keys[""]), ts.bodyType(c))
	}
	ts.b.WriteString("}\n\n")
}

// keys are the names of the members of a call's argument, by parameter; "" is the body.
func (c *call) keys() map[string]string {
	taken, keys := names{}, map[string]string{}
	if c.Body != nil || c.raw() {
		keys[""] = taken.unique("body")
	}
	if c.raw() {
		taken["contentType"] = true
	}
	for _, p := range c.Parameters {
		keys[p.In+" "+p.Name] = taken.unique(p.Name)
	}
	return keys
}

// needed reports whether the argument of a call cannot be left out.
func (c *call) needed() bool {
	return c.Body != nil && !c.raw() || slices.ContainsFunc(c.Parameters, func(p operation.Parameter) bool { return p.Required && p.In != "cookie" })
}

func (ts *typescript) bodyType(c *call) string {
	if c.body != "" {
		return c.body
	}
	return ts.typeOf(c.Body[0].Schema, "", "")
}

// method writes the method of a call.
func (ts *typescript) method(c *call) {
	w := &ts.methods
	deprecated := strings.ReplaceAll("\n\n"+upper(c.summary()), "\n\nDeprecated: ", "\n\n@deprecated ")
	arguments := ""
	switch {
	case c.input != "" && c.needed():
		arguments = "args: " + c.input + ", "
	case c.input != "":
		arguments = "args: " + c.input + " = {}, "
	case c.whole():
		arguments = "body: " + ts.bodyType(c) + ", "
	}
	out, end := ts.result(c)
	fmt.Fprintf(w, "\n%s  async %s(%soptions: Options = {}): Promise<%s> {\n", comment("  ", deprecated), property(c.method), arguments, out)
	request := ts.request(c)
	before := "const response = await "
	switch {
	case out == "void":
		before = "await "
	case end == "response":
		before, end = "return ", ""
	}
	fmt.Fprintf(w, "    %sthis.#send(%s, %s, options", before, quote(c.Method), ts.path(c))
	if request != "" {
		fmt.Fprintf(w, ", {\n%s    }", request)
	}
	fmt.Fprintf(w, ");\n")
	if end != "" {
		fmt.Fprintf(w, "    return %s;\n", end)
	}
	fmt.Fprintf(w, "  }\n")
}

// path is an expression that is the path of a request.
func (ts *typescript) path(c *call) string {
	keys, constant, b := c.keys(), true, strings.Builder{}
	for _, p := range c.parts() {
		if p.parameter == nil {
			b.WriteString((&url.URL{Path: p.text}).EscapedPath())
			continue
		}
		constant = false
		function := "segment"
		if p.parameter.Rest {
			function = "rest"
		}
		ts.used[function] = true
		fmt.Fprintf(&b, "${%s(%s, args%s)}", function, quote(p.parameter.Name), member(keys["path "+p.parameter.Name]))
	}
	if constant {
		return quote(b.String())
	}
	return "`" + strings.ReplaceAll(b.String(), "`", "%60") + "`"
}

// request are the members of an object that is the rest of a request.
func (ts *typescript) request(c *call) string {
	var b strings.Builder
	keys := c.keys()
	for _, place := range []struct{ in, member string }{{"query", "query"}, {"header", "headers"}, {"header", "lists"}, {"cookie", "cookies"}} {
		list := slices.DeleteFunc(c.in(place.in), func(p operation.Parameter) bool {
			return p.In == "header" && listed(p) != (place.member == "lists") // whose values have no commas
		})
		if len(list) == 0 {
			continue
		}
		ts.used[place.member] = true
		fmt.Fprintf(&b, "      %s: [", place.member)
		for i, p := range list {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "[%s, args%s]", quote(p.Name), member(keys[p.In+" "+p.Name]))
		}
		b.WriteString("],\n")
	}
	switch {
	case c.raw():
		ts.used["raw"] = true
		fmt.Fprintf(&b, "      body: args%s,\n      type: args.contentType,\n", member(keys[""]))
	case c.whole():
		b.WriteString("      body: JSON.stringify(body),\n      type: \"application/json\",\n")
	case c.Body != nil:
		fmt.Fprintf(&b, "      body: JSON.stringify(args%s),\n      type: \"application/json\",\n", member(keys[""]))
	}
	return b.String()
}

// result is the type of what a call gives, and the expression that makes it of the response.
func (ts *typescript) result(c *call) (out, end string) {
	switch c.result.kind {
	case value:
		out = ts.typeOf(c.result.schema, "  ", "")
		if !c.result.empty {
			return out, "response.json()"
		}
		ts.used["json"] = true
		return nullable(out, true), "json<" + out + ">(response)"
	case text:
		return "string", "response.text()"
	case bytes:
		return "Blob", "response.blob()"
	case stream:
		return "ReadableStream<Uint8Array> | null", "response.body"
	case response:
		return "Response", "response"
	case headers:
		return "Headers", "response.headers"
	}
	return "void", ""
}

// typeOf is the type of a schema's values. Within is the name of the type that it is, "" in another one.
func (ts *typescript) typeOf(s *schema.Schema, indent, within string) string {
	switch {
	case s.Ref != nil:
		if within != "" && ts.leads(s.Ref, within) { // it is made of itself, and of nothing else
			return "unknown"
		}
		return ts.names[s.Ref]
	case len(s.AnyOf) > 0:
		return nullable(ts.typeOf(s.AnyOf[0], indent, within), true)
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			text, ok := v.(string)
			if ok {
				values = append(values, quote(text))
				continue
			}
			if v == nil {
				v = "null"
			}
			values = append(values, fmt.Sprint(v))
		}
		return strings.Join(values, " | ")
	}
	kind, null := kindOf(s)
	t := "unknown"
	switch kind {
	case "boolean", "string":
		t = kind
	case "integer", "number":
		t = "number"
	case "array":
		t = ts.typeOf(s.Items, indent, "")
		if strings.Contains(t, " | ") {
			t = "(" + t + ")"
		}
		t += "[]"
	case "object":
		t = ts.structure(s, indent)
	}
	return nullable(t, null)
}

// leads reports whether a definition is another name of one, or of a pointer to it.
func (ts *typescript) leads(d *schema.Definition, name string) bool {
	for seen := map[*schema.Definition]bool{}; !seen[d]; {
		if ts.names[d] == name {
			return true
		}
		seen[d] = true
		next := d.Schema
		if len(next.AnyOf) > 0 {
			next = next.AnyOf[0]
		}
		if next.Ref != nil {
			d = next.Ref
		}
	}
	return false
}

// nullable is a type that may also be null.
func nullable(t string, null bool) string {
	if !null || t == "unknown" || strings.HasSuffix(t, " | null") {
		return t
	}
	return t + " | null"
}

// structure is the type of an object.
func (ts *typescript) structure(s *schema.Schema, indent string) string {
	if s.Additional != nil {
		return "{ [key: string]: " + ts.typeOf(s.Additional, indent, "") + " }"
	}
	if len(s.Properties) == 0 {
		return "{}"
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, p := range s.Properties {
		optional := ""
		if !slices.Contains(s.Required, p.Name) {
			optional = "?"
		}
		doc := p.Schema.Description
		if p.Schema.ContentEncoding == "base64" {
			doc = strings.TrimSpace(doc + "\n\nIt is base64.")
		}
		b.WriteString(comment(indent+"  ", doc))
		fmt.Fprintf(&b, "%s  %s%s: %s;\n", indent, property(p.Name), optional, ts.typeOf(p.Schema, indent+"  ", ""))
	}
	b.WriteString(indent + "}")
	return b.String()
}

// identifier reports whether a name may stand without quotes.
func identifier(name string) bool {
	for i, r := range name {
		if !(r == '_' || r == '$' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || i > 0 && '0' <= r && r <= '9') {
			return false
		}
	}
	return name != ""
}

// property is a name in an object.
func property(name string) string {
	if identifier(name) {
		return name
	}
	return quote(name)
}

// member is the access to a member of an object.
func member(name string) string {
	if identifier(name) {
		return "." + name
	}
	return "[" + quote(name) + "]"
}

// quote is a text as a literal.
func quote(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil { // which strings have not
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
