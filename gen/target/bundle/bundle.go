// Package bundle makes the zip of a unit: which files of the application's folder go into it, the zip itself, of which the
// same files make the same bytes anywhere, and the checks that a vendor would make only after the upload. It builds no
// binary and writes no file of its own.
package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/gen/spec"
)

// File is one file of a zip.
type File struct {
	// Name is its path in the zip, with slashes.
	Name string
	// Executable files get the mode 0755, others 0644.
	Executable bool
	// Content is what it holds; it is read from Dir when it is nil.
	Content []byte
	// Dir is the folder that Source is below. Links that lead out of it are not followed.
	Dir string
	// Source is the path below Dir, with slashes.
	Source string
	// Size is how large Source was when it was selected.
	Size int64
	// Place is the pattern that selected it; it may be empty.
	Place spec.Place
}

// Open opens the content.
func (f File) Open() (io.ReadCloser, error) {
	if f.Content != nil || f.Dir == "" {
		return io.NopCloser(bytes.NewReader(f.Content)), nil
	}
	return os.OpenInRoot(f.Dir, f.Source)
}

// Mode is the file's mode in the zip.
func (f File) Mode() fs.FileMode {
	if f.Executable {
		return 0o755
	}
	return 0o644
}

// Binary is a unit's executable in a file, under the name that the vendor starts it by.
func Binary(command, dir, source string) File {
	return File{Name: command, Executable: true, Dir: dir, Source: source}
}

// The first day that a zip can hold, for all files: what is built must not depend on when.
const (
	firstDate = 1<<5 | 1 // 1 January 1980
	unix      = 3
	utf8Name  = 0x800
	zipTwo    = 20 // folders and deflate
)

// Write writes a zip: the files by name, each with the time 1980, a unix mode and its sizes in front of its data, so that
// readers of streams can have it too. Equal files make equal bytes. Two files of one name are an error. The end of ctx ends it.
func Write(ctx context.Context, w io.Writer, files []File) error {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	z := zip.NewWriter(w)
	for i, f := range files {
		if err := CheckName(f.Name); err != nil {
			return err
		}
		if i > 0 && files[i-1].Name == f.Name {
			return fmt.Errorf("two files are called %s in the package", f.Name)
		}
		if err := write(ctx, z, f); err != nil {
			return fmt.Errorf("pack %s: %w", f.Name, err)
		}
	}
	return z.Close()
}

func write(ctx context.Context, z *zip.Writer, f File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return err
	}
	sum := crc32.NewIEEE()
	size, err := io.Copy(io.MultiWriter(deflate, sum), Reader(ctx, r))
	if err != nil {
		return err
	}
	if err := deflate.Close(); err != nil {
		return err
	}
	header := &zip.FileHeader{
		Name: f.Name, Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(size),
		CreatorVersion: unix<<8 | zipTwo, ReaderVersion: zipTwo, ExternalAttrs: uint32(0o100000|f.Mode().Perm()) << 16,
	}
	//lint:ignore SA1019 CreateRaw writes this field and not Modified
	header.ModifiedDate = firstDate
	if !ascii(f.Name) {
		header.Flags |= utf8Name
	}
	out, err := z.CreateRaw(header)
	if err != nil {
		return err
	}
	_, err = packed.WriteTo(out)
	return err
}

// Reader reads from r until ctx ends.
func Reader(ctx context.Context, r io.Reader) io.Reader { return reader{ctx, r} }

type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// CheckName accepts clean relative paths with slashes: what unpacks to one place below a folder on every system.
func CheckName(name string) error {
	if name == "" || name == "." || !utf8.ValidString(name) || strings.ContainsAny(name, "\\\x00:") || path.IsAbs(name) ||
		path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../") {
		return fmt.Errorf("%q is not a path for a package", name)
	}
	return nil
}
