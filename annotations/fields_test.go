package annotations

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestFields(t *testing.T) {
	type common struct {
		Memory Memory `faas:"memory"`
	}
	type marker struct {
		Kind   string   `faas:"kind,pos,required,enum=a|b"`
		Names  []string `faas:"names,rest"`
		Common common   `faas:",inline"`
		Flag   bool     `faas:"flag"`
		hidden int
		Plain  int
		Off    int `faas:"-"`
	}
	_ = marker{}.hidden
	got := Fields(reflect.TypeFor[marker]())
	want := []Field{
		{Name: "kind", GoName: "Kind", GoType: "marker", Index: []int{0}, Type: reflect.TypeFor[string](), Positional: true, Required: true, Enum: []string{"a", "b"}},
		{Name: "names", GoName: "Names", GoType: "marker", Index: []int{1}, Type: reflect.TypeFor[[]string](), Positional: true, Rest: true},
		{Name: "memory", GoName: "Memory", GoType: "common", Index: []int{2, 0}, Type: reflect.TypeFor[Memory]()},
		{Name: "flag", GoName: "Flag", GoType: "marker", Index: []int{3}, Type: reflect.TypeFor[bool]()},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	var m marker
	v := reflect.ValueOf(&m).Elem()
	if err := got[2].Set(v, "1GB"); err != nil || m.Common.Memory != 1024 {
		t.Errorf("inline field: %+v, %v", m, err)
	}
	if err := got[0].Set(v, "c"); err == nil || err.Error() != `unknown kind "c", expected a or b` {
		t.Errorf("enum: %v", err)
	}
}

func TestFieldsRefuse(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{0, "int is not a struct"},
		{struct {
			A int `faas:"a,posi"`
		}{}, `unknown option "posi"`},
		{struct {
			A int `faas:"a"`
			B int `faas:"a"`
		}{}, `two fields are called "a"`},
		{struct {
			A int `faas:"a,rest"`
		}{}, "rest needs a slice of strings, found int"},
		{struct {
			A []string `faas:"a,rest"`
			B string   `faas:"b,pos"`
		}{}, `"b" can never be reached behind "a"`},
		{struct {
			A string `faas:"a,pos"`
			B string `faas:"b,pos,required"`
		}{}, `"b" is required, but "a" before it is not`},
		{struct {
			A int `faas:""`
		}{}, "needs a name and an exported field"},
		{struct {
			a int `faas:"a"` //nolint:unused // the mistake under test
		}{}, "needs a name and an exported field"},
	}
	for _, test := range tests {
		_, err := fieldsOf(reflect.TypeOf(test.value))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%T: got %v, want %s", test.value, err, test.want)
		}
	}
	if _, err := fieldsOf(nil); err == nil {
		t.Error("nil is not a struct")
	}
}

func TestSetText(t *testing.T) {
	tests := []struct {
		kind any
		text string
		want any
		err  string
	}{
		{kind: "", text: "x", want: "x"},
		{kind: new(""), text: "", want: new("")},
		{kind: false, text: "true", want: true},
		{kind: true, text: "false", want: false},
		{kind: 0, text: "-3", want: -3},
		{kind: new(1), text: "3", want: new(3)},
		{kind: uint16(0), text: "65535", want: uint16(65535)},
		{kind: 0.0, text: "1.5", want: 1.5},
		{kind: Duration(0), text: "5", want: Duration(5 * time.Second)},
		{kind: new(Memory(1)), text: "5", want: new(Memory(5))},
		{kind: List(nil), text: "a,b", want: List{"a", "b"}},
		{kind: Scope(""), text: "request", want: Request},

		{kind: false, text: "yes", err: `"yes" is not true or false`},
		{kind: 0, text: "1.5", err: `"1.5" is not a whole number`},
		{kind: 0, text: "", err: `"" is not a whole number`},
		{kind: 0, text: "99999999999999999999", err: `"99999999999999999999" is out of range, expected a whole number that fits`},
		{kind: int8(0), text: "200", err: `"200" is out of range, expected a whole number that fits`},
		{kind: uint(0), text: "-1", err: `"-1" is not a whole number that is not negative`},
		{kind: 0.0, text: "NaN", err: `"NaN" is not a number`},
		{kind: 0.0, text: "1e999", err: `"1e999" is out of range, expected a number that fits`},
		{kind: new(Duration(7)), text: "x", err: `"x" is not a duration`},
		{kind: struct{}{}, text: "x", err: `"x": a struct {} cannot be given as text`},
	}
	for _, test := range tests {
		v := reflect.New(reflect.TypeOf(test.kind)).Elem()
		err := SetText(v, test.text)
		if test.err != "" {
			if err == nil || err.Error() != test.err || !v.IsZero() {
				t.Errorf("%T %q: got %v, %v, want error %s", test.kind, test.text, v, err, test.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(v.Interface(), test.want) {
			t.Errorf("%T %q: got %v, %v, want %v", test.kind, test.text, v, err, test.want)
		}
	}
}

// TestMarkersDocumented keeps the help complete: every marker and every argument of it has a doc comment.
func TestMarkersDocumented(t *testing.T) {
	docs := MarkerDocs()
	for _, marker := range []any{Provide{}, Inject{}, Arg{}, Config{}, Handler{}, HTTP{}, Timer{}, Event{}} {
		typ := reflect.TypeOf(marker)
		if docs.Type(typ.Name()) == "" {
			t.Errorf("%s has no doc comment", typ.Name())
		}
		for _, f := range Fields(typ) {
			if docs.Field(f.GoType, f.GoName) == "" {
				t.Errorf("%s.%s has no doc comment", f.GoType, f.GoName)
			}
		}
	}
	if got, want := docs.Field("Timer", "Every"), "Every is an interval, at least one minute."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseDocs(t *testing.T) {
	docs, err := ParseDocs("package p\n\n// A is\n// first.\n//\n// Second.\n//\n//go:x\ntype A struct {\n\tB int // trails\n\t// E is embedded.\n\t*E\n}\n\ntype (\n\t// C is grouped.\n\tC int\n)\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{
		{docs.Type("A"), "A is first.\nSecond."}, {docs.Field("A", "B"), "trails"}, {docs.Field("A", "E"), "E is embedded."},
		{docs.Type("C"), "C is grouped."}, {docs.Type("X"), ""}, {Synopsis(docs.Type("A")), "A is first."},
	} {
		if pair[0] != pair[1] {
			t.Errorf("got %q, want %q", pair[0], pair[1])
		}
	}
	if _, err := ParseDocs("package"); err == nil {
		t.Error("a broken file is an error")
	}
}
