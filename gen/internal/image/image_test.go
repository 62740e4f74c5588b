package image_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/internal/image"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

func config() image.Config {
	return image.Config{
		Name: "Shop", GOARCH: "arm64", Command: "shop", Port: 8080, Env: map[string]string{"FAAS_ADDR": "0.0.0.0:8080", "A": "<b>"},
		Labels: map[string]string{"org.opencontainers.image.title": "shop"}, Roots: []byte("roots\n"),
	}
}

func files(t *testing.T) []bundle.File {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "binary"), []byte("program"), 0o600); err != nil {
		t.Fatal(err)
	}
	return []bundle.File{
		{Name: "templates/mail/a.txt", Content: []byte("a")},
		bundle.Binary("shop", dir, "binary"),
		{Name: "templates/b.txt", Content: []byte("b")},
		{Name: "config.default.yml", Content: []byte("key: value\n")},
		{Name: "empty", Content: []byte{}},
	}
}

func write(t *testing.T, c image.Config, f []bundle.File) (dir, digest string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "image")
	digest, err := image.Write(t.Context(), dir, c, f)
	if err != nil {
		t.Fatal(err)
	}
	return dir, digest
}

// tree is a folder or an archive as names with contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		found[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// blob returns what a descriptor refers to, and checks size and hash.
func blob(t *testing.T, all map[string]string, d map[string]any) string {
	t.Helper()
	sum, ok := strings.CutPrefix(d["digest"].(string), "sha256:")
	content, found := all["blobs/sha256/"+sum]
	if !ok || !found {
		t.Fatalf("there is no blob of %v", d)
	}
	if got := sha256.Sum256([]byte(content)); hex.EncodeToString(got[:]) != sum || float64(len(content)) != d["size"] {
		t.Errorf("the blob of %v has %d bytes and the hash %x", d, len(content), got)
	}
	return content
}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// list says what a layer holds, a line an entry.
func list(t *testing.T, layer string) (lines []string, contents map[string]string, plain string) {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(layer))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(unpacked)
	contents = map[string]string{}
	for r := tar.NewReader(bytes.NewReader(unpacked)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.ModTime.Unix() != 0 || h.Uname != "" || h.Gid != h.Uid {
			t.Errorf("%s: time %v, user %q, group %d", h.Name, h.ModTime, h.Uname, h.Gid)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		contents[h.Name] = string(content)
		lines = append(lines, fmt.Sprintf("%o %d %s", h.Mode, h.Uid, h.Name))
	}
	return lines, contents, "sha256:" + hex.EncodeToString(sum[:])
}

