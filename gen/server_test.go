package gen_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

func (b *built) serve(o gen.ServerOptions) *gen.BuiltServer {
	b.t.Helper()
	o.Env, o.Relative = apptest.Env(), b.dir
	made, err := gen.BuildServer(b.t.Context(), b.generate(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	return made
}

// below lists the files below a folder.
func below(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestBuildServer(t *testing.T) {
	b := newBuilt(t)
	apptest.Write(t, b.dir, map[string]string{"one/f.yml": "service: shop\nprovider: {environment: {TABLE: books}}\npackage: {include: [\"data/**\"]}\n", "one/data/a.txt": "a", "one/data/b.txt": "b",
		"one/two.go":   "package one\n\n//faas:handler two\n//faas:raw\nfunc Two() { println(\"text of two\") }\n",
		"one/three.go": "package one\n\n//faas:handler three\n//faas:raw\nfunc Three() { println(\"text of three\") }\n",
	})
	first := b.serve(gen.ServerOptions{})
	if len(first.Diagnostics) > 0 {
		t.Fatal(first.Diagnostics.Render(b.dir))
	}
	want := []string{"config.default.yml", "data/a.txt", "data/b.txt", "faas.settings", "manifest.json", "shop"}
	if diff := cmp.Diff(want, below(t, first.Dir)); diff != "" {
		t.Error(diff)
	}
	var manifest struct {
		Service, Target, Command, OS, Architecture, Sha256 string
		Size                                               int64
		Environment, Files                                 map[string]string
		Functions                                          []struct{ Name string }
	}
	content, err := os.ReadFile(filepath.Join(first.Dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Service != "shop" || manifest.Target != "local" || manifest.Command != "shop" || manifest.OS != "linux" || manifest.Architecture != "amd64" ||
		len(manifest.Functions) != 3 || len(manifest.Files) != 4 || !cmp.Equal(manifest.Environment, map[string]string{"TABLE": "books"}) {
		t.Errorf("manifest %s", content)
	}

	// Nothing has changed: nothing is linked. A file that is gone is removed, one that a person has changed is kept.
	if second := b.serve(gen.ServerOptions{}); !second.Server.Reused || second.Server.Hash != first.Server.Hash {
		t.Error("a server was linked again though nothing had changed")
	}
	for _, name := range []string{"a.txt", "b.txt"} {
		if err := os.Remove(filepath.Join(b.dir, "one/data", name)); err != nil {
			t.Fatal(err)
		}
	}
	apptest.Write(t, b.dir, map[string]string{"one/data/c.txt": "c"})
	if err := os.WriteFile(filepath.Join(first.Dir, "data/b.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.serve(gen.ServerOptions{})
	want = []string{"config.default.yml", "data/b.txt", "data/c.txt", "faas.settings", "manifest.json", "shop"}
	if diff := cmp.Diff(want, below(t, first.Dir)); diff != "" {
		t.Error(diff)
	}

	// One unit is a program of its own, without the code of the others.
	unit := b.serve(gen.ServerOptions{Unit: "two", GOARCH: "arm64"})
	if unit.Server.Command != "shop-two" || unit.Server.GOARCH != "arm64" || len(unit.Server.Functions) != 1 {
		t.Errorf("got %+v", unit.Server)
	}
	if slices.Contains(below(t, unit.Dir), "shop") {
		t.Error("the server of all functions is still there")
	}
	binary, err := os.ReadFile(unit.Server.Binary)
	if err != nil || bytes.Contains(binary, []byte("text of three")) || !bytes.Contains(binary, []byte("text of two")) {
		t.Errorf("%v: the program of unit two has other functions, or not its own", err)
	}
	if _, err := gen.BuildServer(t.Context(), b.generate(), gen.ServerOptions{Unit: "tow"}); err == nil || err.Error() != "there is no unit tow" {
		t.Errorf("got %v", err)
	}
}

func TestBuildServerRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		spec, file string
		image      bool
		want       string
	}{
		"the program":  {"package: {include: [one]}", "one", false, "the package has a file one of its own"},
		"below it":     {"package: {include: [\"one/**\"]}", "one/x", false, "the package has a file one/x of its own"},
		"the manifest": {"package: {include: [manifest.json]}", "manifest.json", false, "the package has a file manifest.json of its own"},
		"the settings": {"package: {include: [faas.settings]}", "faas.settings", false, "the package has a file faas.settings of its own"},
		"the image":    {"package: {include: [\"image/**\"]}", "image/x", true, "the package has a file image/x of its own"},
		"its name":     {"", "x.txt", true, "the service is called image, like the folder of its image next to it"},
		"no image":     {"package: {include: [\"image/**\"]}", "image/x", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBuilt(t)
			service := "one"
			if name == "its name" {
				service = "image"
			}
			apptest.Write(t, b.dir, map[string]string{"one/f.yml": "service: " + service + "\n" + tc.spec + "\n", "one/" + tc.file: "x: y\n"})
			made := b.serve(gen.ServerOptions{Image: tc.image})
			if tc.want == "" {
				if made.Diagnostics.Failed() {
					t.Error(made.Diagnostics.Render(b.dir))
				}
				return
			}
			if made.Server != nil || !strings.Contains(made.Diagnostics.Render(b.dir), tc.want) {
				t.Errorf("got %v, want %s", made.Diagnostics.Render(b.dir), tc.want)
			}
			if _, err := os.Stat(made.Dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a build that failed left %s", made.Dir)
			}
		})
	}
}

func TestServerImage(t *testing.T) {
	b := newBuilt(t)
	apptest.Write(t, b.dir, map[string]string{
		"one/f.yml":    "service: shop\ndescription: Sells books.\nprovider: {stage: prod, environment: {TABLE: books}}\nfunctions: {two: {environment: {TABLE: films}}}\n",
		"one/three.go": "package one\n\nimport \"os\"\n\n// Table says where things are.\n//\n//faas:handler table\n//faas:http GET /table\nfunc Table() string { return os.Getenv(\"TABLE\") }\n",
	})
	first := b.serve(gen.ServerOptions{Image: true, GOARCH: runtime.GOARCH})
	if !strings.Contains(first.Diagnostics.Render(b.dir), "functions set TABLE to different values: in one server all of them see the first [target-loss]") {
		t.Errorf("got %s", first.Diagnostics.Render(b.dir))
	}
	before := below(t, first.Server.Image)
	if n := len(before); n != 6 {
		t.Errorf("the image has %d files: %v", n, before)
	}
	second := b.serve(gen.ServerOptions{Image: true, GOARCH: runtime.GOARCH})
	if second.Server.Digest != first.Server.Digest || first.Server.Digest == "" || !cmp.Equal(before, below(t, second.Server.Image)) {
		t.Errorf("the digest is %q, and then %q", first.Server.Digest, second.Server.Digest)
	}
	// Another folder, from the beginning: the same digest.
	again := b.serve(gen.ServerOptions{Image: true, GOARCH: runtime.GOARCH, Dist: t.TempDir()})
	if again.Server.Reused || again.Server.Digest != first.Server.Digest {
		t.Errorf("reused: %t, digest %q, want %q", again.Server.Reused, again.Server.Digest, first.Server.Digest)
	}
	file := filepath.Join(t.TempDir(), "shop.tar")
	packed := b.serve(gen.ServerOptions{Image: true, GOARCH: runtime.GOARCH, Archive: file})
	if packed.Server.Image != file || packed.Server.Digest != first.Server.Digest {
		t.Errorf("got %s %s", packed.Server.Image, packed.Server.Digest)
	}
	if _, err := os.Stat(first.Server.Image); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the image of an earlier build is still there: %v", err)
	}
	if runtime.GOOS == "linux" {
		runImage(t, file)
	}
	// A folder that is not ours is left alone.
	apptest.Write(t, first.Dir, map[string]string{"image/mine": "x"})
	_, err := gen.BuildServer(t.Context(), b.generate(), gen.ServerOptions{Image: true, Env: apptest.Env()})
	if err == nil || !strings.Contains(err.Error(), "image, which no build has made; remove it, or name an archive") {
		t.Errorf("got %v", err)
	}
}

// runImage unpacks an archive as a container engine would, starts what it says, and asks it.
func runImage(t *testing.T, archive string) {
	t.Helper()
	content, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := untar(t, content)
	var docker []struct {
		Config string
		Layers []string
	}
	if err := json.Unmarshal(files["manifest.json"], &docker); err != nil {
		t.Fatal(err)
	}
	var config struct {
		Config struct {
			User, WorkingDir string
			Env, Entrypoint  []string
			Labels           map[string]string
		} `json:"config"`
	}
	if err := json.Unmarshal(files[docker[0].Config], &config); err != nil {
		t.Fatal(err)
	}
	c := config.Config
	wantEnv := []string{"FAAS_ADDR=0.0.0.0:8080", "FAAS_CODE_DIR=/app", "FAAS_ENV=prod", "TABLE=books"}
	wantLabels := map[string]string{"org.opencontainers.image.title": "shop", "org.opencontainers.image.description": "Sells books."}
	if !slices.Equal(c.Env, wantEnv) || !cmp.Equal(c.Labels, wantLabels) || c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/app/shop"}) {
		t.Errorf("the image is started with %+v", c)
	}
	root := t.TempDir()
	for _, l := range docker[0].Layers {
		z, err := gzip.NewReader(bytes.NewReader(files[l]))
		if err != nil {
			t.Fatal(err)
		}
		layer, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range untar(t, layer) {
			name = filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, content, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if roots, err := os.ReadFile(filepath.Join(root, "etc/ssl/certs/ca-certificates.crt")); err != nil || !bytes.Contains(roots, []byte("BEGIN CERTIFICATE")) {
		t.Errorf("root certificates: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(root, c.Entrypoint[0]))
	cmd.Dir = filepath.Join(root, c.WorkingDir)
	cmd.Env = append(slices.Clone(c.Env), "FAAS_ADDR="+addr, "FAAS_CODE_DIR="+cmd.Dir)
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		for {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(r)
			if errors.Is(err, syscall.ECONNREFUSED) {
				time.Sleep(10 * time.Millisecond)
				continue
			}
			if err != nil {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				t.Fatalf("%v\n%s", err, &out)
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			return res.Status + " " + strings.TrimSpace(string(b))
		}
	}
	for path, want := range map[string]string{"/table": "200 OK books", "/one": "200 OK one", "/_faas/ready": `200 OK {"status":"ok"}`, "/_faas/health": `200 OK {"status":"ok"}`} {
		if got := get(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	probe := exec.CommandContext(ctx, cmd.Path, "health")
	probe.Env = cmd.Env
	if out, err := probe.CombinedOutput(); err != nil {
		t.Errorf("health: %v\n%s", err, out)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, &out)
	}
}

func untar(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(content)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			files[h.Name] = b
		}
	}
}
