package config_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/config"
)

// folder writes files, given as name and content, and returns where.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i+1 < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, env string, files ...string) *config.Config {
	t.Helper()
	c, err := config.Load(folder(t, files...), env)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func want[T any](t *testing.T, c *config.Config, key string, expected T) {
	t.Helper()
	got, err := config.Get[T](c, key)
	if err != nil {
		t.Errorf("Get(%s): %v", key, err)
	} else if !reflect.DeepEqual(got, expected) {
		t.Errorf("Get(%s) = %#v, want %#v", key, got, expected)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("got no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("got error %q, want it to contain %q", err, p)
		}
	}
}

type pool struct {
	Size    int           `yaml:"size"`
	Idle    time.Duration `yaml:"idle"`
	Hosts   []string
	Level   slog.Level
	private int //lint:ignore U1000 an unexported field must be left alone
}

type database struct {
	URL     string
	MaxOpen *int
	pool    `yaml:",inline"`
	Labels  map[string]string
	Skipped string `yaml:"-"`
}

func TestTypes(t *testing.T) {
	c := load(t, "", "config.default.yml", `
order:
  maxItems: 20
  big: 1_000
  mode: 0o17
  ratio: 0.5
  half: 3
  open: true
  name: shop
  version: 1.10
  wait: 5s
  pause: 90
  short: 0.25
  tags: [a, b]
  waits: [1, 2m]
  limits: {eu: 1, us: 2}
  level: WARN
  blob: !!binary aGk=
  nothing: ~
  mixed: [1, a, true, 1.5, {k: v}, ~]
`)
	want(t, c, "order.maxItems", 20)
	want(t, c, "order.maxItems", uint8(20))
	want(t, c, "order.big", int64(1000))
	want(t, c, "order.mode", 15)
	want(t, c, "order.ratio", 0.5)
	want(t, c, "order.half", float32(3))
	want(t, c, "order.open", true)
	want(t, c, "order.name", "shop")
	want(t, c, "order.version", "1.10")
	want(t, c, "order.wait", 5*time.Second)
	want(t, c, "order.pause", 90*time.Second)
	want(t, c, "order.short", 250*time.Millisecond)
	want(t, c, "order.tags", []string{"a", "b"})
	want(t, c, "order.waits", []time.Duration{time.Second, 2 * time.Minute})
	want(t, c, "order.limits", map[string]int{"eu": 1, "us": 2})
	want(t, c, "order.level", slog.LevelWarn)
	want(t, c, "order.blob", []byte("hi"))
	want(t, c, "order.name", []byte("shop"))
	want(t, c, "order.maxItems", new(20))
	want[any](t, c, "order.mixed", []any{int64(1), "a", true, 1.5, map[string]any{"k": "v"}, nil})
	if c.Has("order.nothing") || !c.Has("order.limits.us") || c.Has("order.name.x") {
		t.Error("Has is wrong about null, nested or too deep keys")
	}
}

