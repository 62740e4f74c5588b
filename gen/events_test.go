package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestEvents runs the tests of an application with every kind of trigger, against the code that both injectors give, and
// compares its adapters with what is written down.
func TestEvents(t *testing.T) {
	dir := module(t, "events.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	got := []byte(file(t, wired.Apps[0], "internal/faasgen/app/unit.go"))
	golden := filepath.Join("testdata", "events.txtar")
	ar, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	const name = "want/app/unit.go"
	want := ""
	var kept []txtar.File
	for _, f := range ar.Files {
		if f.Name == name {
			want = string(f.Data)
		} else {
			kept = append(kept, f)
		}
	}
	if *update {
		ar.Files = append(kept, txtar.File{Name: name, Data: got})
		if err := os.WriteFile(golden, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./shop", "./shop/internal/faasgen/app")
	goCommand(t, dir, "test", "./shop")
}

// TestUnitsLinkOnlyTheirTriggers reads the imports of a unit.
func TestUnitsLinkOnlyTheirTriggers(t *testing.T) {
	r := generate(t, module(t, "events.txtar"))
	unit := unitCode(t, r.Apps[0], "shop-paid")
	for _, kind := range []string{"web", "timer", "os", "kafka", "log", "cdn"} {
		if strings.Contains(unit, "framework/trigger/"+kind+`"`) {
			t.Errorf("shop-paid imports trigger %s", kind)
		}
	}
	if !strings.Contains(unit, "framework/trigger/mq") {
		t.Errorf("shop-paid does not import trigger mq:\n%s", unit)
	}
}
