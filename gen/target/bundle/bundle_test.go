package bundle

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/spec"
)

// executable makes the smallest file that debug/elf takes for a program.
func executable(machine elf.Machine, typ elf.Type, segments ...elf.ProgType) []byte {
	header := elf.Header64{
		Type: uint16(typ), Machine: uint16(machine), Version: 1, Ehsize: 64, Phoff: 64, Phentsize: 56, Phnum: uint16(len(segments)), Shentsize: 64,
	}
	copy(header.Ident[:], "\x7fELF\x02\x01\x01")
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, header)
	for _, s := range segments {
		_ = binary.Write(&b, binary.LittleEndian, elf.Prog64{Type: uint32(s)})
	}
	return b.Bytes()
}

func pack(t *testing.T, files ...File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(t.Context(), &b, files); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWrite(t *testing.T) {
	program := executable(elf.EM_X86_64, elf.ET_EXEC, elf.PT_LOAD)
	files := []File{
		{Name: "public/ä.css", Content: []byte("body{}")},
		{Name: "bootstrap", Executable: true, Content: program},
		{Name: "empty", Content: []byte{}},
	}
	first := pack(t, files...)
	if again := pack(t, files[2], files[0], files[1]); !bytes.Equal(first, again) {
		t.Error("the order of the files changes the bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r) // checks the sum, too
		if err != nil {
			t.Fatal(err)
		}
		if f.Flags&8 != 0 {
			t.Errorf("%s has its sizes behind its data", f.Name)
		}
		if f.Name == "bootstrap" && !bytes.Equal(content, program) {
			t.Error("bootstrap has changed")
		}
		got = append(got, strings.Join([]string{f.Name, f.Mode().String(), f.Modified.UTC().Format("2006-01-02T15:04:05")}, " "))
	}
	want := []string{"bootstrap -rwxr-xr-x 1980-01-01T00:00:00", "empty -rw-r--r-- 1980-01-01T00:00:00", "public/ä.css -rw-r--r-- 1980-01-01T00:00:00"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, c := range []struct {
		want  string
		files []File
	}{
		{"two files are called a in the package", []File{{Name: "a"}, {Name: "b"}, {Name: "a"}}},
		{`"../a" is not a path for a package`, []File{{Name: "../a"}}},
		{`"/a" is not a path for a package`, []File{{Name: "/a"}}},
		{`"a/../b" is not a path for a package`, []File{{Name: "a/../b"}}},
		{`"a\\b" is not a path for a package`, []File{{Name: `a\b`}}},
		{`"C:a" is not a path for a package`, []File{{Name: "C:a"}}},
		{"pack gone: openat gone: no such file or directory", []File{{Name: "gone", Dir: t.TempDir(), Source: "gone"}}},
	} {
		if err := Write(t.Context(), io.Discard, c.files); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	program := File{Name: "bootstrap", Executable: true, Content: executable(elf.EM_X86_64, elf.ET_EXEC, elf.PT_LOAD)}
	with := func(content []byte) File { return File{Name: "bootstrap", Executable: true, Content: content} }
	entry := Wanted{Command: "bootstrap", GOARCH: "amd64"}
	small, tight := entry, entry
	small.MaxZip = 10
	tight.MaxUnpacked = 10
	for _, c := range []struct {
		name  string
		entry Wanted
		zip   []byte
		want  string
	}{
		{"good", entry, pack(t, program), ""},
		{"other name", Wanted{Command: "main", GOARCH: "amd64"}, pack(t, program), "the package has no main, which starts the unit"},
		{"not executable", entry, pack(t, File{Name: "bootstrap", Content: program.Content}), "bootstrap has the mode -rw-r--r-- in the package, expected 0755"},
		{"no zip", entry, []byte("PK"), "the package is not a zip: zip: not a valid zip file"},
		{"large", small, pack(t, program), "the package has 0.0 MB, of at most 0.0 MB"},
		{"large unpacked", tight, pack(t, program), "the package unpacks to 0.0 MB, of at most 0.0 MB"},
		{"no program", entry, pack(t, with([]byte("#!/bin/sh\n"))), "bootstrap: this is not an ELF executable; build with GOOS=linux"},
		{"other processor", entry, pack(t, with(executable(elf.EM_AARCH64, elf.ET_EXEC))), "bootstrap: built for EM_AARCH64, expected EM_X86_64; build with GOARCH=amd64"},
		{"dynamic", entry, pack(t, with(executable(elf.EM_X86_64, elf.ET_DYN, elf.PT_INTERP))), "bootstrap: linked dynamically, expected a static executable; build with CGO_ENABLED=0"},
		{"object file", entry, pack(t, with(executable(elf.EM_X86_64, elf.ET_REL))), "bootstrap: found ET_REL, expected an executable"},
		{"foreign zip", entry, foreignZip(t), "bootstrap has the mode -rw-rw-rw- in the package, expected a file of 0755 or 0644"},
	} {
		err := Check(bytes.NewReader(c.zip), int64(len(c.zip)), c.entry)
		if got := text(err); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// foreignZip is what a tool on Windows would make.
func foreignZip(t *testing.T) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err := z.CreateRaw(&zip.FileHeader{Name: "bootstrap"}); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestSelect(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"config.default.yml": "a: 1", "config.prod.yml": "a: 2", "config.yml": "x", "sub/config.default.yml": "b: 1", ".env": "TOKEN=1",
		"config.local.yml": "a: 3", "sub/.env": "TOKEN=2", "sub/.env.example": "TOKEN=",
		"public/index.html": "<p>", "public/css/a.css": "", "public/.env.local": "", "public/draft.txt": "", "node_modules/x/index.js": "",
		"keys/server.pem": "", "bin/tool": "", "dist/old.zip": "", ".git/config": "", "main.go": "",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if name == "bin/tool" {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"links/out": outside, "links/in": "../public/index.html", "links/nowhere": "gone", "links/folder": "../public",
		"machine/local": "../config.local.yml", "machine/env": "../.env"} {
		path := filepath.Join(dir, filepath.FromSlash(link))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, path); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	if err := os.WriteFile(filepath.Join(outside, "passwd"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		include, exclude string
		files            string
		diags            string
	}{
		{"", "", "config.default.yml config.prod.yml", ""},
		{"", "config.prod.yml", "config.default.yml", ""},
		{"public", "**/draft.*", "config.default.yml config.prod.yml public/css/a.css public/index.html",
			"f.yml:4:6: note: public/.env.local may hold secrets and is left out [target-package]"},
		{"public/*.html", "", "config.default.yml config.prod.yml public/index.html", ""},
		{"**/*.css", "", "config.default.yml config.prod.yml public/css/a.css", ""},
		{".env", "", "config.default.yml config.prod.yml", "f.yml:4:6: .env is for this machine alone, and never part of a package [target-package]"},
		{"sub/.env", "", "config.default.yml config.prod.yml", "f.yml:4:6: sub/.env is for this machine alone, and never part of a package [target-package]"},
		{"sub/.env.example", "", "config.default.yml config.prod.yml sub/.env.example", ""},
		{"config.local.yml", "", "config.default.yml config.prod.yml", "f.yml:4:6: config.local.yml is for this machine alone, and never part of a package [target-package]"},
		{"config.*", "", "config.default.yml config.prod.yml config.yml", "f.yml:4:6: note: config.local.yml is for this machine alone, and is left out [target-package]"},
		{"machine/local", "", "config.default.yml config.prod.yml", "f.yml:4:6: machine/local is for this machine alone, and never part of a package [target-package]"},
		{"machine", "", "config.default.yml config.prod.yml", "f.yml:4:6: note: machine/env is for this machine alone, and is left out [target-package]\n" +
			"f.yml:4:6: note: machine/local is for this machine alone, and is left out [target-package]"},
		{"keys/server.pem", "", "config.default.yml config.prod.yml keys/server.pem", ""},
		{"bin/**", "", "bin/tool* config.default.yml config.prod.yml", ""},
		{"node_modules", "", "config.default.yml config.prod.yml node_modules/x/index.js", ""},
		{"**/index.js", "", "config.default.yml config.prod.yml", `f.yml:4:6: no file matches "**/index.js" [target-package]`},
		{"*.md", "", "config.default.yml config.prod.yml", `f.yml:4:6: no file matches "*.md" [target-package]`},
		{"nothere", "", "config.default.yml config.prod.yml", "f.yml:4:6: there is no nothere [target-package]"},
		{"nothere/**", "", "config.default.yml config.prod.yml", `f.yml:4:6: no file matches "nothere/**" [target-package]`},
		{"links/in", "", "config.default.yml config.prod.yml links/in", ""},
		{"links/out", "", "config.default.yml config.prod.yml", "f.yml:4:6: links/out is a link that leads out of the folder of f.yml [target-package]"},
		{"links/out/passwd", "", "config.default.yml config.prod.yml", "f.yml:4:6: links/out/passwd: path escapes from parent [target-package]"},
		{"links/*", "", "config.default.yml config.prod.yml links/in", "f.yml:4:6: links/folder is a link to a folder [target-package]\n" +
			"f.yml:4:6: links/nowhere: no such file or directory [target-package]\n" +
			"f.yml:4:6: links/out is a link that leads out of the folder of f.yml [target-package]"},
	} {
		source := "service: shop\npackage:\n  include:\n   - \"" + c.include + "\"\n  exclude:\n   - \"" + c.exclude + "\"\n"
		source = strings.NewReplacer("  include:\n   - \"\"\n", "", "  exclude:\n   - \"\"\n", "").Replace(source)
		s, diags := spec.Parse("f.yml", []byte(source), nil)
		if diags.Failed() {
			t.Fatal(diags)
		}
		files, diags := Select(dir, s)
		var names []string
		for _, f := range files {
			name := f.Name
			if f.Executable {
				name += "*"
			}
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != c.files {
			t.Errorf("include %q exclude %q:\n got %s\nwant %s", c.include, c.exclude, got, c.files)
		}
		if got := diags.Error(); got != c.diags {
			t.Errorf("include %q exclude %q:\n got %s\nwant %s", c.include, c.exclude, got, c.diags)
		}
		if len(files) > 0 {
			pack(t, files...)
		}
	}
}
