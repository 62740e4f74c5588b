package gen_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// What is for one machine alone is in no package, no image and no other file that a build makes.
func TestBuildLeavesBehindWhatIsOfTheMachine(t *testing.T) {
	b := newBuilt(t)
	const hunter = "hunter2-of-this-machine"
	apptest.Write(t, b.dir, map[string]string{
		"one/f.yml":              "service: shop\npackage: {include: [\"*\", \"sub/**\", \".e*\"]}\n",
		"one/.env":               "TOKEN=" + hunter + "\n",
		"one/sub/.env":           "TOKEN=" + hunter + "\n",
		"one/config.local.yml":   "key: " + hunter + "\n",
		"one/sub/note.txt":       "shipped\n",
		"one/config.default.yml": "key: value\n",
	})
	made, err := b.try(gen.BuildOptions{})
	if err != nil || made.Diagnostics.Failed() {
		t.Fatal(err, made.Diagnostics.Render(b.dir))
	}
	served := b.serve(gen.ServerOptions{Image: true})
	if served.Diagnostics.Failed() {
		t.Fatal(served.Diagnostics.Render(b.dir))
	}
	shipped := 0
	for _, dir := range []string{made.Dir, served.Dir} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return unpacked(path, content, func(name string, content []byte) {
				if bytes.Contains(content, []byte(hunter)) || strings.HasSuffix(name, "config.local.yml") || strings.HasSuffix(name, ".env") {
					t.Errorf("%s in %s is of this machine", name, path)
				}
				if bytes.Equal(content, []byte("shipped\n")) {
					shipped++
				}
			})
		})
		if err != nil {
			t.Error(err)
		}
	}
	if shipped < 3 {
		t.Errorf("looked at %d copies of the note, expected one each in a zip, in the server's folder and in the image", shipped)
	}
}

// unpacked visits a file, or those in it: of zips, gzipped and plain archives.
func unpacked(name string, content []byte, visit func(name string, content []byte)) error {
	if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return err
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				return err
			}
			inner, err := io.ReadAll(r)
			if err = errors.Join(err, r.Close()); err != nil {
				return err
			}
			visit(f.Name, inner)
		}
		return nil
	}
	if bytes.HasPrefix(content, []byte("\x1f\x8b")) {
		r, err := gzip.NewReader(bytes.NewReader(content))
		if err != nil {
			return err
		}
		inner, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return unpacked(name, inner, visit)
	}
	if len(content) > 262 && string(content[257:262]) == "ustar" {
		for r := tar.NewReader(bytes.NewReader(content)); ; {
			h, err := r.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			inner, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			visit(h.Name, inner)
		}
	}
	visit(name, content)
	return nil
}
