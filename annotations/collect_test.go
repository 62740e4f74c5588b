package annotations

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func collect(t testing.TB, source string) (Declarations, Diagnostics, *token.FileSet) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "file.go", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	declarations, diagnostics := Collect(fset, file, []byte(source), Default())
	return declarations, diagnostics, fset
}

const sample = `package p

type C struct {
	A Store //faas:inject id=primary optional
	B int   //faas:config key=order.max default=5
}

//faas:provide id=main as=Store scope=request lazy
//faas:arg a config=x.y default=5
//faas:arg b id=other optional
func NewC(a, b int) *C { return nil }

//faas:handler order-create timeout=90 initTimeout=1m memory=1GB concurrency=2 description="a b"
//faas:http GET,POST /books/{id} host=api.example.com status=201
//faas:timer cron="0 3 * * *" timezone=Asia/Shanghai payload=x name=nightly disabled
func (c *C) Create() {}
`

func TestCollectValues(t *testing.T) {
	declarations, diagnostics, fset := collect(t, sample)
	if len(diagnostics) > 0 {
		t.Fatal(diagnostics)
	}
	if len(declarations) != 4 {
		t.Fatalf("found %d declarations", len(declarations))
	}
	inject, _ := Find[Inject](declarations[0])
	config, _ := Find[Config](declarations[1])
	provide, _ := Find[Provide](declarations[2])
	handler, marker := Find[Handler](declarations[3])
	http, _ := Find[HTTP](declarations[3])
	timer, _ := Find[Timer](declarations[3])
	if inject.ID != "primary" || !inject.Optional || config.Key != "order.max" || *config.Default != "5" {
		t.Errorf("%+v %+v", inject, config)
	}
	if provide.ID != "main" || provide.As[0] != "Store" || provide.Scope != Request || !provide.Lazy || provide.Eager {
		t.Errorf("%+v", provide)
	}
	want := Handler{Name: "order-create", Timeout: Duration(90 * time.Second), InitTimeout: Duration(time.Minute), Memory: 1024, Concurrency: 2, Description: "a b"}
	if *handler != want {
		t.Errorf("%+v", handler)
	}
	if strings.Join(http.Method, " ") != "GET POST" || http.Path != "/books/{id}" || http.Host != "api.example.com" || http.Status.First() != 201 {
		t.Errorf("%+v", http)
	}
	if *timer != (Timer{Cron: "0 3 * * *", Timezone: "Asia/Shanghai", Payload: "x", Name: "nightly", Disabled: true}) {
		t.Errorf("%+v", timer)
	}
	if event, m := Find[Event](declarations[3]); event != nil || m != nil {
		t.Error("found an event that is not there")
	}
	for argument, want := range map[string]string{
		"name": "order-create", "memory": "1GB", "description": `"a b"`, "none": "//faas:handler",
	} {
		pos, end := marker.Range(argument)
		if got := sample[fset.Position(pos).Offset:fset.Position(end).Offset]; got != want || marker.Given(argument) != (argument != "none") {
			t.Errorf("%s stands at %q, want %q; given: %v", argument, got, want, marker.Given(argument))
		}
	}
	if d := declarations[0]; d.Place != OnField || d.Type.Name.Name != "C" || d.Names[0].Name != "A" || d.Node.(*ast.Field).Comment == nil {
		t.Errorf("%+v", d)
	}
	if d := declarations[3]; d.Place != OnMethod || d.Type != nil || d.Doc == nil || d.Node.(*ast.FuncDecl).Name.Name != "Create" {
		t.Errorf("%+v", d)
	}
}

// TestOneMistakeOneError changes one letter in the name of a directive or an argument, at every place, and wants exactly one
// error each time, on that line.
func TestOneMistakeOneError(t *testing.T) {
	declarations, _, fset := collect(t, sample)
	type span struct{ from, to int }
	var spans []span
	offset := func(p token.Pos) int { return fset.Position(p).Offset }
	for _, d := range declarations {
		for _, m := range d.Markers {
			spans = append(spans, span{offset(m.Directive.NamePos()), offset(m.Directive.NameEnd())})
			for _, a := range m.Directive.Arguments {
				if a.Key != "" {
					spans = append(spans, span{offset(a.Pos()), offset(a.Pos()) + len(a.Key)})
				}
			}
		}
	}
	changes := 0
	try := func(changed string, at int) {
		changes++
		_, diagnostics, _ := collect(t, changed)
		if line := 1 + strings.Count(sample[:at], "\n"); len(diagnostics) != 1 || diagnostics[0].Pos.Line != line {
			t.Errorf("%s\nwant one error on line %d, got\n%s", strings.Split(changed, "\n")[line-1], line, diagnostics.Render(""))
		}
	}
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			if s.to-s.from > 1 {
				try(sample[:i]+sample[i+1:], i)
			}
			try(sample[:i]+"x"+sample[i:], i)
			try(sample[:i]+"Q"+sample[i+1:], i)
		}
	}
	// The marks of the comment: the near misses.
	for i := range len(sample) - len(prefix) {
		if sample[i:i+len(prefix)] == prefix {
			for _, miss := range []string{"// faas:", "//faas: ", "//Faas:", "//faas :", "//FAAS:", "// Faas: ", "//+faas:", "/*faas:", "//faasgen:"} {
				changed := sample[:i] + miss + sample[i+len(prefix):]
				if miss == "/*faas:" {
					end := i + strings.IndexByte(sample[i:], '\n')
					changed = sample[:i] + miss + sample[i+len(prefix):end] + "*/" + sample[end:]
				}
				try(changed, i)
			}
		}
	}
	if changes < 500 {
		t.Errorf("only %d changes were tried", changes)
	}
}

