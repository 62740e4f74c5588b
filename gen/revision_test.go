package gen_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// TestBuildNamesTheRevision: a package names the commit that it was made at, and keeps that name while nothing of it changes. Its bytes
// do not depend on it.
func TestBuildNamesTheRevision(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	b := newBuilt(t)
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", b.dir, "-c", "user.name=a", "-c", "user.email=a@b"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	type revisions map[string]string
	check := func(what string, built *gen.Built, want revisions) {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(built.Dir, "manifest.json"))
		var m struct {
			Units map[string]struct {
				Revision *struct {
					Commit   string `json:"commit"`
					Modified bool   `json:"modified"`
				} `json:"revision"`
			} `json:"units"`
		}
		if err != nil || json.Unmarshal(content, &m) != nil {
			t.Fatalf("%v\n%s", err, content)
		}
		for name, revision := range want {
			got := ""
			if r := m.Units[name].Revision; r != nil {
				if got = r.Commit; r.Modified {
					got += " modified"
				}
			}
			if got != revision {
				t.Errorf("%s: %s is of %q, want %q", what, name, got, revision)
			}
		}
	}
	none := b.build()
	check("no repository", none, revisions{"one-serve": "", "two": ""})
	remove := func() {
		t.Helper()
		if err := os.RemoveAll(filepath.Dir(none.Dir)); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	git("add", ".", ":(exclude)one/dist")
	git("commit", "-q", "-m", "one")
	first := git("rev-parse", "HEAD")
	remove()
	clean := b.build()
	check("a commit, and what the build writes is in no commit", clean, revisions{"one-serve": first, "two": first})
	for _, u := range clean.Units {
		if u.Hash != unitOf(t, none, u.Name).Hash {
			t.Errorf("the package of %s depends on the revision", u.Name)
		}
	}
	apptest.Write(t, b.dir, map[string]string{"one/two.go": "package one\n\n//faas:handler two\n//faas:raw\nfunc Two() { println(7) }\n"})
	check("an edited file", b.build(), revisions{"two": first + " modified"})
	git("add", "one", ":(exclude)one/dist")
	git("commit", "-q", "-m", "two")
	check("the same in a commit", b.build(), revisions{"two": first + " modified"})
	remove()
	second := git("rev-parse", "HEAD")
	check("made again", b.build(), revisions{"one-serve": second, "two": second})
	apptest.Write(t, b.dir, map[string]string{"more/more.txt": "new"})
	remove()
	check("a file that git does not know", b.build(), revisions{"one-serve": second + " modified", "two": second + " modified"})
	if err := os.WriteFile(filepath.Join(b.dir, ".git", "HEAD"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	remove()
	check("a broken repository", b.build(), revisions{"one-serve": "", "two": ""})
}
