package cli

import (
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
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
				t.Errorf("%s carries %q, which is not a kind", c.Name, carried.Kind)
			}
			if carried.Payload == nil {
				t.Errorf("%s writes no payloads of kind %s", c.Name, carried.Kind)
			}
		}
		if last := c.Carries[len(c.Carries)-1]; last.Kind != "raw" {
			t.Errorf("%s tries the codec of %s last; that of raw takes everything", c.Name, last.Kind)
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

// TestThisMachineCarriesAll: what any cloud carries can be tried without one.
func TestThisMachineCarriesAll(t *testing.T) {
	local := (&tool{}).cloud("")
	for k := range kind.All() {
		if c, ok := local.Carried(k.Word); !ok || c.Codec == nil || c.Payload == nil {
			t.Errorf("%s does not carry %s", local.Name, k.Word)
		}
	}
}

// TestCloudsReadWhatTheyWrite: an event that is made up reaches the function of its trigger in the payload of each cloud that carries
// the kind.
func TestCloudsReadWhatTheyWrite(t *testing.T) {
	tl := &tool{}
	for _, o := range builtIn() {
		o.apply(tl)
	}
	for k := range kind.All() {
		if k.Delivery != kind.Batch {
			continue
		}
		s, diagnostics := spec.Parse("f.yml", []byte("service: s\nfunctions: {work: {events: ["+k.Word+": "+k.Example+"]}}\n"), nil)
		if diagnostics.Failed() {
			t.Fatal(diagnostics.Render(""))
		}
		m := s.Functions["work"].Events[0].Marker
		triggers := k.Triggers(m, "work")
		batch := trigger.BatchOf(k.Sample(m, kind.Sample{Name: "work", Body: []byte(`{"a":1}`), Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}))
		if err := k.Trigger.(trigger.Written).Form().Complete(batch, triggers, time.Now(), func() string { return "1" }); err != nil {
			t.Fatal(err)
		}
		e := sim.Events{Kind: k.Word, Batch: batch}
		if needs := k.Needs(m); len(needs) > 0 {
			e.Type = needs[0].Type
		}
		carried := 0
		for _, c := range append(tl.clouds, tl.cloud("")) {
			if _, ok := c.Carried(k.Word); !ok {
				continue
			}
			e := e
			if carried++; c.Sample != nil {
				e.Batch = c.Sample(e)
			}
			var got any
			a := faastest.Start(t, func(*framework.Runtime) *framework.App {
				return &framework.App{Unit: "work", Functions: []*framework.Function{{Name: "work", Triggers: triggers, Handler: func(c *framework.Context) error {
					got = c.Event()
					return nil
				}}}}
			})
			payload, err := c.Payload(e)
			if err == nil {
				_, err = a.Deliver(c.Name, payload)
			}
			if v := reflect.ValueOf(got); err != nil || v.Kind() != reflect.Slice || v.Type().Elem() != k.Event || v.Len() != 1 {
				t.Errorf("%s: a sample of %s, %s, arrived as %+v, %v", c.Name, k.Word, payload, got, err)
			}
		}
		if carried < 2 { // this machine is one
			t.Errorf("no cloud carries %s", k.Word)
		}
	}
}
