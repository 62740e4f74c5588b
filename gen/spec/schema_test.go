package spec

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(Schema())))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("f.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("f.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// structural reports whether the decoder refuses a document for what a schema can say: types, keys, words.
func structural(diags annotations.Diagnostics) bool {
	return slices.ContainsFunc(diags, func(d annotations.Diagnostic) bool {
		return d.Code != CodeValue && !strings.HasSuffix(d.Message, "cannot come from the environment") || strings.HasPrefix(d.Message, "unknown ")
	})
}

// compare puts one document to both.
func compare(t *testing.T, schema *jsonschema.Schema, document any) (accepted bool) {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	invalid := schema.Validate(value)
	_, diags := decode("f.yml", text, testEnv)
	if refused := structural(diags); refused != (invalid != nil) {
		t.Fatalf("%s\nschema: %v\ndecoder: %v", text, invalid, diags)
	}
	return invalid == nil
}

// TestSchemaEqualsDecoder makes documents from the types, breaks some of them, and puts all of them to both.
func TestSchemaEqualsDecoder(t *testing.T) {
	schema := compiled(t)
	rounds, seed := 4000, uint64(3)
	if os.Getenv("FAASGEN_SOAK") != "" {
		rounds, seed = 400_000, rand.Uint64()
		t.Logf("seed %d", seed)
	}
	g := generator{rand.New(rand.NewPCG(seed, 4))}
	valid, accepted, refused := 0, 0, 0
	for range rounds {
		document := g.value(reflect.TypeFor[Spec](), nil, false)
		if compare(t, schema, document) {
			valid++
		}
		for range 1 + g.IntN(3) {
			document = g.mutate(document)
		}
		if compare(t, schema, document) {
			accepted++
		} else {
			refused++
		}
	}
	if valid != rounds {
		t.Errorf("only %d of %d generated documents are valid", valid, rounds)
	}
	if accepted < 400 || refused < 1500 {
		t.Errorf("%d broken documents were accepted and %d refused: one of them proves too little", accepted, refused)
	}
}

func TestSchemaEqualsDecoderOnCases(t *testing.T) {
	schema := compiled(t)
	for source, want := range map[string]bool{
		`{}`:                        false,
		`{"service": "a"}`:          true,
		`{"service": null}`:         false,
		`{"service": "${env.SET}"}`: true,
		`{"service": "a", "provider": null, "functions": {"work": null}, "targets": {"aws": null}}`:                                                                   true,
		`{"service": "a", "functions": {"work": {"events": null}}}`:                                                                                                   false,
		`{"service": "a", "functions": {"work": {"events": [{"http": null}]}}}`:                                                                                       false,
		`{"service": "a", "functions": {"work": {"events": [{"event": null}]}}}`:                                                                                      true,
		`{"service": "a", "functions": {"work": {"events": [{"http": {"method": ["GET"], "path": "/", "x-aws": {}}}]}}}`:                                              true,
		`{"service": "a", "functions": {"work": {"events": [{"http": {"method": [["GET"]], "path": "/"}}]}}}`:                                                         false,
		`{"service": "a", "functions": {"work": {"events": [{}]}}}`:                                                                                                   false,
		`{"service": "a", "layers": {}}`:                                                                                                                              true,
		`{"service": "a", "layers": {"audit": {}}}`:                                                                                                                   false,
		`{"service": "a", "layers": {"audit": {"use": "go:example.com/audit", "config": {"a.b": [1]}}}, "targets": {"aws": {"layers": {"audit": {"config": null}}}}}`: true,
		`{"service": "a", "targets": {"aws": {"layers": {"audit": {"use": "go:example.com/audit"}}}}}`:                                                                false,
		`{"service": "a", "x-aws": {"any": [1]}, "custom": [1]}`:                                                                                                      true,
		`{"service": "a", "x-aws": 1}`:                                                                                                                                false,
		`{"service": "a", "provider": {"concurrency": "${env.NUMBER}", "internetAccess": "${env.YES}", "architecture": "${env.SET}"}}`:                                true,
		`{"service": "a", "provider": {"concurrency": "7"}}`:                                                                                                          false,
		`{"service": "a", "provider": {"environment": {"A": 1, "B": true, "C": "x"}}}`:                                                                                true,
		`{"service": "a", "provider": {"environment": {"A": null}}}`:                                                                                                  true, // and refused by what it means
		`{"service": "a", "provider": {"fileSystems": [null]}}`:                                                                                                       false,
		`{"service": "a", "provider": {"vpc": {"x-aws": {}}}}`:                                                                                                        false,
	} {
		var document any
		if err := json.Unmarshal([]byte(source), &document); err != nil {
			t.Fatal(err)
		}
		if source == `{"service": "a", "provider": {"concurrency": "${env.NUMBER}", "internetAccess": "${env.YES}", "architecture": "${env.SET}"}}` {
			// A variable may hold anything, which only its value tells.
			document.(map[string]any)["provider"].(map[string]any)["architecture"] = "arm64"
		}
		if got := compare(t, schema, document); got != want {
			t.Errorf("%s: accepted %v", source, got)
		}
	}
}

// TestSchemaDescribes fails for a key that was added without a description.
func TestSchemaDescribes(t *testing.T) {
	var document map[string]any
	if err := json.Unmarshal(Schema(), &document); err != nil {
		t.Fatal(err)
	}
	check := func(name string, structure map[string]any) {
		for key, property := range structure["properties"].(map[string]any) {
			text, _ := property.(map[string]any)["description"].(string)
			if !strings.HasPrefix(text, key+" ") {
				t.Errorf("%s.%s: the description %q does not start with the key", name, key, text)
			} else if text == "" {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
	}
	check("f.yml", document)
	for name, structure := range document["$defs"].(map[string]any) {
		if properties := structure.(map[string]any)["properties"]; properties != nil {
			check(name, structure.(map[string]any))
		}
	}
}

// generator makes values of the types of f.yml.
type generator struct{ *rand.Rand }

func (g generator) one(words ...string) string { return words[g.IntN(len(words))] }

func (g generator) value(t reflect.Type, enum []string, loose bool) any {
	switch t {
	case reflect.TypeFor[*yaml.Node]():
		return g.anything(2)
	case reflect.TypeFor[Extension]():
		return map[string]any{"Key": g.anything(2)}
	case reflect.TypeFor[Values]():
		return map[string]any{"order.maxItems": g.anything(2), "db": g.anything(2)}
	case reflect.TypeFor[Event]():
		word := g.one("http", "timer", "event")
		triggers := annotations.Triggers()
		i := slices.IndexFunc(triggers, func(d annotations.Definition) bool { return d.Name == word })
		arguments := g.value(triggers[i].Marker, nil, false)
		if m, ok := arguments.(map[string]any); ok && g.IntN(4) == 0 {
			m["x-aws"] = map[string]any{}
		}
		return map[string]any{word: arguments}
	case reflect.TypeFor[annotations.List]():
		if g.IntN(2) == 0 {
			return g.one("GET", "GET,POST")
		}
		return []any{"GET", "PUT"}
	case reflect.TypeFor[annotations.Memory](), reflect.TypeFor[annotations.Duration](), reflect.TypeFor[annotations.Days]():
		return []any{1 + g.IntN(900), "5", "${env.NUMBER}"}[g.IntN(3)]
	case reflect.TypeFor[annotations.Statuses]():
		return []any{201, "201", "200,202"}[g.IntN(3)]
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		panic("no values of " + t.String())
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.value(t.Elem(), enum, loose)
	case reflect.Struct:
		return g.structure(t)
	case reflect.Map:
		m := map[string]any{}
		for range g.IntN(3) {
			m[g.one("aws", "work", "A", "b.c", "x-1")] = g.value(t.Elem(), nil, true)
		}
		return m
	case reflect.Slice:
		list := make([]any, g.IntN(3))
		for i := range list {
			list[i] = g.value(t.Elem(), nil, false)
		}
		return list
	case reflect.Bool:
		return []any{true, false, "${env.YES}"}[g.IntN(3)]
	case reflect.Int:
		return []any{g.IntN(100), "${env.NUMBER}"}[g.IntN(2)]
	case reflect.Float64:
		return []any{g.IntN(100), 0.5, "${env.NUMBER}"}[g.IntN(3)]
	case reflect.String:
		switch {
		case len(enum) > 0:
			return g.one(enum...)
		case loose && g.IntN(2) == 0:
			return []any{1, 1.5, true}[g.IntN(3)]
		}
		return g.one("a", "GET", "", "1", "true", "null", "/path", "${env.SET}", "x${env.NOPE:d}y", "- a: b", "2020-01-01")
	}
	panic("no values of " + t.String())
}

func (g generator) structure(t reflect.Type) any {
	m := map[string]any{}
	for _, f := range annotations.Fields(t) {
		switch {
		case f.Name == extensionKey:
			if g.IntN(6) == 0 {
				m["x-aws"] = g.value(f.Type, nil, false)
			}
		case f.Required || g.IntN(5) == 0 || t == reflect.TypeFor[Spec]():
			m[f.Name] = g.value(f.Type, f.Enum, false)
		}
	}
	return m
}

func (g generator) anything(depth int) any {
	n := 8
	if depth == 0 {
		n = 6
	}
	switch g.IntN(n) {
	case 0:
		return nil
	case 1:
		return g.IntN(2) == 0
	case 2:
		return g.IntN(10)
	case 3:
		return 1.5
	case 4:
		return "text"
	case 5:
		return "${env.NUMBER}"
	case 6:
		return []any{g.anything(depth - 1)}
	}
	return map[string]any{g.one("a", "x-aws", "service", "http"): g.anything(depth - 1)}
}

// mutate changes one place of a document: another value, a key more, a key less, a key renamed.
func (g generator) mutate(document any) any {
	switch v := document.(type) {
	case map[string]any:
		keys := slices.Sorted(func(yield func(string) bool) {
			for k := range v {
				if !yield(k) {
					return
				}
			}
		})
		out := map[string]any{}
		for _, k := range keys {
			out[k] = v[k]
		}
		switch choice := g.IntN(12); {
		case len(keys) == 0 || choice == 0:
			out[g.one("zzz", "x-AWS", "x-aws", "x-", "timeout", "vpc", "stages", "events", "http")] = g.anything(2)
		case choice == 1:
			delete(out, keys[g.IntN(len(keys))])
		case choice == 2:
			k := keys[g.IntN(len(keys))]
			out[k+"s"] = out[k]
			delete(out, k)
		case choice == 3:
			return g.anything(2)
		default:
			k := keys[g.IntN(len(keys))]
			out[k] = g.mutate(out[k])
		}
		return out
	case []any:
		if len(v) == 0 || g.IntN(3) == 0 {
			return g.anything(2)
		}
		out := slices.Clone(v)
		i := g.IntN(len(out))
		out[i] = g.mutate(out[i])
		return out
	}
	return g.anything(2)
}

// FuzzParse feeds f.yml with anything. It must not panic, say the same each time, and point at places that exist; what
// the decoder accepts of it, the schema accepts.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "service: shop\n", overlaid, "a: &a [*a]\n", "? - a\n: b\n", "<<: {<<: 1}\n", "service: !!binary aGk=\n", "- \n", "{", "\t", "---\n...\n---\n",
		"service: ${env.SET:a}\nx-aws: {a: !Ref b, <<: {c: ${env.X:}}}\n", "service: |\n  a\n  b\n", "service: >-\n a\n", "'service': \"s\\x41\"\n",
		"functions: {work: {events: [http: {method: GET, path: '/{a}'}, timer: {cron: '* * * * *'}]}}\n", "%YAML 1.2\n---\nservice: a\n", "service: &x a\ndescription: *x\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		s, diags := Parse("f.yml", []byte(source), testEnv)
		_, again := Parse("f.yml", []byte(source), testEnv)
		if fmt.Sprint(diags) != fmt.Sprint(again) {
			t.Fatalf("a second run says other things:\n%s\n%s", diags, again)
		}
		lines := newSource("f.yml", []byte(source)).lines
		for _, d := range diags {
			if d.Message == "" || d.Code == "" || d.Pos.Line > len(lines)+1 || d.Pos.Line > 0 && d.Pos.Line <= len(lines) && d.Pos.Column > len(lines[d.Pos.Line-1])+1 {
				t.Fatalf("a diagnostic of nowhere: %+v", d)
			}
			if strings.Contains(d.Message, "s3cr3t") && !strings.Contains(source, "s3cr3t") {
				t.Fatalf("a message shows a variable: %s", d.Message)
			}
		}
		if !diags.Failed() {
			for _, name := range []string{"aws", "x"} {
				s.For(name, "").Resolve("work", annotations.Handler{}, Place{})
			}
		}
	})
}
