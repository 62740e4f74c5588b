package client_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	generator "github.com/faasgen/faasgen/gen/inspect/client"
	"github.com/faasgen/faasgen/gen/inspect/operation/operationtest"
)

// TestTypeScript calls the running application by the client in TypeScript, under Node.
func TestTypeScript(t *testing.T) { run(t, "testdata/calls.ts", start(t).URL) }

// TestTypeScriptParameters calls operations with every kind of a parameter, a body and a result.
func TestTypeScriptParameters(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(operationtest.Serve))
	t.Cleanup(s.Close)
	run(t, wire(t), s.URL)
}

// wire is a program with the client of the operations that it calls.
func wire(t *testing.T) string {
	t.Helper()
	program, err := os.ReadFile("testdata/wire.ts")
	if err != nil {
		t.Fatal(err)
	}
	text, err := generator.TypeScript.Write(operationtest.Shop(), "")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"wire.ts": program, "client.ts": text} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "wire.ts")
}

// run runs a program, which prints what is wrong.
func run(t *testing.T, program, url string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program.mjs")
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{program}, Outfile: out, Write: true, Bundle: true, Format: api.FormatESModule, Target: api.ES2022,
	})
	for _, m := range append(built.Errors, built.Warnings...) {
		t.Errorf("%+v: %s", m.Location, m.Text)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node on the PATH: the client in TypeScript is not run")
	}
	said, err := exec.Command(node, out, url).CombinedOutput()
	if err != nil || len(said) > 0 {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestTypes checks the types of the client, of calls of it, and of clients of random applications.
func TestTypes(t *testing.T) {
	tsc, err := exec.LookPath("tsc")
	if err != nil {
		t.Skip("no tsc on the PATH: types of the client in TypeScript are not checked")
	}
	args := []string{"--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--noUnusedLocals", "testdata/calls.ts", wire(t)}
	dir := t.TempDir()
	for seed := range uint64(20) {
		file := filepath.Join(dir, fmt.Sprintf("client%d.ts", seed))
		if err := os.WriteFile(file, random(t, seed), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if said, err := exec.Command(tsc, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// random is the client of a random application.
func random(t *testing.T, seed uint64) []byte {
	t.Helper()
	of, source, err := operationtest.API(seed)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	text, err := generator.TypeScript.Write(of, "")
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return text
}

// FuzzTypeScript: the client of every application is TypeScript, and the same again.
func FuzzTypeScript(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		text := random(t, seed)
		result := api.Transform(string(text), api.TransformOptions{Loader: api.LoaderTS, Format: api.FormatESModule, Target: api.ES2022})
		for _, m := range append(result.Errors, result.Warnings...) {
			t.Errorf("%s: %s", m.Location.LineText, m.Text)
		}
		if !bytes.Equal(random(t, seed), text) {
			t.Error("another time the client is another")
		}
	})
}
