package annotations

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata with what the package says now")

// TestGolden runs every case of testdata/*.txt. A case is
//
//	=== name
//	Go source, file.go
//	--- want
//	what Collect returns: its diagnostics as they are rendered, then its declarations
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var rewritten strings.Builder
		for section := range strings.SplitSeq(strings.TrimPrefix(string(data), "=== "), "\n=== ") {
			title, rest, _ := strings.Cut(section, "\n")
			source, want, found := strings.Cut(rest, "--- want")
			want = strings.Trim(want, "\n")
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txt")+"/"+title, func(t *testing.T) {
				source := unescape(source)
				got := strings.TrimSuffix(collectText(t, source), "\n")
				if !*update && (got != want || !found) {
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
				if got != "" && !Scan([]byte(source)) {
					t.Error("Scan would have left this file out")
				}
				fmt.Fprintf(&rewritten, "=== %s\n%s--- want\n%s\n", title, escape(source), got)
			})
		}
		if *update && !t.Failed() {
			if err := os.WriteFile(name, []byte(rewritten.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Carriage returns do not survive editors, so the cases write them as \r at the end of a line.
func unescape(s string) string { return strings.ReplaceAll(s, "\\r\n", "\r\n") }
func escape(s string) string   { return strings.ReplaceAll(s, "\r\n", "\\r\n") }

func collectText(t *testing.T, source string) string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "file.go", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("the case itself does not parse: %v", err)
	}
	declarations, diagnostics := Collect(fset, file, []byte(source), Default())
	var b strings.Builder
	b.WriteString(diagnostics.Render(""))
	for _, d := range declarations {
		fmt.Fprintf(&b, "%s %s\n", d.Place, d.Name)
		for _, m := range d.Markers {
			bad := ""
			if m.Bad {
				bad = " bad"
			}
			fmt.Fprintf(&b, "\t%s: %s%s\n", fset.Position(m.Directive.Pos()), m.Directive, bad)
		}
	}
	return b.String()
}
