package emit

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"path"
	"slices"
	"text/template"

	"github.com/faasgen/faasgen/gen/target"
)

//go:embed templates/main.go.tmpl
var mainTemplate string

// mainData is what the template is filled with.
type mainData struct {
	Command, What, Target string
	Imports               []mainImport
	Run, New              string
	Codecs                []string
}

type mainImport struct{ Name, Path string }

// Main writes the main package that runs the unit on a target: it names the loop and the codecs, and nothing else, so
// that nothing else is linked.
func Main(unit, importPath, targetName string, e target.Entry) ([]byte, error) {
	d := mainData{Command: targetName, What: "the unit " + unit, Target: targetName}
	taken := space{"main": true}
	symbol := func(importPath, name string) string {
		for _, i := range d.Imports {
			if i.Path == importPath {
				return i.Name + "." + name
			}
		}
		local := taken.take(path.Base(importPath))
		d.Imports = append(d.Imports, mainImport{local, importPath})
		return local + "." + name
	}
	d.Run = symbol(e.Loop, "Run")
	for _, c := range e.Codecs {
		d.Codecs = append(d.Codecs, symbol(c.Import, c.Name))
	}
	d.New = d.add(importPath, PackageName(unit), taken) + ".New"
	return d.write()
}

// LocalMain writes the main package of the whole application as one server.
func LocalMain(importPath string) ([]byte, error) {
	d := mainData{Command: "local", What: "the whole application", Target: "this machine"}
	taken := space{"main": true}
	d.Run = d.add(pathLocal, "local", taken) + ".Run"
	d.New = d.add(importPath, "app", taken) + ".New"
	return d.write()
}

func (d *mainData) add(importPath, name string, taken space) string {
	local := taken.take(name)
	d.Imports = append(d.Imports, mainImport{local, importPath})
	return local
}

func (d *mainData) write() ([]byte, error) {
	slices.SortFunc(d.Imports, func(a, b mainImport) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	for i, imp := range d.Imports {
		if path.Base(imp.Path) == imp.Name {
			d.Imports[i].Name = "" // the package's own
		}
	}
	t, err := template.New("main").Parse(mainTemplate)
	if err != nil {
		return nil, fmt.Errorf("main.go template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}