// TestDetachedAnywhere puts a blank line behind every directive line of a doc comment.
func TestDetachedAnywhere(t *testing.T) {
	lines := strings.SplitAfter(sample, "\n")
	for i, l := range lines {
		if !strings.HasPrefix(l, prefix) {
			continue
		}
		changed := strings.Join(lines[:i+1], "") + "\n" + strings.Join(lines[i+1:], "")
		_, diagnostics, _ := collect(t, changed)
		for _, d := range diagnostics {
			if d.Code != CodeDetached || d.Pos.Line > i+1 {
				t.Errorf("blank line behind line %d: %s", i+1, Diagnostics{d}.Render(""))
			}
		}
		if len(diagnostics) == 0 {
			t.Errorf("blank line behind line %d: no error", i+1)
		}
	}
}

func TestCollectOddInput(t *testing.T) {
	reg := Default()
	if d, e := Collect(token.NewFileSet(), nil, nil, reg); d != nil || e != nil {
		t.Error("nil is an empty file")
	}
	// Without the text, or with another one, there are no excerpts and everything else is the same.
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "file.go", "package p\n//faas:provid\ntype C struct{}\n", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{"", "package other // faas:x"} {
		_, diagnostics := Collect(fset, file, []byte(src), reg)
		if len(diagnostics) != 1 || diagnostics[0].Line != "" || diagnostics[0].Pos.Line != 2 {
			t.Errorf("%+v", diagnostics)
		}
	}
	// A //line comment changes what the compiler says, not where the user has to look.
	_, diagnostics, _ := collect(t, "package p\n\n//line other.y:100\n//faas:provid\ntype C struct{}\n")
	if len(diagnostics) != 1 || diagnostics[0].Pos.Filename != "file.go" || diagnostics[0].Pos.Line != 4 {
		t.Errorf("%+v", diagnostics)
	}
	// Carriage returns inside of a line are spaces, and do not move columns.
	_, diagnostics, _ = collect(t, "package p\n\n//faas:provide\rlazy\rx=1\ntype C struct{}\n")
	if len(diagnostics) != 1 || diagnostics[0].Pos.Column != 21 {
		t.Errorf("%+v", diagnostics)
	}
}

func FuzzCollect(f *testing.F) {
	f.Add(sample)
	files, _ := filepath.Glob("testdata/*.txt")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for section := range strings.SplitSeq(string(data), "=== ") {
			_, source, _ := strings.Cut(section, "\n")
			source, _, _ = strings.Cut(source, "--- want")
			f.Add(source)
		}
	}
	for _, source := range []string{
		"package p\n/*faas:x", "package p; func F() { //faas:x", "//faas:x", "package p\ntype (", "package p\n/*\n*faas:x\r\n */", "package p\n//faas:x\r\r\n",
		"package p\ntype T struct { A //faas:inject\n", "package p\ntype T = struct { A int //faas:inject\n}", "package p\n/**faas:provide*/",
	} {
		f.Add(source)
	}
	reg := Default()
	f.Fuzz(func(t *testing.T, source string) {
		fset := token.NewFileSet()
		file, parseErr := parser.ParseFile(fset, "file.go", source, parser.ParseComments|parser.SkipObjectResolution)
		declarations, diagnostics := Collect(fset, file, []byte(source), reg)
		if len(declarations)+len(diagnostics) > 0 && !Scan([]byte(source)) {
			t.Fatalf("Scan would have left out\n%s", source)
		}
		seen := map[token.Pos]bool{}
		reported := map[int]bool{}
		for _, d := range diagnostics {
			reported[d.Pos.Line] = true
			if d.Pos.Line < 1 || d.Pos.Column < 1 || d.Length < 1 || d.Code == "" || d.Pos.Column-1+d.Length > len(d.Line) && d.Length > 1 {
				t.Fatalf("%+v", d)
			}
		}
		diagnostics.Render("")
		last := token.NoPos
		for _, d := range declarations {
			if d.Node.Pos() < last || len(d.Markers) == 0 {
				t.Fatalf("declaration %s is out of order or empty", d.Name)
			}
			last = d.Node.Pos()
			for _, m := range d.Markers {
				if seen[m.Directive.Pos()] {
					t.Fatalf("%s is found twice", m.Directive)
				}
				seen[m.Directive.Pos()] = true
				if m.Value == nil || m.Definition.Places&d.Place == 0 {
					t.Fatalf("%s is on %s", m.Directive, d.Name)
				}
			}
		}
		if file == nil || parseErr != nil {
			return // the parser drops comments of what it cannot read
		}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if d, _, ok := Parse(comment.Pos(), comment.Text); ok && !seen[d.Pos()] && !reported[fset.PositionFor(d.Pos(), false).Line] {
					t.Fatalf("%s is neither found nor reported in\n%s", d, source)
				}
			}
		}
	})
}

// TestManyDirectives counts allocations instead of seconds: twice the directives on one declaration cost about twice as much.
func TestManyDirectives(t *testing.T) {
	for _, form := range []string{"//faas:http GET /hello%d", "//faas:timer cron=\"0 3 * * *\" name=t%d", "//faas:htp GET /hello%d", "//faas:arg a%d"} {
		cost := func(n int) float64 {
			var b strings.Builder
			b.WriteString("package p\n\n")
			for i := range n {
				fmt.Fprintf(&b, form+"\n", i)
			}
			b.WriteString("//faas:handler\nfunc Hello() {}\n")
			source := b.String()
			return testing.AllocsPerRun(1, func() { collect(t, source) })
		}
		if few, many := cost(200), cost(400); many > 2.5*few {
			t.Errorf("%s: 200 directives allocate %.0f times, 400 of them %.0f", form, few, many)
		}
	}
}
