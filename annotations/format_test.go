package annotations

import (
	"bytes"
	"go/parser"
	"go/token"
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
