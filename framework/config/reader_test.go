package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
)

// from is how generated code loads a configuration.
func from(c *config.Config) func() (*config.Config, error) {
	return func() (*config.Config, error) { return c, nil }
}

func unreadable(text string) func() (*config.Config, error) {
	return func() (*config.Config, error) { return nil, errors.New(text) }
}

// isolated is a configuration without variables of the process.
func isolated(t *testing.T, file string, pairs ...string) *config.Config {
	t.Helper()
	c, err := config.LoadWith(folder(t, "config.default.yml", file), "", variables(pairs...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReaderReads(t *testing.T) {
	r := config.NewReader(from(isolated(t, "a: {n: 3, s: x, wait: 5s, size: 1MiB}\n", "A_VAR", "7")))
	if n, s := config.Value[int](r, "a.n"), config.Value[string](r, "a.s"); n != 3 || s != "x" {
		t.Error(n, s)
	}
	if v := config.Value[int](r, "a.var"); v != 7 {
		t.Error(v)
	}
	if d, e := config.ValueOr(r, "a.wait", time.Minute), config.ValueOr(r, "a.pause", time.Minute); d != 5*time.Second || e != time.Minute {
		t.Error(d, e)
	}
	if d, e := config.ValueText[config.Size](r, "a.size", "64KiB"), config.ValueText[config.Size](r, "a.room", "64KiB"); d != 1<<20 || e != 64<<10 {
		t.Error(d, e)
	}
	if l := config.ValueText[[]string](r, "a.list", "b,c"); !slices.Equal(l, []string{"b", "c"}) {
		t.Error(l)
	}
	r.RequireBelow("a", "n", "s", "var")
	if err := r.Err(); err != nil {
		t.Error(err)
	}
}

func TestReaderCollectsWhatIsWrong(t *testing.T) {
	c := isolated(t, "a: {n: many, s: x}\n")
	r := config.NewReader(from(c))
	for range 2 { // as two functions do that need the same
		if n := config.Value[int](r, "a.n"); n != 0 {
			t.Error(n)
		}
		if n := config.ValueOr(r, "a.n", 7); n != 0 {
			t.Errorf("%d: a default does not hide what is wrong", n)
		}
		config.Value[string](r, "z.z")
		config.ValueText[int](r, "a.text", "no number")
		r.RequireBelow("a", "s", "second", "first")
		config.Value[int](r, "b.b")
	}
	for range 2 { // it stays what it is
		err := r.Err()
		var missing *config.MissingError
		if !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"a.first", "a.second", "b.b", "z.z"}) ||
			!slices.Equal(missing.Variables, []string{"A_FIRST", "A_SECOND", "B_B", "Z_Z"}) || !slices.Equal(missing.Read, c.Files()) {
			t.Errorf("got %#v", missing)
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != 3 || !strings.Contains(lines[1], "key a.n: expected a whole number") || !strings.Contains(lines[2], "a.text") {
			t.Errorf("got %d lines:\n%v", len(lines), err)
		}
	}
	config.Value[int](r, "c.c")
	var missing *config.MissingError
	if err := r.Err(); !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"a.first", "a.second", "b.b", "c.c", "z.z"}) {
		t.Errorf("and grows: %v", err)
	}
}

func TestReaderWithOneMistake(t *testing.T) {
	c := isolated(t, "a: {n: many}\n")
	r := config.NewReader(from(c))
	config.Value[int](r, "a.n")
	_, want := config.Get[int](c, "a.n")
	if err := r.Err(); err == nil || err.Error() != want.Error() {
		t.Errorf("got %v, want %v", err, want)
	}
	r = config.NewReader(from(c))
	config.Value[int](r, "a.m")
	if err, ok := r.Err().(*config.MissingError); !ok || !slices.Equal(err.Keys, []string{"a.m"}) {
		t.Errorf("got %v", r.Err())
	}
}