func TestStruct(t *testing.T) {
	c := load(t, "", "config.default.yml", `
db:
  url: postgres://x
  maxOpen: 4
  size: 7
  idle: 30
  hosts: [h1, h2]
  labels: {a: "1"}
  Skipped: no
  extra: ignored
`)
	want(t, c, "db", database{URL: "postgres://x", MaxOpen: new(4), Labels: map[string]string{"a": "1"},
		pool: pool{Size: 7, Idle: 30 * time.Second, Hosts: []string{"h1", "h2"}}})

	t.Run("variables fill fields that no file has", func(t *testing.T) {
		t.Setenv("DB_LEVEL", "ERROR")
		t.Setenv("DB_MAX_OPEN", "9")
		t.Setenv("DB_HOSTS", "h3")
		t.Setenv("DB_LABELS_A", "2")
		got, err := config.Get[database](c, "db")
		if err != nil || got.Level != slog.LevelError || *got.MaxOpen != 9 || got.Hosts[0] != "h3" || got.Labels["a"] != "2" {
			t.Errorf("got %+v, %v", got, err)
		}
		only, err := config.Get[database](nil, "db")
		if err != nil || *only.MaxOpen != 9 {
			t.Errorf("from variables alone: %+v, %v", only, err)
		}
	})
	t.Run("a default keeps what is not configured", func(t *testing.T) {
		def := database{URL: "u", Skipped: "kept", pool: pool{Size: 1}, MaxOpen: new(1)}
		c := load(t, "", "config.default.yml", "db: {size: 3, maxOpen: 2}\n")
		got, err := config.Or(c, "db", def)
		if err != nil || got.URL != "u" || got.Skipped != "kept" || got.Size != 3 || *got.MaxOpen != 2 {
			t.Errorf("got %+v, %v", got, err)
		}
		if *def.MaxOpen != 1 {
			t.Error("the default was written to")
		}
	})
	t.Run("a type that contains itself ends", func(t *testing.T) {
		type node struct {
			Name string
			Next *node
		}
		if _, err := config.Get[node](nil, "list"); err == nil {
			t.Error("got no error for a missing key")
		}
		c := load(t, "", "config.default.yml", "list: {name: a, next: {name: b}}\n")
		want(t, c, "list", node{Name: "a", Next: &node{Name: "b"}})
	})
}

func TestEnvironmentFileIsMergedOver(t *testing.T) {
	files := []string{
		"config.default.yml", "a: {x: 1, y: 2, list: [1, 2]}\nb: keep\nc: gone\n",
		"config.prod.yml", "a: {y: 3, z: 4, list: [9]}\nc: ~\n",
	}
	c := load(t, "prod", files...)
	want(t, c, "a", map[string]any{"x": int64(1), "y": int64(3), "z": int64(4), "list": []any{int64(9)}})
	want(t, c, "b", "keep")
	if c.Has("c") {
		t.Error("null in the environment file did not take the value away")
	}
	if n := len(c.Files()); n != 2 {
		t.Errorf("Files() has %d entries", n)
	}
	if got := len(load(t, "", files...).Files()); got != 1 {
		t.Errorf("without an environment %d files were read", got)
	}
	want(t, load(t, "", files...), "a.y", 2)
	want(t, load(t, "default", files...), "a.y", 2)
	want(t, load(t, "other", files...), "a.y", 2)
}

func TestAnchors(t *testing.T) {
	c := load(t, "", "config.default.yml", `
base: &base {size: 1, idle: 2s}
more: &more {size: 5, level: INFO}
own: {<<: *base, size: 3}
both: {<<: [*more, *base]}
same: *base
`)
	want(t, c, "own", pool{Size: 3, Idle: 2 * time.Second})
	want(t, c, "both", pool{Size: 5, Idle: 2 * time.Second})
	want(t, c, "same.size", 1)
}

func TestVariables(t *testing.T) {
	c := load(t, "", "config.default.yml", "order: {maxItems: 20, name: shop, tags: [x]}\n")
	t.Setenv("ORDER_MAX_ITEMS", "007")
	t.Setenv("ORDER_NAME", "")
	t.Setenv("ORDER_TAGS", "a, b")
	t.Setenv("ORDER_LIST", `["c,d", "e"]`)
	t.Setenv("ORDER_MAP", `{"k": 1}`)
	t.Setenv("ORDER_TREE", `{a: [[1, 2], [3]], b: []}`)
	want(t, c, "order.tree", map[string][][]int{"a": {{1, 2}, {3}}, "b": {}})
	t.Setenv("ORDER_OPEN", "1")
	t.Setenv("ORDER_WAIT", "2.5")
	want(t, c, "order.maxItems", 7)
	want(t, c, "order.name", "")
	want(t, c, "order.tags", []string{"a", "b"})
	want(t, c, "order.list", []string{"c,d", "e"})
	want(t, c, "order.map", map[string]int{"k": 1})
	want(t, c, "order.open", true)
	want(t, c, "order.wait", 2500*time.Millisecond)
	want(t, nil, "order.wait", 2500*time.Millisecond)
	want[any](t, c, "order.maxItems", "007")
	if got, err := config.Or(c, "order.maxItems", 1); got != 7 || err != nil {
		t.Errorf("Or = %d, %v", got, err)
	}
}

