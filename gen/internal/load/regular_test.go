//go:build unix

package load_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/regular"
)

// TestOddFiles: what is not a file is not read, whatever it is called, and nothing waits for the data of a pipe.
func TestOddFiles(t *testing.T) {
	pipe := func(name string) error { return syscall.Mkfifo(name, 0o600) }
	zero := func(name string) error { return os.Symlink("/dev/zero", name) }
	for _, tt := range []struct {
		name, file string
		make       func(string) error
		found      string
	}{
		{"f.yml is a pipe", "f.yml", pipe, "a named pipe"},
		{"f.yml never ends", "f.yml", zero, "a device"},
		{"go.sum never ends", "go.sum", zero, "a device"},
		{"go.mod is a pipe", "go.mod", pipe, "a named pipe"},
		{"a component's defaults are a pipe", "component/config.default.yml", pipe, "a named pipe"},
		{"a source is a pipe, which the go command leaves out", "order/pipe.go", pipe, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			apptest.Write(t, root, map[string]string{
				"go.mod": "module example.com/m\n", "go.sum": "", "f.yml": "service: x\n", "order/order.go": source("order"),
				"component/component.go": "package component\n\n//faas:configuration\ntype Configuration struct{}\n",
			})
			name := filepath.Join(root, filepath.FromSlash(tt.file))
			_ = os.Remove(name)
			if err := tt.make(name); err != nil {
				t.Fatal(err)
			}
			_, err := load.Scan(load.Options{Dir: root, Env: apptest.Env()})
			e, _ := errors.AsType[*regular.Error](err)
			if tt.found == "" && err != nil || tt.found != "" && (e == nil || e.Found != tt.found || e.Name != name) {
				t.Errorf("got %v, want %q", err, tt.found)
			}
		})
	}
}