func TestReaderVisitsOnce(t *testing.T) {
	r := config.NewReader(from(nil))
	a, b := new(int), new(int)
	got := []bool{r.Visit(a), r.Visit(b), r.Visit("a"), r.Visit(a), r.Of(from(nil)).Visit(b), r.Of(from(nil)).Visit("c"), r.Visit("c"), r.Visit("a")}
	if want := []bool{true, true, true, false, false, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// A function with values of its own in f.yml has a configuration of its own, and its mistakes are among the others.
func TestReaderOfAnotherConfiguration(t *testing.T) {
	c := isolated(t, "a: {n: 1}\n")
	own, err := c.Overlay("f.yml", map[string]string{"a.n": "2", "a.m": "3", "a.bad": "x"})
	if err != nil {
		t.Fatal(err)
	}
	r := config.NewReader(from(c))
	o := r.Of(from(own))
	if n, m := config.Value[int](r, "a.n"), config.Value[int](o, "a.n"); n != 1 || m != 2 {
		t.Error(n, m)
	}
	config.Value[int](r, "a.m")
	config.Value[int](o, "a.k")
	config.Value[int](o, "a.bad")
	var missing *config.MissingError
	if err := r.Err(); !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"a.k", "a.m"}) || !strings.Contains(err.Error(), "f.yml: key a.bad") || err.Error() != o.Err().Error() {
		t.Errorf("got %v", err)
	}
}

// What cannot be read has no missing keys, and hides nothing of what can.
func TestReaderOfWhatCannotBeRead(t *testing.T) {
	r := config.NewReader(unreadable("config.default.yml:1: no YAML"))
	if v, w, x := config.Value[int](r, "a.n"), config.ValueOr(r, "a.n", 3), config.ValueText[int](r, "a.n", "3"); v != 0 || w != 0 || x != 0 {
		t.Error(v, w, x)
	}
	r.RequireBelow("a", "n")
	o := r.Of(unreadable("config.default.yml:1: no YAML"))
	config.Value[int](o, "a.n")
	if err := r.Err(); err == nil || err.Error() != "config.default.yml:1: no YAML" {
		t.Errorf("got %v", err)
	}

	r = config.NewReader(from(isolated(t, "a: {n: many}\n")))
	o = r.Of(unreadable("f.yml: key x: no YAML"))
	config.Value[int](o, "a.m")
	o.RequireBelow("a", "m")
	config.Value[int](r, "a.n")
	config.Value[int](r, "a.k")
	var missing *config.MissingError
	err := r.Err()
	if !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"a.k"}) || !strings.Contains(err.Error(), "f.yml: key x: no YAML") || !strings.Contains(err.Error(), "key a.n") {
		t.Errorf("got %v", err)
	}
}

func TestReaderWithoutConfiguration(t *testing.T) {
	r := config.NewReader(from(nil))
	config.Value[int](r, "not.there")
	var missing *config.MissingError
	if err := r.Err(); !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"not.there"}) {
		t.Errorf("got %v", err)
	}
}

func TestRead(t *testing.T) {
	type settings struct{ n, m int }
	read := func(r *config.Reader) settings {
		return settings{config.Value[int](r, "a.n"), config.ValueOr(r, "a.m", 2)}
	}
	if v, err := config.Read(from(isolated(t, "a: {n: 1}\n")), read); v != (settings{1, 2}) || err != nil {
		t.Error(v, err)
	}
	if _, err := config.Read(from(isolated(t, "a: {m: x}\n")), read); err == nil || !strings.Contains(err.Error(), "a.n") || !strings.Contains(err.Error(), "a.m") {
		t.Errorf("got %v", err)
	}
	if v, err := config.Read(unreadable("no"), read); v != (settings{}) || err == nil || err.Error() != "no" {
		t.Error(v, err)
	}
}

func TestChecks(t *testing.T) {
	c := isolated(t, "a: {n: x}\n")
	called := 0
	check := func(key string) func(int, *config.Reader) {
		return func(k int, r *config.Reader) {
			if called++; k != 7 {
				t.Error(k)
			}
			if r.Visit("once") {
				config.Value[int](r, "a.n")
			}
			config.Value[int](r, key)
		}
	}
	checks := config.Checks(7, from(c), check("z.z"), check("b.b"), check("a.a"))
	for range 2 {
		called = 0
		err := checks(nil)
		var missing *config.MissingError
		if !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"a.a", "b.b", "z.z"}) || strings.Count(err.Error(), "key a.n") != 1 || called != 3 {
			t.Errorf("%d called, got %v", called, err)
		}
	}
	if err := config.Checks(7, from(c))(nil); err != nil {
		t.Error(err)
	}
}

