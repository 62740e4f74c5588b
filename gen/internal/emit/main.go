package emit

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"
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
	// With and Transport hand over what carries calls; empty if nothing is called.
	With, Transport string
	// Store and Sources hand over what reads stores of secrets; empty if there are none.
	Store   string
	Sources []string
}

type mainImport struct{ Name, Path string }

// All is how the comment of a main package calls an application that is deployed as several units.
const All = "the functions that FAAS_FUNCTIONS names, or all,"

// Mains writes main packages.
type Mains struct{ template *template.Template }

// NewMains reads the template.
func NewMains() (*Mains, error) {
	t, err := template.New("main.go").Parse(mainTemplate)
	if err != nil {
		return nil, err
	}
	return &Mains{t}, nil
}

// Target writes the main package that runs an application, or a part of it, on a cloud: it names the loop, the codecs and the transport of calls and the sources
// of secrets if the entry has some, and nothing else, so that nothing else is linked. What is how its comment calls it.
func (m *Mains) Target(what, importPath, targetName string, e target.Entry) ([]byte, error) {
	d := mainData{Command: targetName, What: what, Target: targetName}
	taken := newSpace("main")
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
	if e.Transport.Name != "" {
		with, name := symCallWith.split()
		d.With, d.Transport = symbol(with, name), symbol(e.Transport.Import, e.Transport.Name)
	}
	if len(e.Sources) > 0 {
		with, name := symStoreWith.split()
		d.Store = symbol(with, name)
		for _, s := range e.Sources {
			d.Sources = append(d.Sources, symbol(s.Import, s.Name))
		}
	}
	d.New = d.add(importPath, Folder, taken) + ".New"
	return m.write(d)
}

// Whole is how the comment of the local main package calls the application.
const Whole = "the whole application"

// Local writes the main package that runs an application, or a part of it, as one server. What is how its comment calls it; async says
// that it has calls that are not waited for, which stay in the process, too, and need something that queues them.
func (m *Mains) Local(what, importPath string, async bool) ([]byte, error) {
	d := mainData{Command: "local", What: what, Target: "this machine"}
	taken := newSpace("main")
	symbol := func(s symbol) string {
		importPath, name := s.split()
		return d.add(importPath, path.Base(importPath), taken) + "." + name
	}
	d.Run = symbol(symLocalRun)
	if async {
		d.With, d.Transport = symbol(symCallWith), symbol(symLocalCalls)
	}
	d.New = d.add(importPath, Folder, taken) + ".New"
	return m.write(d)
}

func (d *mainData) add(importPath, name string, taken *space) string {
	local := taken.take(name)
	d.Imports = append(d.Imports, mainImport{local, importPath})
	return local
}

// write fills in the template, which is formatted as gofmt would.
func (m *Mains) write(d mainData) ([]byte, error) {
	slices.SortFunc(d.Imports, func(a, b mainImport) int { return strings.Compare(a.Path, b.Path) })
	for i, imp := range d.Imports {
		if path.Base(imp.Path) == imp.Name {
			d.Imports[i].Name = "" // the package's own
		}
	}
	var b bytes.Buffer
	err := m.template.Execute(&b, d)
	return b.Bytes(), err
}