func TestVariableNames(t *testing.T) {
	for key, name := range map[string]string{
		"order.maxItems": "ORDER_MAX_ITEMS", "db.poolURL": "DB_POOL_URL", "HTTPPort": "HTTP_PORT", "s3Bucket": "S3_BUCKET",
		"a-b.c_d": "A_B_C_D", "a.0": "A_0", "userID": "USER_ID", "x": "CONFIG_X", "path": "CONFIG_PATH", "": "",
	} {
		if got := config.Variable(key); got != name {
			t.Errorf("Variable(%q) = %q, want %q", key, got, name)
		}
	}
}

func TestMissing(t *testing.T) {
	dir := folder(t, "config.default.yml", "a: 1\nempty:\n")
	c, err := config.Load(dir, "prod")
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Get[string](c, "db.url")
	read, absent := filepath.Join(dir, "config.default.yml"), filepath.Join(dir, "config.prod.yml")
	if want := "configuration key db.url (or variable DB_URL) has no value; read " + read + "; not found: " + absent; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	var me *config.MissingError
	if !errors.As(err, &me) || me.Keys[0] != "db.url" {
		t.Errorf("got %T", err)
	}
	if _, err := config.Get[int](c, "empty"); !errors.As(err, &me) {
		t.Errorf("a key without a value: %v", err)
	}
	if v, err := config.Or(c, "db.url", "x"); v != "x" || err != nil {
		t.Errorf("Or = %q, %v", v, err)
	}
	err = c.Require("a", "db.url", "empty")
	wantError(t, err, "configuration keys db.url (or variable DB_URL), empty (or variable CONFIG_EMPTY) have no value; read ")
	if err := c.Require("a"); err != nil {
		t.Error(err)
	}
	wantError(t, (*config.Config)(nil).Require("a.b"), "configuration key a.b (or variable A_B) has no value")
}

