package build_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/build"
	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/emit"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aws"
)

// TestOverlay builds cuts of an application that only the overlay adds to the module of the examples: the binary does not
// depend on where the files are.
func TestOverlay(t *testing.T) {
	examples, err := filepath.Abs("../../../examples")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Join(examples, "hello"))
	if err != nil {
		t.Fatal(err)
	}
	const output = "github.com/faasgen/faasgen/examples/hello/internal/faasgen"
	p := parse(t)
	u := &target.Unit{Name: "session-start", Functions: []*target.Function{{Name: "session-start"}}, Settings: spec.Defaults()}
	app := &target.App{Spec: &spec.Spec{Service: "hello"}, Units: []*target.Unit{u}}
	program := build.Program{Name: u.Name, Package: output + "/aws/session-start", Units: app.Units, Entry: aws.New().Entry(u)}
	kept, err := p.Cut([]string{"session-start"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	add := func(name string, content []byte) {
		program.Files = append(program.Files, target.File{Path: "internal/faasgen/aws/session-start/" + name, Content: content})
	}
	for _, f := range kept {
		add("app/"+f.Name, f.Content)
	}
	mains, err := emit.NewMains()
	if err != nil {
		t.Fatal(err)
	}
	main, err := mains.Target("the unit session-start", program.Package+"/app", "aws", program.Entry)
	if err != nil {
		t.Fatal(err)
	}
	add("main.go", main)
	run := func(dir, dist string) ([]build.Unit, error) {
		units, _, err := build.Run(t.Context(), build.Options{
			Target: aws.New(), App: app, Dir: dir, Programs: []build.Program{program}, Overlay: filepath.Join(t.TempDir(), "somewhere"),
			Dist: dist, Env: os.Environ(), Relative: dir,
		})
		return units, err
	}
	dist := t.TempDir()
	first, err := run(dir, dist)
	if err != nil {
		t.Fatal(err)
	}
	second, err := run(dir, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	third, err := run(dir, dist)
	if err != nil {
		t.Fatal(err)
	}
	if first[0].Hash != second[0].Hash || !third[0].Reused || first[0].Reused || first[0].Binary == 0 {
		t.Errorf("got %+v\n%+v\n%+v", first, second, third)
	}
	zip, err := os.ReadFile(first[0].Zip)
	if err != nil || bytes.Contains(zip, []byte("somewhere")) {
		t.Error(err)
	}

	// A path that is not resolved would be ignored in silence.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	if _, err := run(link, t.TempDir()); err == nil {
		t.Error("a folder whose overlay is ignored was built from")
	}
	// So would a file that is there and not ours.
	extra := slices.Clone(program.Files)
	program.Files = append(extra, target.File{Path: "internal/faasgen/aws/session-start/more_windows.go", Content: []byte("package main\n")})
	if _, err := run(dir, t.TempDir()); err == nil || !strings.Contains(err.Error(), "the go command found main.go in ") {
		t.Error(err)
	}
}

// TestOneProgram builds one program for units that are split and put together again: that changes no byte of the package, which is
// there once, and the deployment files say where.
func TestOneProgram(t *testing.T) {
	dir, err := filepath.Abs("../../../examples/hello")
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	function := func(name string) *target.Function { return &target.Function{Name: name} }
	one, two := function("hello"), function("other")
	unit := func(name string, functions ...*target.Function) *target.Unit {
		return &target.Unit{Name: name, Functions: functions, Settings: spec.Defaults()}
	}
	together := unit("api", one, two)
	together.Group, together.Merged = "api", []target.Merged{{Key: "memorySize", Value: "256", Rule: "maximum", Members: []string{"hello"}}}
	const output = "github.com/faasgen/faasgen/examples/hello/internal/faasgen"
	dist := t.TempDir()
	run := func(all []*target.Unit, of ...*target.Unit) ([]build.Unit, string) {
		t.Helper()
		app := &target.App{Spec: &spec.Spec{Service: "hello"}, Units: all}
		units, files, err := build.Run(t.Context(), build.Options{
			Target: aws.New(), App: app, Dir: dir, Dist: dist, Env: os.Environ(), Relative: dir,
			Programs: []build.Program{{Name: "app", Package: output + "/aws", Units: of, Entry: aws.New().Entry(together)}},
			Deploy: func() ([]target.File, error) {
				var b strings.Builder
				for _, u := range app.Units {
					b.WriteString(u.Name + " " + u.Zip() + "\n")
				}
				return []target.File{{Path: "deploy.txt", Content: []byte(b.String()), Mode: 0o644}}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, u := range units {
			if u.Artefact != units[0].Artefact || u.Zip != filepath.Join(dist, "aws", u.Artefact) {
				t.Errorf("unit %d has %s at %s", i, u.Artefact, u.Zip)
			}
		}
		return units, string(content)
	}
	first, text := run([]*target.Unit{together}, together)
	path := "artefacts/" + first[0].Hash[:16] + ".zip"
	if text != "api "+path+"\n" || first[0].Artefact != path || first[0].Reused || first[0].Group != "api" || first[0].Merged[0].Rule != "maximum" {
		t.Errorf("together: %+v, %s", first, text)
	}
	apart := []*target.Unit{unit("hello", one), unit("other", two)}
	split, text := run(apart, apart...)
	if len(split) != 2 || text != "hello "+path+"\nother "+path+"\n" || split[0].Hash != first[0].Hash || !split[0].Reused || !split[1].Reused {
		t.Errorf("split: %+v, %s", split, text)
	}
	// A damaged package is made again, the same for whoever has it.
	if err := os.WriteFile(split[0].Zip, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if again, _ := run(apart, apart...); again[0].Reused || again[0].Hash != first[0].Hash {
		t.Errorf("damaged: %+v", again)
	}
	// A unit that was not asked for and never made has a name that says so; one that was keeps its package.
	apart = append(apart, unit("third", function("third")))
	if _, text := run(apart, apart[0]); text != "hello "+path+"\nother "+path+"\nthird artefacts/third.zip\n" {
		t.Errorf("one of three: %s", text)
	}
	zips, err := filepath.Glob(filepath.Join(dist, "aws", "artefacts", "*"))
	if err != nil || len(zips) != 1 {
		t.Errorf("there are %v, %v", zips, err)
	}
}

func parse(t *testing.T) *cut.Package {
	t.Helper()
	names, err := filepath.Glob("../../../examples/bookstore/internal/faasgen/app/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []cut.File
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// The application is another's: only what it imports has to exist.
		files = append(files, cut.File{Name: filepath.Base(name), Content: content})
	}
	p, err := cut.Parse(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
