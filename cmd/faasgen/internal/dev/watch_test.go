package dev

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTake(t *testing.T) {
	root, other := t.TempDir(), t.TempDir()
	wanted := []string{"f.yml", "go.mod", "go.sum", "config.default.yml", "config.local.yml", "secrets.local.yml", "a/a.go", "a/b/b.go", "internal/c.go", "sub/f.yml"}
	for _, p := range append(slices.Clone(wanted), "a/a_test.go", "README.md", "data.db", "other.yml", "a/.#a.go", ".git/x.go", "_old/x.go", "dist/x.go",
		"node_modules/x.go", "a/testdata/x.go", "internal/faasgen/app/app.go") {
		write(t, filepath.Join(root, p), p)
	}
	write(t, filepath.Join(other, "lib.go"), "lib")
	write(t, filepath.Join(other, "deeper", "no.go"), "no")
	write(t, filepath.Join(other, "page.html"), "page")
	got := take([]string{root}, []string{other, filepath.Join(other, "page.html"), filepath.Join(other, "absent.html")})
	var want []string
	for _, p := range wanted {
		want = append(want, filepath.Join(root, p))
	}
	want = append(want, filepath.Join(other, "lib.go"), filepath.Join(other, "page.html"))
	slices.Sort(want)
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("watched\n%q, want\n%q", names, want)
	}
}

func TestTakeLinked(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "app", "f.yml"), "service: x")
	link := filepath.Join(root, "link")
	if err := os.Symlink("app", link); err != nil {
		t.Skip(err)
	}
	if got := take([]string{link}, nil); len(got) != 1 {
		t.Errorf("watched %q in a linked folder", slices.Sorted(maps.Keys(got)))
	}
}

func TestDifference(t *testing.T) {
	before := snapshot{"same": {size: 1}, "size": {size: 1}, "time": {time: 1}, "gone": {}}
	now := snapshot{"same": {size: 1}, "size": {size: 2}, "time": {time: 2}, "new": {}}
	if got, want := now.difference(before), []string{"gone", "new", "size", "time"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWaitSettles(t *testing.T) {
	states := []snapshot{{"a": {size: 1}}, {"a": {size: 2}}, {"a": {size: 2}, "b": {}}, {"a": {size: 2}, "b": {}}}
	looks := 0
	look := func() snapshot { looks++; return states[min(looks, len(states))-1] }
	tick := make(chan time.Time, 2)
	tick <- time.Time{} // sees no change
	tick <- time.Time{} // sees one, and that it goes on
	now, changed := wait(nil, tick, look, states[0])
	if !slices.Equal(changed, []string{"a", "b"}) || !maps.Equal(now, states[3]) || looks != 4 {
		t.Errorf("after %d looks: %v, changed %q", looks, now, changed)
	}
	done := make(chan struct{})
	close(done)
	if _, changed := wait(done, nil, look, states[0]); changed != nil {
		t.Errorf("stopped, and saw %q", changed)
	}
}

// A change that was taken back before it settled is none.
func TestWaitIgnoresWhatWasTakenBack(t *testing.T) {
	before := snapshot{"a": {size: 1}}
	states := []snapshot{{}, before, before, {"a": {size: 3}}, {"a": {size: 3}}}
	looks := 0
	look := func() snapshot { looks++; return states[min(looks, len(states))-1] }
	tick := make(chan time.Time, 3)
	for range 3 {
		tick <- time.Time{}
	}
	if now, changed := wait(nil, tick, look, before); len(changed) != 1 || now["a"].size != 3 {
		t.Errorf("got %v, changed %q", now, changed)
	}
}
