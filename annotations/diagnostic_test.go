package annotations

import (
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	at := func(file string, line, column int) token.Position {
		return token.Position{Filename: file, Line: line, Column: column}
	}
	dir := filepath.FromSlash("/home/app")
	tests := []struct {
		name string
		d    Diagnostic
		want string
	}{
		{"the whole file", Diagnostic{Pos: at("f.yml", 0, 0), Message: "no functions", Code: "spec-empty"}, "f.yml: no functions [spec-empty]\n"},
		{"no file", Diagnostic{Message: "no functions"}, "no functions\n"},
		{"a line", Diagnostic{Pos: at("f.yml", 3, 0), Message: "m", Code: "c", Line: "abc"}, "f.yml:3: m [c]\n"},
		{"a note", Diagnostic{Pos: at("f.yml", 3, 1), Message: "m", Code: "c", Severity: SeverityNote}, "f.yml:3:1: note: m [c]\n"},
		{"relative", Diagnostic{Pos: at("/home/app/order/a.go", 1, 1), Message: "m"}, "order/a.go:1:1: m\n"},
		{"sibling", Diagnostic{Pos: at("/home/lib/a.go", 1, 1), Message: "m"}, "../lib/a.go:1:1: m\n"},
		{"far away", Diagnostic{Pos: at("/usr/lib/go/src/a.go", 1, 1), Message: "m"}, "../../usr/lib/go/src/a.go:1:1: m\n"},
		{"tabs", Diagnostic{Pos: at("a.go", 1, 5), Message: "m", Line: "\t\tx\ty z", Length: 3}, "a.go:1:5: m\n\tx\ty z\n\t \t^^^\n"},
		{"indentation", Diagnostic{Pos: at("a.go", 1, 1), Message: "m", Line: "  x", Length: 1}, "a.go:1:1: m\n\tx\n\t^\n"},
		{"multi-byte", Diagnostic{Pos: at("a.go", 1, 4), Message: "m", Line: "é é é", Length: 2}, "a.go:1:4: m\n\té é é\n\t  ^\n"},
		{"wide", Diagnostic{Pos: at("a.go", 1, 8), Message: "m", Line: "订单 中 x", Length: 3}, "a.go:1:8: m\n\t订单 中 x\n\t     ^^\n"},
		{"combining", Diagnostic{Pos: at("a.go", 1, 5), Message: "m", Line: "e\u0301 x", Length: 1}, "a.go:1:5: m\n\te\u0301 x\n\t  ^\n"},
		{"end of line", Diagnostic{Pos: at("a.go", 1, 4), Message: "m", Line: "abc", Length: 5}, "a.go:1:4: m\n\tabc\n\t   ^\n"},
		{"behind the line", Diagnostic{Pos: at("a.go", 1, 9), Message: "m", Line: "abc"}, "a.go:1:9: m\n"},
		{"too long a mark", Diagnostic{Pos: at("a.go", 1, 2), Message: "m", Line: "abc", Length: 50}, "a.go:1:2: m\n\tabc\n\t ^^\n"},
		{"no length", Diagnostic{Pos: at("a.go", 1, 2), Message: "m", Line: "abc"}, "a.go:1:2: m\n\tabc\n\t ^\n"},
		{"terminal codes", Diagnostic{Pos: at("a.go", 1, 3), Message: "a\x1b[31mb\nc", Line: "a\x1b[b\u202ec", Length: 1}, "a.go:1:3: a?[31mb?c\n\ta?[b?c\n\t  ^\n"},
		{
			"chain and hint", Diagnostic{
				Pos: at("/home/app/w.go", 22, 6), Message: "no provider for *sql.DB", Code: "di-missing", Hint: "write a constructor",
				Chain: []Link{{Pos: at("/home/app/order/r.go", 18, 6), Message: "needed by NewRepo"}, {Message: "needed by function nightly"}},
			},
			"w.go:22:6: no provider for *sql.DB [di-missing]\n\tneeded by NewRepo  order/r.go:18:6\n\tneeded by function nightly\n\thint: write a constructor\n",
		},
	}
	for _, test := range tests {
		if got := (Diagnostics{test.d}).Render(dir); got != test.want {
			t.Errorf("%s:\ngot\n%q\nwant\n%q", test.name, got, test.want)
		}
	}
}

func TestRenderLongLines(t *testing.T) {
	long := strings.Repeat("abcdefghi ", 30)
	for _, test := range []struct{ at, length int }{{0, 3}, {100, 3}, {150, 3}, {297, 3}, {0, 300}, {100, 150}, {300, 1}} {
		text, marks := excerpt(long, test.at, test.length)
		if columns(text) > maxExcerpt+30 || len(marks) > maxExcerpt+1 {
			t.Errorf("%v: %d and %d columns\n%s\n%s", test, columns(text), len(marks), text, marks)
		}
		start := strings.IndexByte(marks, '^')
		want := long[test.at:min(len(long), test.at+min(test.length, 3))]
		if !strings.HasPrefix((text + " ")[start:], want) {
			t.Errorf("%v: points at %q, want %q\n%s\n%s", test, text[start:], want, text, marks)
		}
	}
	text, _ := excerpt(long, 150, 3)
	if !strings.HasPrefix(text, "...") || !strings.HasSuffix(text, "...") {
		t.Errorf("what was cut is not shown: %s", text)
	}
}

func TestSort(t *testing.T) {
	d := func(file string, line, column int, code, message string) Diagnostic {
		return Diagnostic{Pos: token.Position{Filename: file, Line: line, Column: column}, Code: code, Message: message}
	}
	ds := Diagnostics{
		d("b.go", 1, 1, "", ""), d("a.go", 10, 1, "", ""), d("a.go", 2, 9, "", ""), d("a.go", 2, 1, "z", ""), d("a.go", 2, 1, "a", "n"),
		d("a.go", 2, 1, "a", "m"), d("a.go", 2, 1, "a", "n"), d("", 0, 0, "", "none"),
	}
	ds.Sort()
	want := "none\na.go:2:1: m [a]\na.go:2:1: n [a]\na.go:2:1:  [z]\na.go:2:9: \na.go:10:1: \nb.go:1:1: "
	if got := ds.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !ds.Failed() || (Diagnostics{{Severity: SeverityNote}}).Failed() || (Diagnostics{}).Failed() {
		t.Error("only errors fail")
	}
}
