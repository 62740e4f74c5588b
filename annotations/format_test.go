package annotations

import (
	"bytes"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

func formatted(t *testing.T, source string) string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "file.go", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return string(Format(fset, file, []byte(source)))
}

func TestFormat(t *testing.T) {
	const source = `package   p

// Example has one:
//
//	//faas:handler   a
// //faas:handler   a
type Example struct {
	A string //faas:config   key=a   default="x"` + "  " + `
	B int    /* //faas:config   key=b */
}

var text = "//faas:handler   a" + ` + "`\n//faas:handler   b\n`" + `

/*
//faas:handler   c
*/

//faas:handler   order-create "timeout=5" description="a b"` + "\t" + `
//faas:http	GET	"/a"
//faas:timer   cron = "@daily"
//faas:unknown   "a"
//line other.go:7
func  F()  { } //faas:handler   "d"
`
	want := strings.NewReplacer(
		`//faas:config   key=a   default="x"  `, "//faas:config key=a default=x",
		`//faas:handler   order-create "timeout=5" description="a b"`+"\t", `//faas:handler order-create timeout=5 description="a b"`,
		`//faas:http	GET	"/a"`, "//faas:http GET /a",
		`//faas:unknown   "a"`, "//faas:unknown a",
		`//faas:handler   "d"`, "//faas:handler d",
	).Replace(source)
	for _, end := range []string{"\n", "\r\n"} {
		source, want := strings.ReplaceAll(source, "\n", end), strings.ReplaceAll(want, "\n", end)
		if got := formatted(t, source); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if got := formatted(t, want); got != want {
			t.Errorf("not final:\n%s", got)
		}
	}
}

// TestFormatNothing has files come back as they are, without a copy.
func TestFormatNothing(t *testing.T) {
	for _, source := range []string{"package p\n", "package p\n\n//faas:handler a\nfunc F() {}\n", "\ufeffpackage p\r\n\r\n//faas:handler a\r\nfunc F() {}"} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "file.go", source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		src := []byte(source)
		if got := Format(fset, file, src); &got[0] != &src[0] || len(got) != len(src) {
			t.Errorf("%q became %q", source, got)
		}
	}
	if got := Format(token.NewFileSet(), nil, []byte("//faas:handler  a")); !bytes.Equal(got, []byte("//faas:handler  a")) {
		t.Errorf("without a tree: %q", got)
	}
}

// FuzzFormat formats any Go file that can be parsed: it still can, has the same directives and the same lines otherwise, and is final.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{
		sample, strings.ReplaceAll(sample, "\n", "\r\n"), "package p\n\n//faas:handler   \"a\" b=`c d`\t\r\nfunc F() {} //faas:x\n", "\ufeffpackage p //faas:a  b",
		"//faas:a   b\npackage p\n\n/* //faas:a   b\n//faas:c   d */\nvar s = `\n//faas:a   b\n`\n", "package p\n//line a.go:1\n//faas:a\u00a0b \u2028\n//faas:a  b, c\n",
	} {
		f.Add([]byte(seed))
	}
	read := func(source []byte) (comments []string, directives []string, out []byte) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "file.go", source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, nil
		}
		comments = []string{}
		for _, group := range file.Comments {
			for _, c := range group.List {
				if d, problems, ok := Parse(0, c.Text); ok && len(problems) == 0 {
					text := d.Name
					for _, a := range d.Arguments {
						text += "\x00" + a.Key + "\x01" + a.Value
					}
					directives = append(directives, text)
				} else {
					comments = append(comments, c.Text)
				}
			}
		}
		return comments, directives, Format(fset, file, source)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		comments, directives, out := read(source)
		if comments == nil {
			return
		}
		after, same, again := read(out)
		if !slices.Equal(after, comments) || !slices.Equal(same, directives) {
			t.Fatalf("%q became %q: %q, %q, want %q, %q", source, out, after, same, comments, directives)
		}
		if !bytes.Equal(again, out) {
			t.Fatalf("%q became %q, then %q", source, out, again)
		}
		if bytes.Count(source, []byte("\n")) != bytes.Count(out, []byte("\n")) {
			t.Fatalf("%q became %q, which has other lines", source, out)
		}
	})
}
