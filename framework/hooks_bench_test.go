package framework_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// hooked has both hooks of an invocation.
type hooked struct{}

func (hooked) Name() string                                    { return "hooked" }
func (hooked) BeforeInvoke(*framework.Context) error           { return nil }
func (hooked) AfterInvoke(_ *framework.Context, e error) error { return e }

// BenchmarkInvokeHooks is an invocation of a handler that does nothing, without layers and with two.
func BenchmarkInvokeHooks(b *testing.B) {
	for name, layers := range map[string]framework.Layers{"plain": nil, "hooks": {hooked{}, hooked{}}} {
		b.Run(name, func(b *testing.B) {
			f := function("f", func(*framework.Context) error { return nil })
			app := &framework.App{Unit: "u", Functions: []*framework.Function{f}}
			if layers != nil {
				app.Layers = layers
			}
			e := framework.NewEngine(quiet(), app)
			if err := e.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Invoke(b.Context(), framework.Invocation{Function: f}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
