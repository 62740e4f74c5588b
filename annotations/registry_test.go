package annotations

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestNewRegistryRefuses(t *testing.T) {
	good := Definition{Name: "queue", Marker: reflect.TypeFor[Event](), Places: OnMethod}
	with := func(change func(*Definition)) Definition {
		d := good
		change(&d)
		return d
	}
	tests := []struct {
		definition Definition
		want       string
	}{
		{with(func(d *Definition) { d.Name = "http" }), `directive "http" is defined twice`},
		{with(func(d *Definition) { d.Name = "" }), `directive "": a name is needed`},
		{with(func(d *Definition) { d.Name = "Queue" }), `directive "Queue": a name is lower-case letters, digits and hyphens`},
		{with(func(d *Definition) { d.Name = "1st" }), `directive "1st": a name is lower-case letters, digits and hyphens`},
		{with(func(d *Definition) { d.Places = 0 }), `directive "queue": it has no place to stand`},
		{with(func(d *Definition) { d.Marker = nil }), `directive "queue": <nil> is not a struct`},
		{with(func(d *Definition) { d.Marker = reflect.TypeFor[*Event]() }), `directive "queue": *annotations.Event is not a struct`},
		{with(func(d *Definition) { d.RepeatBy = "name" }), `directive "queue": it repeats by "name", which is not an argument of a directive that repeats`},
		{with(func(d *Definition) { d.RequiresAny = []string{"handle"} }), `directive "queue" names "handle", which is not defined`},
		{with(func(d *Definition) { d.Excludes = []string{"x"} }), `directive "queue" names "x", which is not defined`},
		{with(func(d *Definition) { d.Source = "package" }), `directive "queue": read doc comments: 1:8: expected 'IDENT', found 'EOF'`},
	}
	for _, test := range tests {
		if _, err := NewRegistry(append(Standard(), test.definition)...); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	r, err := NewRegistry(append(Standard(), good)...)
	if err != nil || !slices.Contains(r.Names(), "queue") || !slices.IsSorted(r.Names()) {
		t.Errorf("%v %v", r, err)
	}
}

func TestNeedsHandler(t *testing.T) {
	r := Default()
	for name, want := range map[string]bool{"http": true, "raw": true, "task": false, "handler": false, "use": false, "arg": false} {
		if d, ok := r.Lookup(name); !ok || d.NeedsHandler() != want {
			t.Errorf("%s is a trigger: %v, want %v", name, !want, want)
		}
	}
	if _, ok := r.Lookup("HTTP"); ok {
		t.Error("names are exact")
	}
}

func TestHelp(t *testing.T) {
	r := Default()
	got, err := r.Help("arg")
	want := `//faas:arg NAME [id=...] [group=...] [members=...] [optional] [config=...] [default=...] [refresh=...] [call=...] [async] [timeout=...] [retries=...]

Arg says how one parameter of a constructor is filled.

It stands on a function, next to //faas:provide, //faas:handler,
//faas:middleware or //faas:layer, once for each name.

  name
      Name is the parameter's name.
  id
      ID selects the provider with that id.
  group
      Group passes a slice of the members of that group, in the order of package
      path, name and id.
  members
      Members lists the group's members for this parameter alone: patterns as in
      groups of f.yml, which does not count here.
  optional
      Optional passes the zero value when nothing provides its type, or its
      group has no members.
  config
      Config fills it from that configuration key.
  default
      Default is the value when the key is not configured.
  refresh
      Refresh is how old the value of a config.Live may get; the default is 5
      minutes. A bare number is seconds.
  call
      Call passes a client of the function of that name, as call does for a
      field.
  async
      Async calls it without waiting for it.
  timeout
      Timeout limits such a call, with all its tries. A bare number is seconds.
  retries
      Retries is how often such a call is sent again.
`
	if got != want || err != nil {
		t.Errorf("%v\ngot\n%s\nwant\n%s", err, got, want)
	}
	for _, name := range r.Names() {
		text, err := r.Help(name)
		if err != nil || !strings.HasPrefix(text, prefix+name) {
			t.Errorf("%s: %v", name, err)
		}
		for line := range strings.Lines(text) {
			if len(strings.TrimSuffix(line, "\n")) > 80 && !strings.HasPrefix(line, prefix) {
				t.Errorf("%s: %d columns: %s", name, len(line), line)
			}
		}
	}
	synopses, err := r.Synopsis()
	if err != nil || len(synopses) != len(r.Names()) || synopses[1] != "Arg says how one parameter of a constructor is filled." {
		t.Errorf("%q %v", synopses, err)
	}
	_, err = r.Help("timr")
	if err == nil || err.Error() != `unknown directive "timr"` || !strings.HasPrefix(Hint(err), `did you mean "timer"? known directives: apigw,`) {
		t.Errorf("%v, %s", err, Hint(err))
	}
}

// TestDecodeRest covers what no standard directive uses: further positional words, floats, and a checker of one's own.
func TestDecodeRest(t *testing.T) {
	type use struct {
		First string   `faas:"first,pos,required,enum=a|b"`
		Names []string `faas:"names,rest"`
		Ratio float64  `faas:"ratio"`
		Deep  bool     `faas:"deep"`
	}
	r, err := NewRegistry(Definition{Name: "use", Marker: reflect.TypeFor[use](), Places: OnMethod, Repeat: true})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text string
		want use
		err  string
	}{
		{text: "//faas:use a x y deep ratio=0.5 z", want: use{First: "a", Names: []string{"x", "y", "z"}, Ratio: 0.5, Deep: true}},
		{text: "//faas:use first=b x y", want: use{First: "b", Names: []string{"x", "y"}}},
		{text: "//faas:use c", err: `argument "first": unknown first "c", expected a or b`},
		{text: "//faas:use", err: `missing "first" in //faas:use`},
		{text: "//faas:use a ratio=x", err: `argument "ratio": "x" is not a number`},
	}
	for _, test := range tests {
		d, problems, ok := Parse(1, test.text)
		if !ok || len(problems) > 0 {
			t.Fatal(test.text, problems)
		}
		marker, definition, problems := r.Decode(d)
		if test.err != "" {
			if len(problems) != 1 || problems[0].Message != test.err {
				t.Errorf("%s: %+v, want %s", test.text, problems, test.err)
			}
			continue
		}
		if definition.Name != "use" || len(problems) > 0 || !reflect.DeepEqual(*marker.(*use), test.want) {
			t.Errorf("%s: %+v %+v", test.text, marker, problems)
		}
	}
	text, err := r.Help("use")
	if err != nil || !strings.HasPrefix(text, "//faas:use FIRST [NAMES...] [ratio=...] [deep]\n") {
		t.Errorf("%s %v", text, err)
	}
}

