package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestCalls runs the tests of an application whose functions call each other, against the code that both injectors give, and compares
// what calls them with what is written down.
func TestCalls(t *testing.T) {
	dir := module(t, "calls.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	golden := filepath.Join("testdata", "calls.txtar")
	ar, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	var kept []txtar.File
	for _, f := range ar.Files {
		if strings.HasPrefix(f.Name, "want/") {
			want[f.Name] = string(f.Data)
		} else {
			kept = append(kept, f)
		}
	}
	for _, name := range []string{"app/app.go", "app/calls.go", "app/container.go", "app/price.go", "cloud/main.go", "local/main.go"} {
		text := file(t, wired.Apps[0], "internal/faasgen/"+name)
		got["want/"+name] = text
		kept = append(kept, txtar.File{Name: "want/" + name, Data: []byte(text)})
	}
	if *update {
		ar.Files = kept
		if err := os.WriteFile(golden, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./calls/order", "./calls/price", "./calls/internal/faasgen/app", "./calls/internal/faasgen/cloud", "./calls/internal/faasgen/local")
	goCommand(t, dir, "test", "./calls/order")
}

// TestUnitsLinkCallsOnlyToCall reads the cuts of functions: one without calls links nothing of them, and one that calls has the
// handlers of no other.
func TestUnitsLinkCallsOnlyToCall(t *testing.T) {
	a := generate(t, module(t, "calls.txtar")).Apps[0]
	for function, calls := range map[string]bool{"order-alone": false, "price-raw": false, "price-quote": false, "order-create": true, "order-look": true} {
		code := unit(t, a, function)
		if got := strings.Contains(code, "framework/call\""); got != calls {
			t.Errorf("%s links framework/call: %t, want %t", function, got, calls)
		}
		if calls && (strings.Contains(code, "price.List") || strings.Contains(code, "price.Currency")) {
			t.Errorf("%s has handlers of what it calls:\n%s", function, code)
		}
	}
	if code := unit(t, a, "price-quote"); !strings.Contains(code, "framework.Callee{}") {
		t.Errorf("price-quote: expected the trigger of a function that others call:\n%s", code)
	}
}

// TestClients generates clients of functions in every kind of provider, by both injectors, and runs the tests of the application.
func TestClients(t *testing.T) {
	dir := module(t, "clients.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := diagnose(t, options(dir))
	if wired.Diagnostics.Failed() {
		t.Fatal(wired.Diagnostics.Render(dir))
	}
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./clients/...")
	goCommand(t, dir, "test", "./clients/hub")
}
