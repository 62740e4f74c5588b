package main_test

import (
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestContractsOfThePage types in docs/contracts.md: the application, its document and its clients, and the tests that use them.
func TestContractsOfThePage(t *testing.T) {
	tool := buildTool(t)
	files := map[string]string{"f.yml": "service: shop\n"}
	for _, heading := range []string{"OpenAPI and clients", "Test against the document", "Write a client"} {
		name, text, _ := strings.Cut(strings.TrimPrefix(find(t, heading, "go"), "// "), "\n")
		if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
			t.Errorf("%s is not gofmt-ed: %v", name, err)
		}
		files[name] = text
	}
	tests := map[string]string{}
	for _, name := range []string{"order/order_test.go", "client/client_test.go"} { // which need what the commands write
		tests[name] = files[name]
		delete(files, name)
	}
	w := newWorkshop(t, tool, files)
	for _, heading := range []string{"Write the document", "Events", "Write a client"} {
		for line := range strings.Lines(find(t, heading, "sh")) {
			if out, errs, err := w.sh(line); err != nil {
				t.Errorf("%s: %v\n%s%s", line, err, out, errs)
			}
		}
	}
	if out, errs, err := w.sh("go tool faasgen generate"); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	for name, text := range tests {
		w.write(name, text)
	}
	w.requireContract()
	if out, errs, err := w.sh("go test ./..."); err != nil || strings.Count(out, "ok  ") != 2 {
		t.Errorf("%v\n%s%s", err, out, errs)
	}

	// A status that no directive names is found.
	w.write("order/order.go", strings.Replace(files["order/order.go"], "SetStatus(202)", "SetStatus(203)", 1))
	if out, _, err := w.sh("go test ./order"); err == nil || !strings.Contains(out, "contract: POST /shops/berlin/orders: ") {
		t.Errorf("a status that the document does not have: %v\n%s", err, out)
	}

	t.Run("types", func(t *testing.T) {
		w.write("web/use.ts", find(t, "Write a client", "ts"))
		tsc, err := exec.LookPath("tsc")
		if err != nil {
			t.Skip("no tsc on the PATH: the TypeScript of the page is not checked")
		}
		if out, errs, err := w.sh(tsc + " --strict --noEmit --target es2022 --module esnext --moduleResolution bundler web/use.ts"); err != nil {
			t.Errorf("%v\n%s%s", err, out, errs)
		}
	})
}

// requireContract adds the module of package contract, with what that needs.
func (w *workshop) requireContract() {
	w.t.Helper()
	const module = "github.com/faasgen/faasgen/framework/faastest/contract"
	root, err := filepath.Abs("../..")
	if err != nil {
		w.t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(w.dir, "go.mod"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("go.mod", string(mod)+"\nrequire "+module+" v0.0.0-00010101000000-000000000000\n\nreplace "+module+" => "+filepath.Join(root, "framework/faastest/contract")+"\n")
	var sums []byte
	for _, of := range []string{"go.sum", "framework/faastest/contract/go.sum"} {
		sum, err := os.ReadFile(filepath.Join(root, of))
		if err != nil {
			w.t.Fatal(err)
		}
		sums = append(sums, sum...)
	}
	w.write("go.sum", string(sums))
}
