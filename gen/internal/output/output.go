// Package output writes generated files to disk and knows what is there already. A manifest next to them holds the hash of
// every file, which tells three things: what need not be written again, what may be deleted because it is no longer
// generated, and what a person has changed, which is never overwritten.
//
// Nothing is written before everything is known to be right, and then each file is replaced in one step. A run that dies
// half way leaves a manifest that accepts the old and the new state of every file.
package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/injector"
	"github.com/faasgen/faasgen/gen/target"
)

// Folder is where generated code goes, below the folder of the application.
const Folder = "internal/faasgen"

// Codes of diagnostics.
const (
	CodeEdited  = "generated-edited"  // a generated file was changed by hand
	CodeForeign = "generated-foreign" // a file that we have not written is among ours
	CodeFolder  = "generated-folder"  // the folder cannot be used
)

// forceCommand overwrites what a person has changed.
const forceCommand = "go tool faasgen generate --force"

const temporary = ".faasgen-tmp-"

// State is what was generated, compared with what is on disk.
type State struct {
	*Disk
	// All are the files that were generated, the manifest included, by path below Dir.
	All []target.File
	// Changed are the paths of the files that are missing or differ; Stale those that are no longer generated.
	Changed, Stale []string

	before   manifest
	after    manifest
	existing map[string][]byte // what Changed and Stale hold now
}

// Disk is what is in the folder of an application now.
type Disk struct {
	// Dir is the folder of the application.
	Dir string
	// Files are the contents by path below Dir.
	Files map[string][]byte
	// Force has Compare replace what a person has changed, which is noted, instead of refusing it.
	Force bool

	folders map[string]bool // by path below Dir
	rubbish []string        // temporary files of a run that died
}

// Read reads the generated files of the application in dir. Diagnostics say that the folder cannot be used.
func Read(dir string) (*Disk, annotations.Diagnostics, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = root.Close() }()
	d := &Disk{Dir: dir, Files: map[string][]byte{}, folders: map[string]bool{}}
	ds, err := d.walk(root)
	return d, ds, err
}

// Compare compares with the disk what was generated: files named below the folder of the application, in Folder.
// Diagnostics that are errors mean that Commit must not be called.
func Compare(d *Disk, files []target.File) (*State, annotations.Diagnostics, error) {
	s := &State{Disk: d, existing: map[string][]byte{}, after: manifest{Files: map[string]string{}}}
	for _, f := range files {
		s.after.Files[strings.TrimPrefix(f.Path, Folder+"/")] = Hash(f.Content)
	}
	content, err := s.after.encode()
	if err != nil {
		return nil, nil, err
	}
	s.All = append(slices.Clone(files), target.File{Path: Folder + "/" + ManifestName, Content: content, Mode: 0o644})
	slices.SortFunc(s.All, func(a, b target.File) int { return strings.Compare(a.Path, b.Path) })
	valid := true
	if old, ok := d.Files[Folder+"/"+ManifestName]; ok {
		s.before, valid = decode(old)
	}
	c := comparison{State: s, valid: valid, inWay: map[string]bool{}}
	c.generated()
	c.others()
	c.ds.Sort()
	return s, c.ds, nil
}

// Hash is the hash of a file as the manifest has it: line ends are those of Unix, and a wire_gen.go that Wire wrote by
// hand counts as ours.
func Hash(content []byte) string {
	content = injector.Normalize(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// walk reads all regular files of the folder. Links are refused: what is written through one may be anywhere.
func (d *Disk) walk(root *os.Root) (annotations.Diagnostics, error) {
	var ds annotations.Diagnostics
	at := ""
	for part := range strings.SplitSeq(Folder, "/") {
		at = path.Join(at, part)
		info, err := root.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return append(ds, d.diagnostic(at, CodeFolder, describe(info)+", expected a folder for generated code",
				"move it away, or let the application have a folder of its own")), nil
		}
	}
	err := fs.WalkDir(root.FS(), Folder, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			d.folders[name] = true
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			ds = append(ds, d.diagnostic(name, CodeFolder, describe(info)+" among generated files", "delete it"))
			return nil
		}
		if strings.HasPrefix(e.Name(), temporary) {
			d.rubbish = append(d.rubbish, name)
			return nil
		}
		d.Files[name], err = root.ReadFile(name)
		return err
	})
	ds.Sort()
	return ds, err
}

func describe(info fs.FileInfo) string {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return "found a symbolic link"
	case info.Mode().IsRegular():
		return "found a file"
	}
	return "found something that is not a file"
}

func (d *Disk) diagnostic(name, code, message, hint string) annotations.Diagnostic {
	return annotations.Diagnostic{
		Pos:  token.Position{Filename: filepath.Join(d.Dir, filepath.FromSlash(name))},
		Code: code, Message: message, Hint: hint,
	}
}

// comparison is one Compare.
type comparison struct {
	*State
	valid bool // the old manifest can be read
	ds    annotations.Diagnostics
	inWay map[string]bool // files and folders that have been reported
}

// vacant reports whether a Go file has nothing but its package clause.
func vacant(content []byte) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", content, 0)
	return err == nil && len(f.Decls) == 0
}

