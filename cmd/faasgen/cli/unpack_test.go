package cli

import (
	"archive/zip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// packed writes a zip with one entry.
func packed(t *testing.T, name string, mode fs.FileMode, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "unit.zip")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	h := &zip.FileHeader{Name: name, Method: zip.Deflate}
	h.SetMode(mode)
	w, err := z.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestUnpack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "code")
	if err := unpack(packed(t, "bin/bootstrap", 0o755, "#!"), dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "bin", "bootstrap"))
	if err != nil || info.Mode().Perm() != 0o755 || info.Size() != 2 {
		t.Errorf("unpacked %v, %v", info, err)
	}
}

func TestUnpackRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"a path outside":   packed(t, "../evil", 0o644, "x"),
		"an absolute path": packed(t, "/tmp/evil", 0o644, "x"),
		"a detour":         packed(t, "a/../../evil", 0o644, "x"),
		"a link":           packed(t, "link", fs.ModeSymlink|0o777, "/etc/passwd"),
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "code")
			if err := unpack(file, dir); err == nil || !strings.Contains(err.Error(), "is not a file inside of it") {
				t.Errorf("got %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); left != nil {
				t.Errorf("%q was written", left)
			}
		})
	}
	if err := unpack(filepath.Join(t.TempDir(), "absent.zip"), t.TempDir()); err == nil {
		t.Error("no error for a zip that is not there")
	}
}