// Functions share much of what they need: the checks of all are one error that says each mistake once.
func TestChecksAfterOthers(t *testing.T) {
	c := load(t, "", "config.default.yml", "a: {n: many, m: much}\n")
	numbers := func(keys ...string) func(error) error {
		return config.Checks(0, from(c), func(_ int, r *config.Reader) {
			for _, key := range keys {
				config.Value[int](r, key)
			}
		})
	}
	known := numbers("b.b", "a.n", "c.c")(nil)
	before := known.Error()
	err := numbers("a.a", "a.m", "c.c", "a.n")(known)
	var missing *config.MissingError
	if !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"a.a", "b.b", "c.c"}) || !slices.Equal(missing.Variables, []string{"A_A", "B_B", "C_C"}) {
		t.Errorf("got %v", err)
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], "have no value; read ") || !strings.Contains(lines[1], "key a.n") || !strings.Contains(lines[2], "key a.m") {
		t.Errorf("got %v", err)
	}
	if known.Error() != before {
		t.Errorf("%s became %s", before, known)
	}
	// An error that is wrapped already stays as it is.
	wrapped := fmt.Errorf("first: %w, %w", errors.New("a"), errors.New("b"))
	if err := numbers()(wrapped); err != wrapped {
		t.Errorf("got %v", err)
	}
}

func TestOnceReadsOnce(t *testing.T) {
	dir := folder(t, "config.default.yml", "a: {n: 1}\n", "config.prod.yml", "a: {m: 2}\n")
	var o config.Once
	load := func() (*config.Config, error) {
		return o.Load(&framework.Runtime{CodeDir: dir, Env: "prod", Variables: only{"A_V": "9"}}, config.Defaults{Name: "component", Content: "a: {n: 0, k: 3}\n"})
	}
	first, err := load()
	if err != nil {
		t.Fatal(err)
	}
	want(t, first, "a.n", 1)
	want(t, first, "a.m", 2)
	want(t, first, "a.k", 3)
	want(t, first, "a.v", 9)
	if err := os.WriteFile(filepath.Join(dir, "config.default.yml"), []byte("["), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := load(); again != first || err != nil {
		t.Errorf("it was read again: %v", err)
	}
	var bad config.Once
	_, err = bad.Load(&framework.Runtime{CodeDir: dir})
	_, again := bad.Load(&framework.Runtime{CodeDir: dir})
	if err == nil || again != err {
		t.Errorf("got %v, then %v", err, again)
	}
}

func TestOnceOverlay(t *testing.T) {
	below, calls := isolated(t, "a: {n: 1, m: 1}\n"), 0
	load := func() (*config.Config, error) { calls++; return below, nil }
	var o config.Once
	values := map[string]string{"a.n": "2"}
	first, err := o.Overlay(load, "f.yml", values)
	if err != nil {
		t.Fatal(err)
	}
	want(t, first, "a.n", 2)
	want(t, first, "a.m", 1)
	want(t, below, "a.n", 1)
	if again, err := o.Overlay(load, "f.yml", values); again != first || err != nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	var bad, worse config.Once
	if _, err := bad.Overlay(unreadable("no"), "f.yml", values); err == nil || err.Error() != "no" {
		t.Errorf("got %v", err)
	}
	if c, err := worse.Overlay(load, "f.yml", map[string]string{"a.n": "["}); c != nil || err == nil || !strings.HasPrefix(err.Error(), "f.yml: key a.n: ") {
		t.Errorf("got %v", err)
	}
}

// The variable of a member is one, however a file writes its key.
func TestVariableOfMemberInAnyCase(t *testing.T) {
	type mail struct{ HTTPURL string }
	dir := t.TempDir()
	for _, file := range []string{"", "mail: {httpurl: file}\n", "mail: {httpURL: file}\n", "mail: {HTTPURL: file}\n"} {
		if err := os.WriteFile(filepath.Join(dir, "config.default.yml"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, variable := range []string{"MAIL_HTTPURL", "MAIL_HTTPURL_FROM"} {
			c, err := config.LoadWith(dir, "", func(name string) (string, bool) {
				text, ok := map[string]string{variable: "env:OTHER", "OTHER": "variable"}[name]
				return text, ok
			})
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"MAIL_HTTPURL": "env:OTHER", "MAIL_HTTPURL_FROM": "variable"}[variable]
			if got, err := config.Get[mail](c, "mail"); err != nil || got.HTTPURL != want {
				t.Errorf("with %q and %s: found %q and %v, expected %q", file, variable, got.HTTPURL, err, want)
			}
		}
	}
}