// generated looks at the files that are to be written.
func (c *comparison) generated() {
	for _, f := range c.All {
		old, exists := c.Files[f.Path]
		if exists && bytes.Equal(old, f.Content) {
			continue
		}
		c.Changed = append(c.Changed, f.Path)
		if !exists {
			c.room(f.Path)
			continue
		}
		c.existing[f.Path] = old
		name := strings.TrimPrefix(f.Path, Folder+"/")
		if name == ManifestName || Hash(old) == Hash(f.Content) {
			continue
		}
		known, ours := c.before.accepts(name, Hash(old))
		switch {
		case ours:
		case !known && generatedHeader(old) && vacant(old): // as a scaffold has it
		case conflicted(old):
			c.note(f.Path, CodeEdited, "this file has conflict markers of a merge and is replaced", "")
		case known && c.before.merged != nil && generatedHeader(old):
			c.note(f.Path, CodeEdited, "this file is as a merge left it and is replaced", "")
		case c.Force && known:
			c.note(f.Path, CodeEdited, "this generated file was changed by hand and is overwritten", "")
		case c.Force && !generatedHeader(old):
			c.note(f.Path, CodeEdited, "this file was in the way of a generated one and is overwritten", "")
		case !known && generatedHeader(old):
			c.note(f.Path, CodeEdited, "this file is replaced, although "+ManifestName+" has no entry that would show whether it was changed by hand",
				"look at the difference in version control")
		case known:
			c.ds = append(c.ds, c.diagnostic(f.Path, CodeEdited, "this generated file was changed by hand",
				"move the change to code of your own, then run: "+forceCommand))
		default:
			c.ds = append(c.ds, c.diagnostic(f.Path, CodeEdited, "this file is in the way of a generated one", "move it out of "+Folder+", or run: "+forceCommand))
		}
	}
}

// room reports what stands where a new file is to be: a folder, or a file where one of its folders is to be.
func (c *comparison) room(name string) {
	if c.folders[name] {
		c.inWay[name] = true
		c.ds = append(c.ds, c.diagnostic(name, CodeFolder, "found a folder in the place of a generated file", "move it out of "+Folder))
		return
	}
	for dir := path.Dir(name); dir != Folder; dir = path.Dir(dir) {
		if _, file := c.Files[dir]; file && !c.inWay[dir] {
			c.inWay[dir] = true
			c.ds = append(c.ds, c.diagnostic(dir, CodeFolder, "found a file in the place of a folder for generated code", "move it out of "+Folder))
		}
	}
}

// others looks at files on disk that are not to be written.
func (c *comparison) others() {
	wanted := map[string]bool{}
	for _, f := range c.All {
		wanted[f.Path] = true
	}
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		if wanted[name] || c.inWay[name] || c.inWay[path.Dir(name)] {
			continue
		}
		known, ours := c.before.accepts(strings.TrimPrefix(name, Folder+"/"), Hash(c.Files[name]))
		switch {
		case ours:
			c.stale(name)
		case known && (conflicted(c.Files[name]) || c.before.merged != nil):
			c.stale(name)
			c.note(name, CodeEdited, "this file is as a merge left it, is not generated any more and is deleted", "")
		case known && c.Force:
			c.stale(name)
			c.note(name, CodeEdited, "this generated file was changed by hand, is not generated any more and is deleted", "")
		case known:
			c.ds = append(c.ds, c.diagnostic(name, CodeEdited, "this generated file was changed by hand, and is not generated any more",
				"move the change to code of your own, then run: "+forceCommand))
		case !c.valid && generatedHeader(c.Files[name]):
			c.note(name, CodeForeign, "this file may be left over from an earlier generation and is left alone, since "+ManifestName+" could not be read", "delete it")
		default:
			c.note(name, CodeForeign, "this file was not generated and is left alone", "move it out of "+Folder)
		}
	}
}

func (c *comparison) stale(name string) {
	c.Stale = append(c.Stale, name)
	c.existing[name] = c.Files[name]
}

// note says what happens to a file.
func (c *comparison) note(name, code, message, hint string) {
	d := c.diagnostic(name, code, message, hint)
	d.Severity = annotations.SeverityNote
	c.ds = append(c.ds, d)
}

// conflicted reports whether a merge left its markers in a file.
func conflicted(content []byte) bool {
	var begin, end bool
	for line := range bytes.Lines(content) {
		begin = begin || bytes.HasPrefix(line, []byte("<<<<<<< "))
		end = end || begin && bytes.HasPrefix(line, []byte(">>>>>>> "))
	}
	return end
}

// generatedHeader reports whether the first line says that the file was generated.
func generatedHeader(content []byte) bool {
	line, _, _ := bytes.Cut(content, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	return bytes.HasPrefix(line, []byte("// Code generated by ")) && bytes.HasSuffix(line, []byte(" DO NOT EDIT."))
}

// UpToDate reports whether there is nothing to do.
func (s *State) UpToDate() bool { return len(s.Changed) == 0 && len(s.Stale) == 0 }

func (s *State) content(name string) ([]byte, error) {
	i, found := slices.BinarySearchFunc(s.All, name, func(f target.File, name string) int { return strings.Compare(f.Path, name) })
	if !found {
		return nil, fmt.Errorf("%s is not generated", name)
	}
	return s.All[i].Content, nil
}
