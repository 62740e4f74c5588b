package cli_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// nowhere EXCEPT TEXT... looks for texts in every file below the work folder and the user's cache, and in those of every zip. It leaves
// out the files called EXCEPT, and must find the texts there: else it would look for something that nothing has.
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nowhere EXCEPT TEXT...")
	}
	known, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, text := range args[1:] {
		if !bytes.Contains(known, []byte(text)) {
			ts.Fatalf("%s does not have %s", args[0], text)
		}
	}
	looked := 0
	look := func(name string, content []byte) {
		looked++
		for _, text := range args[1:] {
			if bytes.Contains(content, []byte(text)) {
				ts.Fatalf("%s has %s", name, text)
			}
		}
	}
	for _, root := range []string{ts.MkAbs("."), ts.Getenv("XDG_CACHE_HOME")} {
		ts.Check(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && (!entry.Type().IsRegular() || entry.Name() == args[0]) {
				return nil // other scripts use the cache, too
			}
			if err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			look(path, content)
			if !strings.HasSuffix(path, ".zip") {
				return nil
			}
			z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
			if err != nil {
				return nil // another script is writing it
			}
			for _, f := range z.File {
				r, err := f.Open()
				if err != nil {
					return err
				}
				inside, err := io.ReadAll(r)
				r.Close()
				if err != nil {
					return err
				}
				look(path+": "+f.Name, inside)
			}
			return nil
		}))
	}
	ts.Logf("looked at %d files", looked)
}
