package dotenv_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/config/dotenv"
)

func TestParse(t *testing.T) {
	const text = "\ufeff# a comment\n\nA=1\r\n  export B = two words  # and a comment\nC=\nD=a#b\nE= #none\n" +
		"F='it is $HOME, \\n and # \"x\"\nnext line'\n\texport\tG=\"a\\n\\t\\\"\\\\\\$HOME $HOME\nb\"   # end\nH=\"\"\nI=it's\nJ=a=b\n_k9=x\nL=größe"
	f, err := dotenv.Parse(".env", text)
	if err != nil {
		t.Fatal(err)
	}
	want := []dotenv.Variable{
		{"A", "1", 3, 1}, {"B", "two words", 4, 10}, {"C", "", 5, 1}, {"D", "a#b", 6, 1}, {"E", "", 7, 1},
		{"F", "it is $HOME, \\n and # \"x\"\nnext line", 8, 1}, {"G", "a\n\t\"\\$HOME $HOME\nb", 10, 9},
		{"H", "", 12, 1}, {"I", "it's", 13, 1}, {"J", "a=b", 14, 1}, {"_k9", "x", 15, 1}, {"L", "größe", 16, 1},
	}
	if !slices.Equal(f.Variables, want) {
		t.Errorf("got  %v\nwant %v", f.Variables, want)
	}
	if v, ok := f.Lookup("J"); v != "a=b" || !ok {
		t.Errorf("%q, %v", v, ok)
	}
	if _, ok := (*dotenv.File)(nil).Lookup("J"); ok {
		t.Error("no file has a variable")
	}
}

// Each mistake has its place, and no message has what stands in the file.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"A=1\nhunter2\n":        ".env:2:8: after the name: expected =",
		"A=1\n =hunter2\n":      ".env:2:2: expected NAME=VALUE, with a name of letters, digits and _",
		"9A=hunter2":            ".env:1:1: expected NAME=VALUE, with a name of letters, digits and _",
		"A-B=hunter2":           ".env:1:2: after the name: expected =",
		"A=1\nB=2\nA=hunter2":   ".env:3:1: variable A is already set in line 1",
		"A='hunter2\n\nB=1":     ".env:1:3: the value of A has no closing '",
		"\nA=\"hunter2\nB=1\\":  ".env:2:3: the value of A has no closing \"",
		"A=\"hunter2\" hunter2": ".env:1:13: after the value of A: expected the end of the line",
		"A='x'hunter2":          ".env:1:6: after the value of A: expected the end of the line",
		"A=\"x\n\\hunter2\"":    ".env:2:1: in the value of A: expected \\n, \\r, \\t, \\\", \\\\ or \\$ after a backslash",
		"A=hunter2\x00":         ".env:1:10: in the value of A: expected text in UTF-8 without control characters",
		"A='\nhunter2\xff'":     ".env:2:8: in the value of A: expected text in UTF-8 without control characters",
		"export":                ".env:1:7: after the name: expected =",
	} {
		_, err := dotenv.Parse(".env", text)
		if err == nil || err.Error() != want {
			t.Errorf("%q\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if f, err := dotenv.Load(dir); f != nil || err != nil {
		t.Errorf("without a file: %v, %v", f, err)
	}
	path := filepath.Join(dir, dotenv.Name)
	if err := os.WriteFile(path, []byte("A=1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := dotenv.Load(dir); err != nil || len(f.Variables) != 1 {
		t.Errorf("%v, %v", f, err)
	}
	if err := os.WriteFile(path, []byte("A="+strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := dotenv.Load(dir)
	if e, ok := errors.AsType[*dotenv.Error](err); !ok || e.Error() != path+": the file has more than 1024 KiB" {
		t.Errorf("a large one: %v", err)
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := dotenv.Load(dir); err == nil || err.Error() != path+": this is not a regular file" {
		t.Errorf("a folder: %v", err)
	}
}

// What is written in double quotes is read as it was, and errors have a place in the text and not the value.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"A=1", "export A='x'", "A=\"a\\nb\"", "A=b # c", "=", "A", "'", "A='\n", "\r\n \t#"} {
		f.Add(s)
	}
	escape := strings.NewReplacer("\\", `\\`, "\"", `\"`, "$", `\$`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := dotenv.Parse("f", text)
		if e, ok := errors.AsType[*dotenv.Error](err); err != nil && (!ok || e.Line < 1 || e.Column < 1 || e.Line > 1+strings.Count(text, "\n")) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		var again strings.Builder
		for _, v := range file.Variables {
			again.WriteString(v.Name + "=\"" + escape.Replace(v.Value) + "\"\n")
		}
		second, err := dotenv.Parse("f", again.String())
		if err != nil || len(second.Variables) != len(file.Variables) {
			t.Fatalf("%q: %v", again.String(), err)
		}
		for i, v := range second.Variables {
			if v.Name != file.Variables[i].Name || v.Value != file.Variables[i].Value || v.Line != 1+i {
				t.Errorf("%s: %s, want %s", v.Name, strconv.Quote(v.Value), strconv.Quote(file.Variables[i].Value))
			}
		}
	})
}
