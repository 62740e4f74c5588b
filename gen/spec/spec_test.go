package spec

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/faasgen/faasgen/gen/kind"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func testEnv(name string) (string, bool) {
	value, ok := map[string]string{
		"SET": "shop", "EMPTY": "", "SECRET": "s3cr3t", "NUMBER": "7", "YES": "true", "YAML": "x\ny: {a: 1}", "DURATION": "90",
	}[name]
	return value, ok
}

// TestDiagnostics runs the files of testdata/*.txtar. After each file name.yml stands name.yml.diagnostics, as it is
// rendered; a file without mistakes has none.
func TestDiagnostics(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				if strings.HasSuffix(f.Name, ".diagnostics") {
					continue
				}
				s, diags := Parse(f.Name, f.Data, testEnv)
				if s == nil {
					t.Fatalf("%s: no specification at all", f.Name)
				}
				diags = append(diags, s.CheckTriggers(kind.Wrong)...)
				diags.Sort()
				got.Files = append(got.Files, f)
				if len(diags) > 0 {
					got.Files = append(got.Files, txtar.File{Name: f.Name + ".diagnostics", Data: []byte(diags.Render(""))})
				}
			}
			text := string(txtar.Format(got))
			if strings.Contains(text, "s3cr3t") {
				t.Error("a message shows the value of a variable")
			}
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(archive)), text); diff != "" {
				t.Errorf("%s (-want +got); refresh with go test -update\n%s", path, diff)
			}
		})
	}
}

// TestEncodings are what a txtar file cannot hold.
func TestEncodings(t *testing.T) {
	bomb := "service: shop\ncustom:\n  a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for _, step := range []string{"ba", "cb", "dc", "ed", "fe", "gf"} {
		bomb += "  " + step[:1] + ": &" + step[:1] + " [" + strings.TrimSuffix(strings.Repeat("*"+step[1:]+",", 10), ",") + "]\n"
	}
	for name, c := range map[string]struct{ source, want string }{
		"bom":          {"\ufeffservice: shop\nx: 1\n", `f.yml:2:1: unknown key "x" [spec-unknown-key]`},
		"bom, line 1":  {"\ufeffservise: shop\n", "f.yml:1:1: service is missing [spec-required]\nf.yml:1:1: unknown key \"servise\" [spec-unknown-key]"},
		"crlf":         {"service: shop\r\nprovider:\r\n  x: 1\r\n", `f.yml:3:3: unknown key "x" in provider [spec-unknown-key]`},
		"old mac":      {"service: shop\rx: 1\r", `f.yml:2:1: unknown key "x" [spec-unknown-key]`},
		"no utf-8":     {"service: shop\ndescription: caf\xe9\n", `f.yml:2:17: found the byte 0xe9, expected text in UTF-8 [spec-syntax]`},
		"utf-16":       {"\xff\xfes\x00e\x00", `f.yml:1:1: found the byte 0xff, expected text in UTF-8 [spec-syntax]`},
		"zero byte":    {"service: sh\x00op\n", `f.yml:1:12: found the control character U+0000 [spec-syntax]`},
		"zero escaped": {"service: shop\nprovider: {environment: {A: \"\\0\"}}\n", `f.yml:2:29: A: found a zero byte, which an environment variable cannot hold [spec-value]`},
		"bomb":         {bomb + "x-aws: {a: *g}\n", `f.yml:3:18: found more than 100000 values, aliases counted each time [spec-syntax]`},
		"unused bomb":  {bomb, ""},
		"deep":         {"service: shop\nx-aws: {a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}\n", `f.yml:2:110: found more than 100 levels, or an alias inside what it stands for [spec-syntax]`},
		"large":        {"service: shop\n#" + strings.Repeat("x", MaxSize), `f.yml: found 1048591 bytes, expected at most 1048576 [spec-syntax]`},
	} {
		_, diags := Parse("f.yml", []byte(c.source), testEnv)
		if got := diags.Error(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f.yml")
	_, diags := Load(path, testEnv)
	if got, want := diags.Render(dir), "f.yml: cannot read f.yml: no such file or directory [spec-read]\n"; got != want && runtime.GOOS != "windows" {
		t.Errorf("no file: %q, want %q", got, want)
	}
	if _, diags := Load(dir, testEnv); !diags.Failed() {
		t.Error("a folder is read")
	}
	if err := os.WriteFile(path, []byte("service: shop\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, diags := Load(path, testEnv)
	if len(diags) > 0 || s.Service != "shop" || s.Path != path {
		t.Errorf("%+v %v", s, diags)
	}
	if err := os.Truncate(path, 1<<40); err == nil {
		if _, diags := Load(path, testEnv); !strings.Contains(diags.Error(), "found more than 1 MiB") {
			t.Errorf("a file of a terabyte: %v", diags)
		}
	}
}

func TestValues(t *testing.T) {
	s, diags := Parse("f.yml", []byte(`
service: ${env.SET}
description: "a ${env.SET} ${env.NOPE:of books} $${x} ${env.YAML}"
custom: {any: [thing, "${x}"], base: &base {timeout: 5, environment: {FROM: base, OWN: base}}}
scan: [./lib]
provider:
  <<: *base
  name: aws
  memorySize: 1GB
  concurrency: ${env.NUMBER}
  internetAccess: ${env.YES}
  initTimeout: ${env.DURATION}
  cpu: "${env.NUMBER}"
  environment: {<<: {FROM: merged, A: inline}, OWN: "${env.NUMBER}", LIST: "[1]"}
  x-aws: {Name: "${AWS::Region}-${env.SET}", Count: "${env.NUMBER}", Plain: 7, Ref: !Ref X, Same: &x [1], Again: *x}
functions:
  work:
    events: []
  other:
`), testEnv)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	p := s.Provider
	for what, ok := range map[string]bool{
		"service":        s.Service == "shop",
		"description":    s.Description == "a shop of books ${x} x\ny: {a: 1}",
		"custom":         s.Custom != nil && s.Custom.Content[1].Content[1].Value == "${x}",
		"scan":           len(s.Scan) == 1 && s.Scan[0] == "./lib",
		"merged timeout": p.Timeout == 5e9,
		"memory":         p.MemorySize == 1024,
		"number":         p.Concurrency == 7 && p.CPU == 7,
		"bool":           p.InternetAccess != nil && *p.InternetAccess,
		"duration":       p.InitTimeout == 90e9,
		"environment":    cmp.Equal(p.Environment, map[string]string{"FROM": "merged", "A": "inline", "OWN": "7", "LIST": "[1]"}),
		"no events":      s.Functions["work"].Events != nil && s.Functions["other"].Events == nil,
		"variables":      cmp.Equal(s.Variables, []string{"DURATION", "NOPE", "NUMBER", "SET", "YAML", "YES"}),
		"place":          s.Places["provider.memorySize"].Pos.String() == "f.yml:9:15" && p.Places["memorySize"].Pos.Column == 15,
		"key":            s.Positions["provider.memorySize"].String() == "f.yml:9:3",
		"merged place":   p.Places["timeout"].Pos.String() == "f.yml:4:54",
	} {
		if !ok {
			t.Errorf("%s is wrong: %+v", what, p)
		}
	}
	var x map[string]any
	if err := p.Extension["aws"].Decode(&x); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"Name": "${AWS::Region}-shop", "Count": "7", "Plain": 7, "Ref": "X", "Same": []any{1}, "Again": []any{1}}
	if diff := cmp.Diff(want, x); diff != "" {
		t.Errorf("x-aws (-want +got):\n%s", diff)
	}
}