func TestWrite(t *testing.T) {
	dir, digest := write(t, config(), files(t))
	all := tree(t, dir)
	if got, want := all["oci-layout"], `{"imageLayoutVersion":"1.0.0"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	top := object(t, all["index.json"])
	manifests := top["manifests"].([]any)
	if len(manifests) != 1 || top["schemaVersion"] != 2.0 || top["mediaType"] != "application/vnd.oci.image.index.v1+json" {
		t.Fatalf("the index is %v", top)
	}
	d := manifests[0].(map[string]any)
	want := map[string]any{
		"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": d["size"],
		"platform":    map[string]any{"architecture": "arm64", "os": "linux"},
		"annotations": map[string]any{"org.opencontainers.image.ref.name": "latest", "io.containerd.image.name": "docker.io/library/shop:latest"},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("descriptor: %s", diff)
	}
	m := object(t, blob(t, all, d))
	if m["mediaType"] != d["mediaType"] || m["schemaVersion"] != 2.0 {
		t.Errorf("the manifest is %v", m)
	}
	c := object(t, blob(t, all, m["config"].(map[string]any)))
	layers := m["layers"].([]any)
	var ids []any
	var lines []string
	contents := map[string]string{}
	for _, l := range layers {
		if l.(map[string]any)["mediaType"] != "application/vnd.oci.image.layer.v1.tar+gzip" {
			t.Errorf("layer %v", l)
		}
		more, texts, id := list(t, blob(t, all, l.(map[string]any)))
		ids, lines = append(ids, id), append(lines, more...)
		for name, text := range texts {
			contents[name] = text
		}
	}
	wantConfig := map[string]any{
		"architecture": "arm64", "os": "linux", "created": "1970-01-01T00:00:00Z",
		"config": map[string]any{
			"User": "65532:65532", "ExposedPorts": map[string]any{"8080/tcp": map[string]any{}}, "Env": []any{"A=<b>", "FAAS_ADDR=0.0.0.0:8080"},
			"Entrypoint": []any{"/app/shop"}, "WorkingDir": "/app", "Labels": map[string]any{"org.opencontainers.image.title": "shop"}, "StopSignal": "SIGTERM",
		},
		"rootfs": map[string]any{"type": "layers", "diff_ids": ids},
		"history": []any{
			map[string]any{"created": "1970-01-01T00:00:00Z", "created_by": "faasgen: users, root certificates, folders"},
			map[string]any{"created": "1970-01-01T00:00:00Z", "created_by": "faasgen: the program and its files"},
		},
	}
	if diff := cmp.Diff(wantConfig, c); diff != "" {
		t.Errorf("config: %s", diff)
	}
	if diff := cmp.Diff([]string{
		"755 0 etc/", "644 0 etc/group", "644 0 etc/passwd", "755 0 etc/ssl/", "755 0 etc/ssl/certs/", "644 0 etc/ssl/certs/ca-certificates.crt",
		"755 0 home/", "700 65532 home/nonroot/", "1777 0 tmp/",
		"755 0 app/", "644 0 app/config.default.yml", "644 0 app/empty", "755 0 app/shop",
		"755 0 app/templates/", "644 0 app/templates/b.txt", "755 0 app/templates/mail/", "644 0 app/templates/mail/a.txt",
	}, lines); diff != "" {
		t.Errorf("files: %s", diff)
	}
	if contents["app/shop"] != "program" || contents["app/templates/mail/a.txt"] != "a" || contents["etc/ssl/certs/ca-certificates.crt"] != "roots\n" ||
		!strings.Contains(contents["etc/passwd"], "nonroot:x:65532:65532:") {
		t.Errorf("contents: %q", contents)
	}
	if n := len(all); n != 2+4 {
		t.Errorf("%d files, expected the index, the mark, a manifest, a config and two layers: %v", n, all)
	}
}

func TestSameInputMakesTheSameImage(t *testing.T) {
	f := files(t)
	one, first := write(t, config(), f)
	slices.Reverse(f)
	two, second := write(t, config(), f)
	if diff := cmp.Diff(tree(t, one), tree(t, two)); diff != "" || first != second {
		t.Errorf("%s and %s: %s", first, second, diff)
	}
	changed := config()
	changed.Env["B"] = ""
	if _, third := write(t, changed, f); third == first {
		t.Error("another variable makes the same image")
	}
	// The layer below stays when the program changes.
	f[0].Content = []byte("other")
	three, _ := write(t, config(), f)
	kept := 0
	for name := range tree(t, three) {
		if _, ok := tree(t, one)[name]; ok && strings.HasPrefix(name, "blobs/") {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("%d blobs are kept, expected the layer without the program", kept)
	}
}

func TestArchive(t *testing.T) {
	dir, _ := write(t, config(), files(t))
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := image.Archive(t.Context(), b, dir, config()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two archives of one image differ")
	}
	var names []string
	got := map[string]string{}
	for r := tar.NewReader(&one); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		if h.Typeflag == tar.TypeReg {
			got[h.Name] = string(content)
		}
	}
	if !slices.IsSorted(names) || names[0] != "blobs/" {
		t.Errorf("names %q", names)
	}
	var docker []struct {
		Config           string
		RepoTags, Layers []string
	}
	if err := json.Unmarshal([]byte(got["manifest.json"]), &docker); err != nil || len(docker) != 1 {
		t.Fatalf("%v: %s", err, got["manifest.json"])
	}
	if !slices.Equal(docker[0].RepoTags, []string{"shop:latest"}) || len(docker[0].Layers) != 2 {
		t.Errorf("got %+v", docker)
	}
	for _, name := range append(docker[0].Layers, docker[0].Config) {
		if _, ok := got[name]; !ok {
			t.Errorf("the archive has no %s", name)
		}
	}
	delete(got, "manifest.json")
	if diff := cmp.Diff(tree(t, dir), got); diff != "" {
		t.Errorf("the archive has something else than the folder: %s", diff)
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		files []bundle.File
		want  string
	}{
		"no program":          {nil, "the image has no executable shop, by which it is started"},
		"no executable":       {[]bundle.File{{Name: "shop", Content: []byte{}}}, "the image has no executable shop, by which it is started"},
		"twice":               {append(files(t), bundle.File{Name: "empty"}), "two files are called app/empty in the image"},
		"a way out":           {append(files(t), bundle.File{Name: "../etc/passwd"}), `"../etc/passwd" is not a path for a package`},
		"a file that is gone": {append(files(t), bundle.File{Name: "x", Dir: t.TempDir(), Source: "x"}), "pack x: "},
	} {
		_, err := image.Write(t.Context(), filepath.Join(t.TempDir(), "image"), config(), tc.files)
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %s", name, err, tc.want)
		}
	}
	if err := image.Archive(t.Context(), io.Discard, t.TempDir(), config()); err == nil {
		t.Error("a folder that is no image was archived")
	}
}

func TestRoots(t *testing.T) {
	pool := x509.NewCertPool()
	if roots := image.Roots(); !pool.AppendCertsFromPEM(roots) || bytes.Count(roots, []byte("BEGIN CERTIFICATE")) < 50 {
		t.Errorf("found %d certificates", bytes.Count(roots, []byte("BEGIN CERTIFICATE")))
	}
	if !bytes.Equal(image.Roots(), image.Roots()) {
		t.Error("the certificates differ from call to call")
	}
}