func TestWrongTypes(t *testing.T) {
	dir := folder(t, "config.default.yml", `a:
  n: many
  q: "20"
  neg: -1
  big: 300
  huge: 99999999999999999999
  f: 1.5
  yes: yes
  d: 5 apples
  list: [1, x]
  map: {k: [1]}
  level: LOUD
`)
	c, err := config.Load(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.default.yml")
	for _, tc := range []struct {
		get  func() error
		want string
	}{
		{get[int](c, "a.n"), ":2:6: key a.n: expected a whole number, found a text"},
		{get[int](c, "a.q"), ":3:6: key a.q: expected a whole number, found a text"},
		{get[uint](c, "a.neg"), ":4:8: key a.neg: expected a whole number that is not negative, found a whole number"},
		{get[int8](c, "a.big"), ":5:8: key a.big: the number does not fit into int8"},
		{get[int](c, "a.huge"), ":6:9: key a.huge: the number does not fit into int"},
		{get[int](c, "a.f"), ":7:6: key a.f: expected a whole number, found a number"},
		{get[bool](c, "a.yes"), ":8:8: key a.yes: expected true or false, found a text"},
		{get[time.Duration](c, "a.d"), ":9:6: key a.d: expected a duration such as 5s or a number of seconds, found a text"},
		{get[[]int](c, "a.list"), ":10:13: key of a list item: expected a whole number, found a text (item 1 of a.list)"},
		{get[string](c, "a.list"), ":10:9: key a.list: expected a text, found a list"},
		{get[map[string]string](c, "a.map"), ":11:12: key a.map.k: expected a text, found a list"},
		{get[slog.Level](c, "a.level"), ":12:10: key a.level: found a text that is not a valid slog.Level"},
		{get[pool](c, "a.n"), ":2:6: key a.n: expected a mapping, found a text"},
		{get[[]string](c, "a"), ":2:3: key a: expected a list, found a mapping"},
		{get[chan int](c, "a.n"), ":2:6: key a.n: a chan int cannot be configured"},
		{get[map[int]int](c, "a"), ":2:3: key a: a map[int]int cannot be configured: its keys are not strings"},
	} {
		if err := tc.get(); err == nil || err.Error() != file+tc.want {
			t.Errorf("got  %v\nwant %s%s", err, file, tc.want)
		}
	}
	t.Run("variable", func(t *testing.T) {
		t.Setenv("A_N", "secret-ish")
		err := get[int](c, "a.n")()
		if want := "environment variable A_N: key a.n: expected a whole number, found a text"; err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		_, err = config.Or(c, "a.n", 5)
		wantError(t, err, "environment variable A_N")
		wantError(t, get[map[string]int](c, "a.n")(), "environment variable A_N: key a.n: expected a mapping, found a text")
	})
}

func get[T any](c *config.Config, key string) func() error {
	return func() error { _, err := config.Get[T](c, key); return err }
}

func TestBrokenFiles(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for _, n := range []string{"b a", "c b", "d c", "e d", "f e"} {
		to, from, _ := strings.Cut(n, " ")
		bomb += to + ": &" + to + " [" + strings.Repeat("*"+from+",", 10) + "]\n"
	}
	for name, tc := range map[string]struct{ content, want string }{
		"syntax":       {"a: 1\nb: [\n", "config.default.yml:"},
		"tab":          {"a:\n\tb: 1\n", "config.default.yml:2: found character that cannot start any token"},
		"duplicate":    {"a: 1\nb: 2\na: 3\n", "config.default.yml:3:1: key a is already set in line 1"},
		"not a map":    {"- a\n", "config.default.yml:1:1: expected a mapping of keys to values, found a list"},
		"scalar":       {"hello\n", "config.default.yml:1:1: expected a mapping of keys to values, found a text"},
		"two":          {"a: 1\n---\nb: 2\n", "config.default.yml:2:1: found a second document, expected one"},
		"key":          {"? [a]\n: b\n", "config.default.yml:1:3: expected a key, found a list or a mapping"},
		"tag":          {"a: !secret x\n", "config.default.yml:1:4: found an unknown tag: a value that begins with ! needs quotes"},
		"merge":        {"a: &a 1\nb: {<<: *a}\n", "expected a mapping to merge, found a whole number"},
		"alias bomb":   {bomb, "its aliases expand to too much"},
		"no anchor":    {"a: *b\n", "found an alias of no anchor"},
		"self":         {"a: &a {b: *a}\n", "config.default.yml:1:11: the file is too deep or its aliases expand to too much"},
		"control byte": {"a: \x01\n", "config.default.yml: control characters are not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(folder(t, "config.default.yml", tc.content), "")
			wantError(t, err, tc.want)
		})
	}
}

