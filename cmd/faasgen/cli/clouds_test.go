package cli

import (
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// TestHalvesAgree: the codec that a cloud's target names for a kind of triggers is the one that its other half reads them by, and what
// one half does not have the other has not either.
func TestHalvesAgree(t *testing.T) {
	tl := &tool{}
	for _, o := range builtIn() {
		o.apply(tl)
	}
	for _, tg := range tl.targets {
		c := tl.cloud(tg.Name())
		for _, carried := range c.Carries {
			if kind.Lookup(carried.Kind) == nil {
				t.Errorf("%s carries %q, which is no kind", c.Name, carried.Kind)
			}
			if carried.Payload == nil {
				t.Errorf("%s writes no payloads of kind %s", c.Name, carried.Kind)
			}
		}
		if last := c.Carries[len(c.Carries)-1]; last.Kind != "raw" {
			t.Errorf("%s asks the codec of %s last; that of raw takes everything", c.Name, last.Kind)
		}
		for k := range kind.All() {
			// A function that takes raw payloads, too, keeps a unit from getting its requests as they are.
			u := &target.Unit{Functions: []*target.Function{{Name: "raw"}, {Name: "f", Triggers: []target.Trigger{{Kind: k.Word, Marker: k.Marker()}}}}}
			var named []string
			for _, s := range tg.Entry(u).Codecs {
				named = append(named, s.Import+"."+s.Name)
			}
			carried, ok := c.Carried(k.Word)
			if !ok || carried.Codec == nil {
				if len(named) != 1 { // that of raw
					t.Errorf("%s: the target reads %s by %q, and its other half does not", c.Name, k.Word, named)
				}
				continue
			}
			if codec := runtime.FuncForPC(reflect.ValueOf(carried.Codec).Pointer()).Name(); !slices.Contains(named, codec) {
				t.Errorf("%s: %s is read by %s, and the target names %q", c.Name, k.Word, codec, named)
			}
		}
	}
}

// TestOrderOfCodecs: all clouds ask their codecs in the order of the kinds.
func TestOrderOfCodecs(t *testing.T) {
	words := kind.Words()
	tl := &tool{}
	for _, o := range builtIn() {
		o.apply(tl)
	}
	for _, c := range append(tl.clouds, tl.cloud("")) {
		if !slices.IsSortedFunc(c.Carries, func(a, b sim.Carried) int { return slices.Index(words, a.Kind) - slices.Index(words, b.Kind) }) {
			t.Errorf("%s: found another order than %q", c.Name, words)
		}
	}
}
