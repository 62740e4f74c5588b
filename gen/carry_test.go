package gen_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// TestCarried draws types, generates an application with a function for each that returns its input, and calls these with random
// values within one unit: what arrives, and what comes back, equals what JSON makes of it, and shares nothing with the original.
func TestCarried(t *testing.T) {
	rounds, seed := 1, uint64(1)
	if os.Getenv("FAASGEN_SOAK") != "" {
		rounds, seed = 30, rand.Uint64()
	}
	for i := range rounds {
		t.Logf("seed %d, round %d", seed, i)
		source, test := drawTypes(rand.New(rand.NewPCG(seed, uint64(i))), 80)
		dir := module(t, "")
		filler, err := os.ReadFile(filepath.Join("testdata", "carried.go.txt"))
		if err != nil {
			t.Fatal(err)
		}
		apptest.Write(t, dir, map[string]string{"drawn/f.yml": "service: drawn\n", "drawn/drawn/drawn.go": source, "drawn/drawn/drawn_test.go": test, "drawn/drawn/fill_test.go": string(filler)})
		r := diagnose(t, options(dir))
		if r.Diagnostics.Failed() {
			t.Fatal(r.Diagnostics.Render(dir))
		}
		code := file(t, r.Apps[0], "internal/faasgen/app/calls.go")
		if copied, encoded := strings.Count(code, "calls.Do["), strings.Count(code, "go through JSON"); copied < 20 || encoded < 15 {
			t.Errorf("of the types, %d are copied and %d go through JSON", copied, encoded)
		}
		commit(t, r)
		goCommand(t, dir, "test", "./drawn/drawn")
	}
}

// drawTypes draws structs, and writes the functions that take them and the test that calls these.
func drawTypes(r *rand.Rand, n int) (source, test string) {
	var s, fields, checks strings.Builder
	s.WriteString(`// Package drawn has types.
package drawn

import (
	"bytes"
	"context"
	"encoding/json"
	"time"
)

type (
	Text  string
	Count int
	Ratio float32
	Bytes []byte
	List  []Text
	Table map[Text]List
	Word  [2]string
	hidden struct{ A string }
)

// Upper has a form of its own in JSON.
type Upper string

func (u Upper) MarshalText() ([]byte, error) { return bytes.ToUpper([]byte(u)), nil }

// Zero is left out by omitzero in its own way.
type Zero int

func (z Zero) IsZero() bool { return z < 0 }

// Tree contains itself.
type Tree struct{ Left, Right *Tree; Name string }

// Got is what was called last.
var Got any

// Hook is called by Run.
var Hook func(ctx context.Context, c *Caller) error

var _ time.Time
var _ json.Number

`)
	for i := range n {
		name := fmt.Sprintf("T%d", i)
		fmt.Fprintf(&s, "type %s struct {\n\tFirst int\n", name)
		odd := i%2 == 0 // half of the types may have one thing that JSON alone carries, once
		for f := range 1 + r.IntN(5) {
			field := fmt.Sprintf("F%d", f)
			if odd && r.IntN(12) == 0 && i > 1 {
				fmt.Fprintf(&s, "\tT%d\n", r.IntN(i/2)*2+1)
				break
			}
			if r.IntN(12) == 0 {
				field = strings.ToLower(field)
			}
			fmt.Fprintf(&s, "\t%s %s %s\n", field, drawType(r, i, 3, &odd), drawTag(r, f, &odd))
		}
		s.WriteString("}\n\n")
		pointer, address := "", "&"
		if i%3 == 0 {
			pointer, address = "*", ""
		}
		got := "in"
		if pointer != "" {
			got = "*in"
		}
		fmt.Fprintf(&s, "//faas:handler echo-t%d\nfunc Echo%s(ctx context.Context, in %s%s) (*%s, error) {\n\tGot = %s\n\treturn %sin, nil\n}\n\n", i, name, pointer, name, name, got, address)
		fmt.Fprintf(&fields, "\tC%d func(context.Context, %s%s) (*%s, error) //faas:call echo-t%d\n", i, pointer, name, name, i)
		fn := fmt.Sprintf("c.C%d", i)
		if pointer != "" {
			fn = fmt.Sprintf("func(ctx context.Context, in drawn.%s) (*drawn.%s, error) { return c.C%d(ctx, &in) }", name, name, i)
		}
		fmt.Fprintf(&checks, "\t\tcheck(t, ctx, %q, %t, %s)\n", name, pointer != "", fn)
	}
	fmt.Fprintf(&s, "// Caller calls all.\ntype Caller struct {\n%s}\n\n//faas:handler\nfunc (c *Caller) Run(ctx context.Context) error { return Hook(ctx, c) }\n", fields.String())
	test = fmt.Sprintf(`package drawn_test

import (
	"context"
	"testing"

	"example.com/test/drawn/drawn"
	"example.com/test/drawn/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework/faastest"
)

func TestDrawn(t *testing.T) {
	drawn.Hook = func(ctx context.Context, c *drawn.Caller) error {
%s		return nil
	}
	a := faastest.Start(t, app.New)
	faastest.Call[any](t, a, "drawn-run", nil)
}
`, checks.String())
	return s.String(), test
}

func one(r *rand.Rand, words string) string {
	list := strings.Split(words, "|")
	return list[r.IntN(len(list))]
}

// drawType draws a type of which JSON carries all, or one that may have more than that.
func drawType(r *rand.Rand, structs, depth int, odd *bool) string {
	if *odd && r.IntN(3) == 0 {
		*odd = false
		return one(r, "any|time.Time|*time.Time|json.Number|json.RawMessage|Upper|map[Upper]string|map[int]string|**int|*[]string|*map[string]int|struct{ A string }|Tree|*Tree|hidden|[]any|Zero")
	}
	if depth > 0 {
		inner := func() string { return drawType(r, structs, depth-1, odd) }
		switch r.IntN(9) {
		case 0:
			return "[]" + inner()
		case 1:
			return one(r, "[2]|[0]") + inner()
		case 2:
			return "map[" + one(r, "string|Text") + "]" + inner()
		case 3:
			return "*" + one(r, "string|int|Text|Ratio|bool|[2]string|Word")
		case 4:
			if structs > 1 { // one of those before
				return fmt.Sprintf("%sT%d", one(r, "*|"), r.IntN(structs/2)*2+1)
			}
		}
	}
	return one(r, "bool|int|int8|int64|uint8|uint64|float32|float64|string|string|Text|Count|Ratio|Bytes|[]byte|List|Table|Word|time.Duration|rune")
}

func drawTag(r *rand.Rand, field int, odd *bool) string {
	if *odd && r.IntN(4) == 0 {
		*odd = false
		return one(r, "`json:\",string\"`|`json:\",omitzero\"`|`json:\"a b\"`|`json:\"same\"`|`json:\"First\"`|`json:\"ü\"`|`json:\"a$\"`")
	}
	return strings.ReplaceAll(one(r, "|||`json:\"fN\"`|`json:\"-\"`|`json:\"-,\"`|`json:\",omitempty\"`|`json:\"fN,omitempty\"`|`xml:\"x\"`"), "N", fmt.Sprint(field))
}
