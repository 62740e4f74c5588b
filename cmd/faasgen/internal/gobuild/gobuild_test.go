package gobuild

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// application writes a workspace of two modules whose second is the application.
func application(t *testing.T) (dir string) {
	t.Helper()
	cache, err := exec.Command("go", "env", "GOCACHE").Output() // before our own moves it
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GOWORK", "")
	t.Setenv("GOFLAGS", "-mod=mod")
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{
		"lib/go.mod":        "module example.com/lib\n\ngo 1.26\n",
		"lib/lib.go":        "package lib\n\nconst Name = \"lib\"\n",
		"shop/go.mod":       "module example.com/shop\n\ngo 1.26\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
		"shop/up/up.go":     "package up\n\nimport (\n\t_ \"embed\"\n\n\t\"example.com/lib\"\n)\n\n//go:embed page.html\nvar Page string\n\nvar Name = lib.Name\n",
		"shop/up/page.html": "page\n",
		"shop/api/internal/faasgen/local/main.go": "package main\n\nimport \"example.com/shop/up\"\n\nfunc main() { println(up.Name) }\n",
	} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(root, "shop", "api")
}

func TestServer(t *testing.T) {
	dir := application(t)
	binary, err := Server(t.Context(), dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(binary).CombinedOutput()
	if err != nil || string(out) != "lib\n" {
		t.Errorf("the binary says %q, %v", out, err)
	}
	before, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Server(t.Context(), dir, dir); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(binary)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("an unchanged application was linked again: %v", err)
	}
}

// TestFlagsOfTheUser: the application is compiled without inlining, unless GOFLAGS has flags for the compiler, which ours would
// replace.
func TestFlagsOfTheUser(t *testing.T) {
	dir := application(t)
	if err := os.MkdirAll(filepath.Join(dir, "internal", "faasgen", "app"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "internal", "faasgen", "app", "app.go"), []byte("package app\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]string{"-mod=mod": "-gcflags=" + served + "=-l", "-mod=mod -gcflags=-N": "-gcflags=-N"} {
		t.Setenv("GOFLAGS", flags)
		binary, err := Server(t.Context(), dir, dir)
		if err != nil {
			t.Fatal(err)
		}
		info, err := exec.Command("go", "version", "-m", binary).Output()
		if err != nil || !strings.Contains(string(info), "\tbuild\t"+want+"\n") {
			t.Errorf("GOFLAGS %s: want %s, %v in\n%s", flags, want, err, info)
		}
	}
}

func TestForget(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for name, used := range map[string]time.Time{"old": now.AddDate(0, -2, 0), "new": now} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(path, "app"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, used, used); err != nil {
			t.Fatal(err)
		}
	}
	forget(dir, now.AddDate(0, -1, 0))
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "new" {
		t.Errorf("left are %q, %v", left, err)
	}
}

func TestErrorsNameFilesAsTheUserSeesThem(t *testing.T) {
	dir := application(t)
	root := filepath.Dir(filepath.Dir(dir))
	if err := os.WriteFile(filepath.Join(root, "shop", "up", "bad.go"), []byte("package up\n\nvar x int = \"a\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for cwd, file := range map[string]string{root: "shop/up/bad.go", dir: "../up/bad.go"} {
		_, err := Server(t.Context(), dir, cwd)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Output, "\n"+file+":3:13: cannot use \"a\"") {
			t.Errorf("from %s: %v", cwd, err)
		}
	}
}

func TestInputs(t *testing.T) {
	dir := application(t)
	got, err := Inputs(t.Context(), dir)
	shop := filepath.Dir(dir)
	want := []string{filepath.Join(filepath.Dir(shop), "lib"), filepath.Join(shop, "go.mod"), filepath.Join(shop, "up"), filepath.Join(shop, "up", "page.html")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got  %q, %v\nwant %q", got, err, want)
	}
}
