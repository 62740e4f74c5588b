package gen_test

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
	simaws "github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aws"
)

// grouped builds the application for aws with an aggregation.
func (b *built) grouped(aggregation, unit string) *gen.Built {
	b.t.Helper()
	apptest.Write(b.t, b.dir, map[string]string{"one/f.yml": "service: one\nprovider: {region: eu-central-1}\naggregation: {" + aggregation + "}\n"})
	made, err := b.try(gen.BuildOptions{Target: aws.New(), Unit: unit})
	if err != nil {
		b.t.Fatal(err)
	}
	if made.Diagnostics.Failed() {
		b.t.Fatal(made.Diagnostics.Render(b.dir))
	}
	return made
}

// artifact is a unit of a build, unpacked, with what its deployment file sets.
func artifact(t *testing.T, made *gen.Built, name string) sim.Artifact {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the package is for linux/amd64")
	}
	u := unitOf(t, made, name)
	seen := made.App.Units[slices.IndexFunc(made.App.Units, func(u *target.Unit) bool { return u.Name == name })]
	dir := t.TempDir()
	z, err := zip.OpenReader(u.Zip)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), content, f.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	return sim.Artifact{
		Dir: dir, Command: u.Command, Unit: u.Function, Environment: made.App.Environment(seen), Memory: 128,
		Timeout: 10 * time.Second, InitTimeout: 10 * time.Second, Output: t.Output(),
	}
}

// start starts a unit under the simulator of aws.
func start(t *testing.T, made *gen.Built, name string) sim.Process {
	t.Helper()
	a := artifact(t, made, name)
	p, err := simaws.Cloud().Runtime(sim.Entry{Command: a.Command}).Start(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func get(t *testing.T, p sim.Process, path string) *sim.Response {
	t.Helper()
	r, err := p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: path, Host: "one.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func members(u gen.BuiltUnit) string {
	var names []string
	for _, f := range u.Functions {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

// TestBuildGroup builds one unit of a group, alone, while another unit is not touched.
func TestBuildGroup(t *testing.T) {
	b := newBuilt(t)
	apptest.Write(t, b.dir, map[string]string{"one/three.go": "package one\n\n//faas:handler three\n//faas:http GET /three\nfunc Three() string { return \"three\" }\n"})
	made := b.grouped(`api: {functions: [one-serve, three]}`, "api")
	if len(made.Units) != 1 || made.Units[0].Name != "api" || members(made.Units[0]) != "one-serve three" || made.Units[0].Group != "api" {
		t.Fatalf("got %+v", made.Units)
	}
	if zips := list(t, filepath.Join(made.Dir, "artefacts")); len(zips) != 1 || "artefacts/"+zips[0] != made.Units[0].Artefact {
		t.Errorf("the packages are %v", zips)
	}
	p := start(t, made, "api")
	for path, want := range map[string]string{"/one": "one", "/three": "three"} {
		if r := get(t, p, path); r.Status != 200 || string(r.Body) != want {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
	// A function of a group is no unit, and one that is in none is.
	if _, err := b.try(gen.BuildOptions{Target: aws.New(), Unit: "three"}); err == nil || err.Error() != "there is no unit three" {
		t.Errorf("a function of the group: %v", err)
	}
	if alone := b.grouped(`api: {functions: [one-serve, three]}`, "two"); len(alone.Units) != 1 || members(alone.Units[0]) != "two" {
		t.Errorf("got %+v", alone.Units)
	}
}

// TestBuildOrigin: a function that is also deployed by itself takes the payloads of its triggers there, and no route leads to it.
func TestBuildOrigin(t *testing.T) {
	b := newBuilt(t)
	made := b.grouped(`all: {functionsPattern: ["*"], deployOrigin: true}`, "")
	var units []string
	for _, u := range made.Units {
		units = append(units, u.Name+": "+members(u))
	}
	if want := []string{"all: one-serve two", "one-serve: one-serve", "two: two"}; !slices.Equal(units, want) {
		t.Fatalf("got %q, want %q", units, want)
	}
	if f := unitOf(t, made, "one-serve").Functions[0]; len(f.Triggers) > 0 {
		t.Errorf("the function by itself has triggers: %+v", f.Triggers)
	}
	c := simaws.Cloud()
	request, err := c.Payload(sim.Events{Kind: "http", Batch: &sim.Request{Method: "GET", Target: "/one", Host: "one.example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"one-serve", "all"} {
		result, err := start(t, made, unit).Invoke(t.Context(), request)
		if err != nil || result.Error != nil {
			t.Errorf("%s: %+v, %v", unit, result, err)
			continue
		}
		if r, err := c.Response(result.Body); err != nil || r.Status != 200 || string(r.Body) != "one" {
			t.Errorf("%s: %+v, %v", unit, r, err)
		}
	}
	// No other function is in it.
	other, err := sim.Raw(sim.Events{Kind: "raw", Batch: []byte("{}"), Function: "two"})
	if err != nil {
		t.Fatal(err)
	}
	if result, err := start(t, made, "one-serve").Invoke(t.Context(), other); err != nil || result.Error == nil || !strings.Contains(result.Error.Message, `found the function "two", expected one of unit one-serve: one-serve`) {
		t.Errorf("%+v, %v", result, err)
	}
}

// TestLazyGroup: what one function of a group needs and cannot be built is no trouble of the others, unless the group says that
// all is built at the start.
func TestLazyGroup(t *testing.T) {
	b := newBuilt(t)
	apptest.Write(t, b.dir, map[string]string{"one/three.go": `package one

import "errors"

// Store is out of order.
type Store struct{}

// NewStore opens the store.
//
//faas:provide
func NewStore() (*Store, error) { return nil, errors.New("the store is closed") }

// Shop sells.
type Shop struct {
	Store *Store //faas:inject
}

// Sell sells.
//
//faas:handler three
//faas:http GET /three
func (s *Shop) Sell() string { return "sold" }
`})
	lazy := start(t, b.grouped(`all: {functionsPattern: ["*"]}`, ""), "all")
	for _, path := range []string{"/three", "/one", "/three", "/one"} {
		r := get(t, lazy, path)
		if path == "/one" && (r.Status != 200 || string(r.Body) != "one") || path == "/three" && r.Status != 500 {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
	a := artifact(t, b.grouped(`all: {functionsPattern: ["*"], lazy: false}`, ""), "all")
	_, err := simaws.Cloud().Runtime(sim.Entry{Command: a.Command}).Start(t.Context(), a)
	if failed, ok := errors.AsType[*sim.InitError](err); !ok || failed.Type != "Function.Internal" { // the reason is in the log
		t.Errorf("a group that is not lazy: %v", err)
	}
}
