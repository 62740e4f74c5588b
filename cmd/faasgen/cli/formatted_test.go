package cli

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec/edit"
	"github.com/faasgen/faasgen/templates"
)

// TestScaffoldsFormatted has every template give, for each cloud, files that fmt leaves as they are.
func TestScaffoldsFormatted(t *testing.T) {
	tl := &tool{}
	for _, o := range builtIn() {
		o.apply(tl)
	}
	d := templates.Data{Name: "try", Package: "try", Module: "example.com/try", Version: "v1.0.0", Go: "1.26.0"}
	for _, known := range tl.targets {
		d.Clouds = append(d.Clouds, templates.Cloud{Name: known.Name(), Region: tl.cloud(known.Name()).Region})
	}
	specs, sources := 0, 0
	for _, s := range templates.Scaffolds() {
		for _, c := range d.Clouds {
			d.Target, d.Region = c.Name, c.Region
			files, err := render([]string{templates.Shared, s.Name, templates.Docker}, d)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				var got []byte
				switch {
				case f.path == "f.yml":
					specs++
					if got, err = edit.Format([]byte(f.content)); err != nil {
						t.Errorf("%s for %s: %v", s.Name, c.Name, err)
						continue
					}
				case filepath.Ext(f.path) == ".go":
					fset := token.NewFileSet()
					file, err := parser.ParseFile(fset, f.path, f.content, parser.ParseComments)
					if err != nil {
						t.Fatal(err)
					}
					sources++
					got = annotations.Format(fset, file, []byte(f.content))
				default:
					continue
				}
				if string(got) != f.content {
					t.Errorf("%s of %s for %s is\n%s\nexpected\n%s", f.path, s.Name, c.Name, f.content, got)
				}
			}
		}
	}
	if specs < 10 || sources < 10 {
		t.Errorf("found only %d f.yml and %d Go files", specs, sources)
	}
}
