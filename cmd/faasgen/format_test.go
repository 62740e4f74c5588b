package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec/edit"
)

// TestFormatted has what people copy in the form that faasgen fmt gives it: the f.yml files and directives of this repository, and
// the YAML and directives that pages show.
func TestFormatted(t *testing.T) {
	specs, sources := 0, 0
	err := filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "dist"):
			return fs.SkipDir
		case d.IsDir() || d.Name() != "f.yml" && filepath.Ext(name) != ".go":
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if d.Name() == "f.yml" {
			specs++
			formattedSpec(t, name, string(content))
			return nil
		}
		if !annotations.Scan(content) {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		sources++
		if got := annotations.Format(fset, file, content); string(got) != string(content) {
			t.Errorf("%s: run faasgen fmt", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if specs < 5 || sources < 20 {
		t.Errorf("found only %d f.yml and %d Go files with directives", specs, sources)
	}
}

func TestFormattedPages(t *testing.T) {
	specs, directives := 0, 0
	directive := regexp.MustCompile(`(?:^|\s)(//faas:.*)$`)
	readmes, err := filepath.Glob("../../examples/*/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages(t), readmes...) {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocksOf(string(content)) {
			switch b.language {
			case "yaml":
				if !strings.HasPrefix(b.text, " ") { // an excerpt
					specs++
					formattedSpec(t, page, b.text)
				}
			case "go":
				for line := range strings.Lines(b.text) {
					m := directive.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
					if m == nil {
						continue
					}
					directives++
					if d, problems, ok := annotations.Parse(0, m[1]); !ok || len(problems) > 0 || d.String() != m[1] {
						t.Errorf("%s: found %s, expected %s", page, m[1], d)
					}
				}
			}
		}
	}
	if specs < 20 || directives < 20 {
		t.Errorf("found only %d pieces of YAML and %d directives", specs, directives)
	}
}

func formattedSpec(t *testing.T, name, text string) {
	t.Helper()
	got, err := edit.Format([]byte(text))
	if err != nil {
		t.Errorf("%s: %v in\n%s", name, err, text)
	} else if string(got) != text {
		t.Errorf("%s has\n%s\nexpected\n%s", name, text, got)
	}
}
