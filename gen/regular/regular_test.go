//go:build unix

package regular_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/faasgen/faasgen/gen/regular"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, content := range map[string]string{"empty": "", "full": "12345", "over": "123456"} {
		if err := os.WriteFile(file(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(
		os.Symlink("full", file("link")), os.Symlink("/dev/zero", file("zero")), os.Mkdir(file("folder"), 0o700), syscall.Mkfifo(file("pipe"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, content, err string }{
		{"empty", "", ""},
		{"full", "12345", ""},
		{"link", "12345", ""},
		{"over", "", "over: found more than 5 bytes, expected a smaller file"},
		{"zero", "", "zero: found a device, expected a regular file"},
		{"pipe", "", "pipe: found a named pipe, expected a regular file"},
		{"folder", "", "folder: found a folder, expected a regular file"},
	} {
		content, err := regular.Read(file(tt.name), 5)
		if string(content) != tt.content || (err == nil) != (tt.err == "") || err != nil && !strings.HasSuffix(err.Error(), "/"+tt.err) {
			t.Errorf("%s: got %q, %v; want %q, %s", tt.name, content, err, tt.content, tt.err)
		}
	}
	if _, err := regular.Read(file("absent"), 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}
