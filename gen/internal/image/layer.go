package image

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/gen/target/bundle"
)

// rootsFile is where Go's crypto/x509 looks first on Linux.
const rootsFile = "etc/ssl/certs/ca-certificates.crt"

const passwd = `root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`

const group = `root:x:0:
nobody:x:65534:
tty:x:5:
nonroot:x:65532:
`

// entry is one file or folder of a layer.
type entry struct {
	name  string // without a slash at the begin and the end
	mode  int64
	owner int
	// folder has no content; that of a file is in content or source.
	folder  bool
	content []byte
	source  *bundle.File
}

// base are the entries of the layer that does not change with the program.
func base(c Config) []entry {
	list := []entry{
		{name: "etc", mode: 0o755, folder: true},
		{name: "etc/passwd", mode: 0o644, content: []byte(passwd)},
		{name: "etc/group", mode: 0o644, content: []byte(group)},
		{name: "home", mode: 0o755, folder: true},
		{name: "home/nonroot", mode: 0o700, owner: User, folder: true},
		{name: "tmp", mode: 0o1777, folder: true},
	}
	if c.Roots != nil {
		list = append(list, entry{name: rootsFile, mode: 0o644, content: c.Roots})
		list = append(list, parents(rootsFile)[1:]...)
	}
	return list
}

// program are the entries of the layer with the program and its files, which it can read and not change.
func program(files []bundle.File) []entry {
	folder := strings.TrimPrefix(Folder, "/")
	list := []entry{{name: folder, mode: 0o755, folder: true}}
	made := map[string]bool{folder: true}
	for _, f := range files {
		name := folder + "/" + f.Name
		for _, p := range parents(name) {
			if !made[p.name] {
				made[p.name] = true
				list = append(list, p)
			}
		}
		list = append(list, entry{name: name, mode: int64(f.Mode().Perm()), source: &f})
	}
	return list
}

// parents are the folders above a file, the outermost first.
func parents(name string) []entry {
	var list []entry
	for i := range name {
		if name[i] == '/' {
			list = append(list, entry{name: name[:i], mode: 0o755, folder: true})
		}
	}
	return list
}

// pack writes entries as a tar archive: by name, each with the same time. Two of one name are an error.
func pack(ctx context.Context, w io.Writer, entries []entry) error {
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	t := tar.NewWriter(w)
	for i, e := range entries {
		if i > 0 && entries[i-1].name == e.name {
			return fmt.Errorf("two files are called %s in the image", e.name)
		}
		if err := bundle.CheckName(e.name); err != nil {
			return err
		}
		if err := add(ctx, t, e); err != nil {
			return fmt.Errorf("pack %s: %w", path.Base(e.name), err)
		}
	}
	return t.Close()
}

func add(ctx context.Context, t *tar.Writer, e entry) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: e.mode, Uid: e.owner, Gid: e.owner, ModTime: time.Unix(0, 0)}
	if e.folder {
		h.Typeflag, h.Name = tar.TypeDir, e.name+"/"
		return t.WriteHeader(h)
	}
	content, size, err := e.open()
	if err != nil {
		return err
	}
	defer content.Close()
	h.Size = size
	if err := t.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(t, bundle.Reader(ctx, content))
	return err
}

// open returns the content of a file with its size.
func (e entry) open() (io.ReadCloser, int64, error) {
	if e.source == nil {
		return io.NopCloser(bytes.NewReader(e.content)), int64(len(e.content)), nil
	}
	r, err := e.source.Open()
	if err != nil {
		return nil, 0, err
	}
	if f, ok := r.(*os.File); ok {
		info, err := f.Stat()
		if err != nil {
			_ = f.Close()
			return nil, 0, err
		}
		return f, info.Size(), nil
	}
	return r, int64(len(e.source.Content)), nil
}
