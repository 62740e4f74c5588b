package inspect_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// module makes a module with the files of a testdata archive, or an empty one.
func module(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	apptest.WriteModule(t, dir, apptest.Module)
	if archive != "" {
		ar, err := txtar.ParseFile(filepath.Join("testdata", archive))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			apptest.Write(t, dir, map[string]string{f.Name: string(f.Data)})
		}
	}
	return dir
}

// read reads the one application of a module.
func read(t *testing.T, dir string) *inspect.Application {
	t.Helper()
	apps, ds, err := gen.Read(t.Context(), gen.Options{Dir: dir, Env: apptest.Env()})
	if err != nil || ds.Failed() || len(apps) != 1 {
		t.Fatalf("%d applications, %v\n%s", len(apps), err, ds.Render(dir))
	}
	return apps[0]
}

// Each file that is for one machine is a reason to look at what runs there.
func TestHasMachineFiles(t *testing.T) {
	for name, want := range map[string]bool{"config.local.yml": true, "secrets.local.yml": true, ".env": true, "config.default.yml": false, "secrets.test.yml": false} {
		dir := t.TempDir()
		apptest.Write(t, dir, map[string]string{name: "\n"})
		if got := inspect.HasMachineFiles(dir); got != want {
			t.Errorf("with %s: found %v", name, got)
		}
	}
}
