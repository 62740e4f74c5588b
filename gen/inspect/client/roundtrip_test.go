package client_test

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/gen/inspect/client"
	"github.com/faasgen/faasgen/gen/inspect/client/testdata/wide"
	"github.com/faasgen/faasgen/gen/inspect/client/testdata/wideclient"
	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// TestGoldenTypes: the types that the test below compares are what is written.
func TestGoldenTypes(t *testing.T) {
	const from, name = "testdata/wide/wide.go", "testdata/wideclient/client.go"
	source, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, from, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.Default()}
	pkg, err := conf.Check("wide", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	set := schema.NewSet("wide", fset, map[string][]byte{from: source})
	set.Of(pkg.Scope().Lookup("All").Type(), false, schema.Place{})
	text, err := client.Go.Write(&operation.API{Service: "wide", Definitions: set.Definitions()}, "wideclient")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != string(text) {
		t.Errorf("%s is not current, %v: run go test -update", name, err)
	}
}

// TestNothingIsLost: what a function writes is the same after a client has read and written it, and the other way round.
func TestNothingIsLost(t *testing.T) {
	n, level := 0, wide.Low
	for name, all := range map[string]wide.All{
		"zero": {Number: "0"},
		"empty": {Base: wide.Base{}, Extra: &wide.Extra{}, Pointer: &n, Maybe: &n, Level: &level, Bytes: []byte{}, Map: map[int]string{}, Texts: []*wide.Text{}, Number: "0",
			Any: map[string]any{}, Raw: json.RawMessage("null"), Big: new(big.Int), Node: &wide.Node{}},
		"full": {
			Base: wide.Base{ID: "1", Note: "<n>"}, Extra: &wide.Extra{Extra: "e"}, Bool: true, Int: math.MinInt64, Int8: -128, Uint64: math.MaxUint64, Float: math.MaxFloat64,
			Single: math.MaxFloat32, Quoted: math.MaxInt64, Bytes: []byte{0, 255}, Time: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)), Due: time.Unix(0, 0).UTC(), Wait: time.Hour,
			Raw: json.RawMessage(`{"b":[1e400],"a":null}`), Any: []any{"x", 1.5, nil}, Number: "123456789012345678901234567890.5", Big: new(big.Int).Lsh(big.NewInt(1), 100),
			Array: [2]wide.Level{wide.High, wide.Low}, Map: map[int]string{-1: "a", 2: "b"}, Text: wide.Text{A: 1, B: 2}, Texts: []*wide.Text{nil, {A: 3}},
			Pages: wide.Page[wide.Base]{Items: []wide.Base{{ID: "a"}}, Next: &wide.Base{ID: "b"}},
			Node:  &wide.Node{Left: &wide.Node{Children: []wide.Node{{}, {ByName: map[string]wide.Node{"c": {}}}}}}, Dash: "-", Odd: "o",
		},
	} {
		t.Run(name, func(t *testing.T) {
			before, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			var of wideclient.All
			d := json.NewDecoder(strings.NewReader(string(before)))
			d.DisallowUnknownFields()
			if err := d.Decode(&of); err != nil {
				t.Fatal(err)
			}
			after, err := json.Marshal(of)
			if err != nil {
				t.Fatal(err)
			}
			var back wide.All
			if err := json.Unmarshal(after, &back); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(back)
			if err != nil || !same(t, before, after) || string(again) != string(before) {
				t.Errorf("function %s\nclient   %s\nfunction %s, %v", before, after, again, err)
			}
		})
	}
}

// same reports whether texts are the same JSON, with all digits of numbers.
func same(t *testing.T, a, b []byte) bool {
	t.Helper()
	var values [2]any
	for i, text := range [][]byte{a, b} {
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.UseNumber()
		if err := d.Decode(&values[i]); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