func TestParseTypeName(t *testing.T) {
	tests := []struct {
		text string
		want TypeName
		ok   bool
	}{
		{"Store", TypeName{Name: "Store"}, true},
		{"order.Store", TypeName{Package: "order", Name: "Store"}, true},
		{`"a/b.c".Store`, TypeName{Path: "a/b.c", Name: "Store"}, true},
		{"`a/b`.Store", TypeName{Path: "a/b", Name: "Store"}, true},
		{`"order".Store`, TypeName{Path: "order", Name: "Store"}, true},
		{"", TypeName{}, false}, {"_", TypeName{}, false}, {"a.", TypeName{}, false}, {".A", TypeName{}, false}, {"a.b.C", TypeName{}, false},
		{"*A", TypeName{}, false}, {"[]A", TypeName{}, false}, {"A[int]", TypeName{}, false}, {"func", TypeName{}, false}, {"a/b.C", TypeName{}, false},
		{`"a/b"`, TypeName{}, false}, {`"a/b".`, TypeName{}, false}, {`"".A`, TypeName{}, false}, {`"/a".A`, TypeName{}, false}, {`"a//b".A`, TypeName{}, false},
		{`"a b".A`, TypeName{}, false}, {`"a/b"A`, TypeName{}, false}, {`"a/b".1`, TypeName{}, false},
	}
	for _, test := range tests {
		got, ok := ParseTypeName(test.text)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("ParseTypeName(%q) = %+v, %v", test.text, got, ok)
		}
	}
}

// TestCheckers calls the markers as f.yml does: with values, and without a directive around them.
func TestCheckers(t *testing.T) {
	tests := []struct {
		marker Checker
		given  string
		want   string // argument: code
	}{
		{&Timer{Every: 60e9}, "every", ""},
		{&Timer{}, "", ": directive-missing"},
		{&Timer{Cron: "x", Every: 60e9}, "cron every", "every: directive-conflict"},
		{&HTTP{Method: List{"GET"}, Path: "/"}, "method path", ""},
		{&HTTP{Method: List{"GET"}, Path: "x"}, "method path", "path: directive-value"},
		{&HTTP{Method: List{"/x"}}, "method", "method: directive-missing"},
		{&Guard{Scheme: "bearer"}, "scheme", ""},
		{&Guard{Scheme: "header:X-API-Key"}, "scheme", ""},
		{&Guard{Scheme: "cookie:session"}, "scheme", ""},
		{&Guard{Scheme: "digest"}, "scheme", "scheme: directive-value"},
		{&Guard{Scheme: "header"}, "scheme", "scheme: directive-value"},
		{&Guard{Scheme: "query:a b"}, "scheme", "scheme: directive-value"},
		{&Guard{Scheme: "bearer:x"}, "scheme", "scheme: directive-value"},
		{&Handler{Concurrency: 0}, "", ""},
		{&Provide{Lazy: true, Eager: true}, "lazy eager", "eager: directive-conflict"},
		{&Config{Key: "a", Required: true}, "key required", ""},
		{&Arg{Name: "func"}, "name", "name: directive-value"},
	}
	for _, test := range tests {
		given := strings.Fields(test.given)
		var got []string
		for _, p := range test.marker.Check(func(name string) bool { return slices.Contains(given, name) }) {
			got = append(got, p.Argument+": "+p.Code)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%+v: got %q, want %q", test.marker, s, test.want)
		}
	}
}
