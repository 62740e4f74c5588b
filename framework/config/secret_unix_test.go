//go:build unix

package config_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
)

// Opening a pipe would wait for its writer, for ever.
func TestSecretIsNotReadFromAPipe(t *testing.T) {
	dir := folder(t, "config.default.yml", "a: {b: file:pipe}\n")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	c, err := config.Load(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Get[config.Secret](c, "a.b")
	wantError(t, err, "key a.b: file:pipe: ", "pipe is no regular file")
}
