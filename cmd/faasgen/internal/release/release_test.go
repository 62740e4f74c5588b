package release

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// built is a folder with the files of a build, of one text.
func built(t *testing.T, dist, text string) {
	t.Helper()
	for _, name := range []string{"template.yaml", "unit/serverless.yml", "artefacts/" + text + ".zip"} {
		path := filepath.Join(dist, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(path)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func prepare(t *testing.T, dist, text string) *Pending {
	t.Helper()
	built(t, dist, text)
	p, err := Beside(dist).Prepare(dist, []string{"template.yaml", "unit/serverless.yml"}, []string{"artefacts/" + text + ".zip"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add("deployed.json", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return p
}

func kept(t *testing.T, s Store) string {
	t.Helper()
	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, r := range list {
		content := map[string]bool{}
		for _, name := range []string{"template.yaml", "unit/serverless.yml", "deployed.json"} {
			text, err := os.ReadFile(filepath.Join(r.Dir, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			content[string(text)] = true
			if _, err := os.Stat(filepath.Join(r.Dir, "artefacts", string(text)+".zip")); err != nil {
				t.Error(err)
			}
		}
		for text := range content {
			texts = append(texts, fmt.Sprintf("%d:%s", r.Number, text))
		}
	}
	return strings.Join(texts, " ")
}

// TestStore deploys, fails, and goes back.
func TestStore(t *testing.T) {
	dist := filepath.Join(t.TempDir(), "dist", "aws")
	s := Beside(dist)
	if got := kept(t, s); got != "" || s.Unfinished() != "" {
		t.Errorf("without a store: %s, %s", got, s.Unfinished())
	}
	for i, step := range []struct {
		text string
		want string
		act  func(p *Pending) error
	}{
		{"a", "1:a", commit},
		{"b", "2:b 1:a", commit},
		{"c", "2:b 1:a", func(*Pending) error { return nil }}, // it fails
		{"d", "3:d 2:b 1:a", commit},
		{"e", "3:d 2:b 1:a", (*Pending).Discard},
		{"f", "4:f 3:d 2:b", commit},
	} {
		p := prepare(t, dist, step.text)
		if s.Unfinished() != p.Dir {
			t.Errorf("%d: unfinished is %q", i, s.Unfinished())
		}
		if err := step.act(p); err != nil {
			t.Fatal(err)
		}
		if got := kept(t, s); got != step.want {
			t.Errorf("%s: %s, want %s", step.text, got, step.want)
		}
	}
	if s.Unfinished() != "" {
		t.Error("what succeeded is unfinished")
	}
	prepare(t, dist, "g")
	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ReturnTo(list[1]); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, s); got != "3:d 2:b" || s.Unfinished() != "" {
		t.Errorf("after a rollback: %s, unfinished %s", got, s.Unfinished())
	}
	if err := commit(prepare(t, dist, "h")); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, s); got != "4:h 3:d 2:b" {
		t.Errorf("after the next one: %s", got)
	}
}

func commit(p *Pending) error {
	_, err := p.Commit()
	return err
}

// TestKeptAsItWas: a build that follows changes nothing of what is kept, and nobody but the owner reads it.
func TestKeptAsItWas(t *testing.T) {
	dist := filepath.Join(t.TempDir(), "aws")
	p := prepare(t, dist, "a")
	before, err := p.Commit()
	if err != nil || before != nil {
		t.Fatal(before, err)
	}
	built(t, dist, "b")
	if err := os.RemoveAll(filepath.Join(dist, "artefacts")); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, Beside(dist)); got != "1:a" {
		t.Error(got)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "template.yaml": 0o600, "unit": 0o700, "unit/serverless.yml": 0o600, "deployed.json": 0o600} {
		info, err := os.Stat(filepath.Join(Beside(dist).Dir(), "1", filepath.FromSlash(name)))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	dist := filepath.Join(t.TempDir(), "aws")
	built(t, dist, "a")
	for _, name := range []string{"../x", "/etc/hosts", "", "unit/../../x", "absent"} {
		if _, err := Beside(dist).Prepare(dist, []string{name}, nil); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

// TestOtherFiles: what a person puts into the store is no deployment.
func TestOtherFiles(t *testing.T) {
	s := Beside(filepath.Join(t.TempDir(), "aws"))
	for _, name := range []string{"0", "-1", "01", "notes", "7/x"} {
		if err := os.MkdirAll(filepath.Join(s.Dir(), filepath.FromSlash(name)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(s.Dir(), "8"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := s.List()
	if err != nil || len(list) != 1 || list[0].Number != 7 {
		t.Errorf("%v, %v", list, err)
	}
}
