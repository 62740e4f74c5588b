package annotations

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	tests := map[string]bool{
		"//faas:x": true, "// faas :x": true, "FAAS:": true, "xfAaS\t:": true, "faasgen:x": true, "/*FaasGen :": true, "aafaas:": true, "aaaafaas:": true,
		"fAAS:": true, "faAS:": true, "fAas:": true,
		"": false, "faas": false, "//faas": false, "faasd:": false, "faa:": false, "aas:": false, "github.com/faasgen/faasgen": false,
		"faas\n:": false, "fa as:": false, "f\u00e4\u00e4s:": false, "faasge:": false,
	}
	for src, want := range tests {
		if got := Scan([]byte(src)); got != want {
			t.Errorf("Scan(%q) = %v", src, got)
		}
	}
}

func goroot(tb testing.TB) string {
	tb.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		tb.Skip("no go command: ", err)
	}
	return strings.TrimSpace(string(out))
}

// BenchmarkScan reads the source of go/types: about as many bytes as a large application has.
func BenchmarkScan(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(goroot(b), "src", "go", "types", "*.go"))
	if err != nil || len(files) == 0 {
		b.Skip("no source of Go itself")
	}
	var sources [][]byte
	var n int64
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		sources = append(sources, bytes.Clone(data))
		n += int64(len(data))
	}
	b.SetBytes(n)
	for b.Loop() {
		for _, src := range sources {
			if Scan(src) {
				b.Fatal("go/types has no directives")
			}
		}
	}
}