func TestFiles(t *testing.T) {
	c, err := config.Load(t.TempDir(), "")
	if err != nil {
		t.Fatalf("no files at all: %v", err)
	}
	if _, err := config.Get[string](c, "a"); err == nil {
		t.Error("got a value from nowhere")
	}
	for _, content := range []string{"", "# only a comment\n", "~\n"} {
		if c := load(t, "", "config.default.yml", content); c.Has("a") || len(c.Files()) != 1 {
			t.Errorf("%q was not read as an empty file", content)
		}
	}
	_, err = config.Load(folder(t, "config.prod.yaml", "a: 1\n"), "prod")
	wantError(t, err, "config.prod.yaml, expected it to be named ", "config.prod.yml")
	_, err = config.Load(t.TempDir(), "../../etc/x")
	wantError(t, err, `environment name "../../etc/x": expected letters, digits, - and _`)
	dir := folder(t)
	if err := os.Mkdir(filepath.Join(dir, "config.default.yml"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = config.Load(dir, "")
	wantError(t, err, "read configuration: ", "config.default.yml")
}

func FuzzLoad(f *testing.F) {
	f.Add("a: {b: [1, x, ~], c: &c {d: 1}, e: {<<: *c}}\n", "a.b")
	f.Add("a: !!binary aGk=\n", "a")
	f.Add("? [a]\n: b\n", "a")
	f.Add("a: &a [*a]\n", "a.0")
	f.Fuzz(func(t *testing.T, content, key string) {
		c, err := config.Load(folder(t, "config.default.yml", content), "")
		if err != nil {
			return
		}
		x, err := config.Get[any](c, key)
		if (err == nil && x != nil) && !c.Has(key) {
			t.Errorf("Get found what Has does not")
		}
		_, _ = config.Get[database](c, key)
		_, _ = config.Get[[]time.Duration](c, key)
	})
}

func Example() {
	dir, _ := os.MkdirTemp("", "config")
	defer os.RemoveAll(dir)
	_ = os.WriteFile(filepath.Join(dir, "config.default.yml"), []byte("order:\n  maxItems: 20\n"), 0o600)

	c, _ := config.Load(dir, "prod")
	limit, _ := config.Get[int](c, "order.maxItems")
	wait, _ := config.Or(c, "order.wait", 5*time.Second)
	fmt.Println(limit, wait)
	// Output: 20 5s
}

func TestVariablesCanComeFromElsewhere(t *testing.T) {
	t.Setenv("BOOK_PAGE_SIZE", "1")
	dir := folder(t, "config.default.yml", "book: {pageSize: 20, shelf: {name: a}}\n")
	variables := map[string]string{"BOOK_SHELF_NAME": "b", "BOOK_TAGS": `["x","y"]`}
	c, err := config.LoadWith(dir, "", func(name string) (string, bool) { v, ok := variables[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	if n, err := config.Get[int](c, "book.pageSize"); n != 20 || err != nil {
		t.Errorf("pageSize = %d, %v: the process's variable was read", n, err)
	}
	book, err := config.Get[struct {
		PageSize int
		Shelf    struct{ Name string }
		Tags     []string
	}](c, "book")
	if err != nil || book.PageSize != 20 || book.Shelf.Name != "b" || len(book.Tags) != 2 {
		t.Errorf("book = %+v, %v", book, err)
	}
	if !c.Has("book.tags") || c.Has("book.covers") {
		t.Error("Has does not ask where Get does")
	}
}

func TestDefaultsOfComponents(t *testing.T) {
	dir := folder(t, "config.default.yml", "pool: {size: 5}\nname: x\n")
	nobody := func(name string) (string, bool) {
		return map[string]string{"POOL_WAIT": "9s"}[name], name == "POOL_WAIT"
	}
	c, err := config.LoadWith(dir, "", nobody,
		config.Defaults{Name: "example.com/pool/config.default.yml", Content: "pool: {size: 1, wait: 1s, kind: fifo}\n"},
		config.Defaults{Name: "example.com/other/config.default.yml", Content: "pool: {kind: lifo}\nother: 3\n"})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"pool.size": "5", "pool.wait": "9s", "pool.kind": "lifo", "other": "3", "name": "x"} {
		if got, err := config.Get[string](c, key); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %s", key, got, err, want)
		}
	}
	if _, err := config.Get[int](c, "pool.kind"); err == nil || !strings.HasPrefix(err.Error(), "example.com/other/config.default.yml:1:14: ") {
		t.Errorf("got %v", err)
	}
	if got := c.Files(); len(got) != 1 {
		t.Errorf("files %q", got)
	}
	if _, err := config.LoadWith(dir, "", nobody, config.Defaults{Name: "broken.yml", Content: "a: [\n"}); err == nil || !strings.HasPrefix(err.Error(), "broken.yml:") {
		t.Errorf("got %v", err)
	}
}
