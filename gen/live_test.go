package gen_test

import (
	"maps"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/framework/platform/sim"
	simaws "github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/target/aws"
)

// TestLive runs the tests of an application whose values are read again, against the code that both injectors give.
func TestLive(t *testing.T) {
	dir := module(t, "live.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./live")
}

// TestLiveOnACloud changes a parameter while the package runs.
func TestLiveOnACloud(t *testing.T) {
	b := &built{t, module(t, "")}
	apptest.Write(t, b.dir, map[string]string{
		"one/f.yml": "service: one\nprovider: {region: eu-central-1}\nsecrets: {one.token: {from: \"ssm:/one/token\"}}\n",
		"one/one.go": `// Package one tells a secret.
package one

import (
	"context"

	"github.com/faasgen/faasgen/framework/config"
)

// Desk has it.
type Desk struct {
	Token config.Live[config.Secret] //faas:config key=one.token refresh=1s
}

// Tell tells it.
//
//faas:handler tell
//faas:http GET /tell
func (d *Desk) Tell(ctx context.Context) string { return d.Token.Get(ctx).Reveal() }
`})
	made, err := b.try(gen.BuildOptions{Target: aws.New(), Unit: "tell"})
	if err != nil || made.Diagnostics.Failed() {
		t.Fatal(err, made.Diagnostics.Render(b.dir))
	}
	cloud, stores := simaws.Cloud(), sim.NewStores(map[string]string{"ssm:/one/token": "one"})
	api := httptest.NewServer(cloud.Stores.Handler(stores, time.Now))
	defer api.Close()
	a := artifact(t, made, "tell")
	a.Role = true
	maps.Copy(a.Environment, cloud.Stores.Environment(api.URL))
	p, err := cloud.Runtime(sim.Entry{Command: a.Command}).Start(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	if r := get(t, p, "/tell"); string(r.Body) != "one" {
		t.Fatalf("found %q, expected one", r.Body)
	}
	stores.Set("ssm:/one/token", "two")
	for end := time.Now().Add(30 * time.Second); ; {
		r := get(t, p, "/tell")
		if string(r.Body) == "two" {
			break
		}
		if string(r.Body) != "one" || time.Now().After(end) {
			t.Fatalf("found %q, expected two in the end", r.Body)
		}
	}
}
