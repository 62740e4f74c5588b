//go:build unix

package config_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
)

// Opening a pipe would wait for its writer, for ever.
func TestSecretIsNotReadFromAPipe(t *testing.T) {
	dir := folder(t, "config.default.yml", "a: {b: {from: file:pipe}}\n")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	c, err := config.Load(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Get[config.Secret](c, "a.b")
	wantError(t, err, "key a.b: file:pipe: ", "pipe is not a regular file")
}

func TestFilesAreNotReadFromAPipe(t *testing.T) {
	dir := folder(t, "config.default.yml", "a: 1\n")
	if err := syscall.Mkfifo(filepath.Join(dir, "config.local.yml"), 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "config.zero.yml")); err != nil {
		t.Skip(err)
	}
	for _, env := range []string{"local", "zero"} {
		_, err := config.Load(dir, env)
		wantError(t, err, "read configuration: ", "config."+env+".yml is not a regular file")
	}
}

func TestFileTooLarge(t *testing.T) {
	dir := folder(t, "config.default.yml", "")
	if err := os.Truncate(filepath.Join(dir, "config.default.yml"), 1<<34); err != nil {
		t.Skip(err)
	}
	_, err := config.Load(dir, "")
	wantError(t, err, "read configuration: ", "config.default.yml has more than 16384 KiB")
}
