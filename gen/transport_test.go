package gen

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aws"
)

// TestTransport: main hands over a transport where calls leave the process, and nowhere else. The program that all units share has one
// for any call.
func TestTransport(t *testing.T) {
	const code = `package order

import "context"

type A struct {
	Next func(context.Context) error //faas:call order-b
}

//faas:handler order-a
func (*A) Do(context.Context) error { return nil }

//faas:handler order-b
func B(context.Context) error { return nil }

type C struct {
	Later func(context.Context) error //faas:call order-b async
}

//faas:handler order-c
func (*C) Do(context.Context) error { return nil }
`
	const with = `call.With(invoke.New(), app.New)`
	for _, test := range []struct {
		name, spec string
		want       map[string]bool
	}{
		{"each by itself", "", map[string]bool{"order-a": true, "order-b": false, "order-c": true}},
		{"together", "aggregation: {api: {functions: [order-a, order-b]}}\n", map[string]bool{"api": false, "order-c": true}},
		{"asynchronous", "aggregation: {api: {functions: [order-b, order-c]}}\n", map[string]bool{"order-a": true, "api": true}},
		{"apart", "aggregation: {api: {functions: [order-a, order-c]}}\n", map[string]bool{"order-b": false, "api": true}},
		{"shared", "package: {mode: shared}\naggregation: {api: {functions: [order-a, order-b, order-c]}}\n", map[string]bool{"app": true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			apptest.WriteModule(t, dir, apptest.Module)
			apptest.Write(t, dir, map[string]string{"f.yml": "service: shop\nprovider: {name: aws, region: us-east-1}\n" + test.spec, "order/order.go": code})
			r, err := Generate(t.Context(), Options{Dir: dir, Env: apptest.Env(), Targets: []target.Target{aws.New()}, Injector: "native"})
			if err != nil || r.Diagnostics.Failed() {
				t.Fatalf("%v\n%s", err, r.Diagnostics.Render(dir))
			}
			if _, err := r.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			a := r.Apps[0]
			p, ds, err := a.planned("aws")
			if err != nil || ds.Failed() {
				t.Fatalf("%v\n%s", err, ds.Render(dir))
			}
			programs, err := a.programs(aws.New(), p, p.App, "")
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for _, program := range programs {
				for _, f := range program.Files {
					if strings.HasSuffix(f.Path, "/main.go") {
						got[program.Name] = strings.Contains(string(f.Content), with)
						if !got[program.Name] && strings.Contains(string(f.Content), "invoke") {
							t.Errorf("%s names a transport that it does not hand over:\n%s", program.Name, f.Content)
						}
					}
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("got programs %v, want %v", got, test.want)
			}
			for name, want := range test.want {
				if got[name] != want {
					t.Errorf("%s has a transport: %t, want %t", name, got[name], want)
				}
			}
			for _, f := range a.Files {
				if f.Path == "internal/faasgen/aws/main.go" && !strings.Contains(string(f.Content), with) {
					t.Errorf("the main package of all functions has no transport:\n%s", f.Content)
				}
			}
		})
	}
}
