package config_test

import (
	"reflect"
	"strconv"
	"sync"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
)

func TestOverlay(t *testing.T) {
	dir := folder(t, "config.default.yml", "order: {maxItems: 20, tags: {a: 1, b: 2}, list: [1], name: x}\n", "config.prod.yml", "order: {name: y, maxItems: 30}\n")
	c, err := config.LoadWith(dir, "prod", variables("ORDER_WAIT", "5s", "PW", "p"))
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Overlay("f.yml", map[string]string{
		"order.maxItems": "5", "order.tags": "{b: 3, c: 4}", "order.list": "[7, 8]", "order.wait": "1s", "order.new.deep": `"text"`, "order.pw.from": "env:PW",
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, o, "order.maxItems", 5)
	want(t, o, "order.tags", map[string]int{"a": 1, "b": 3, "c": 4})
	want(t, o, "order.list", []int{7, 8})
	want(t, o, "order.wait", "5s") // the variable wins
	want(t, o, "order.new.deep", "text")
	want(t, o, "order.name", "y")
	want(t, c, "order.maxItems", 30)
	want(t, c, "order.tags", map[string]int{"a": 1, "b": 2})
	if s, err := config.Get[config.Secret](o, "order.pw"); err != nil || s.Reveal() != "p" {
		t.Errorf("secret: %v", err)
	}
	_, err = config.Get[bool](o, "order.maxItems")
	wantError(t, err, "f.yml: key order.maxItems: expected true or false, found a whole number")
	if n, err := (*config.Config)(nil).Overlay("f.yml", map[string]string{"a.b": "1"}); err != nil {
		t.Error(err)
	} else {
		want(t, n, "a.b", 1)
	}
	for _, text := range []string{"", "[", "{a: 1, a: 2}", "!x 1"} {
		if _, err := c.Overlay("f.yml", map[string]string{"a.b": text}); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// What is written in an item of a list and has no field is a mistake: it has no other reader.
func TestUnknownMembersOfListItems(t *testing.T) {
	type base struct{ Idle int }
	type host struct {
		Name string
		Port int `yaml:"p"`
		base
		Skipped int `yaml:"-"`
	}
	c := load(t, "", "config.default.yml", "a:\n  good: [{NAME: a, p: 1, idle: 3}, {}]\n  bad:\n    - {name: a}\n    - {p: 1,\n       port: 2}\n  skipped: [{skipped: 1}]\n  alone: {port: 2}\n")
	want(t, c, "a.good", []host{{Name: "a", Port: 1, base: base{3}}, {}})
	_, err := config.Get[[]host](c, "a.bad")
	wantError(t, err, "config.default.yml:6:14: unknown key port of a list item, expected one of name, p, idle (item 1 of a.bad)")
	_, err = config.Get[[]*host](c, "a.skipped")
	wantError(t, err, "config.default.yml:7:23: unknown key skipped of a list item")
	if _, err := config.Get[host](c, "a.alone"); err != nil {
		t.Error(err)
	}
}

func TestInspect(t *testing.T) {
	t.Setenv("A_N", "7") // which the place where it runs need not have
	c, err := (*config.Config)(nil).Overlay("f.yml", map[string]string{"a.ref": "{from: env:NOT_SET}", "a.literal": "hunter2", "a.n": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Inspect("a.ref", reflect.TypeFor[config.Secret]()); err != nil {
		t.Errorf("the reference was followed: %v", err)
	}
	if err := c.Inspect("a.absent", reflect.TypeFor[int]()); err != nil {
		t.Error(err)
	}
	wantError(t, c.Inspect("a.literal", reflect.TypeFor[config.Secret]()), "f.yml: key a.literal: found a secret itself")
	wantError(t, c.Inspect("a.n", reflect.TypeFor[int]()), "f.yml: key a.n: expected a whole number, found a text")
	if _, err := config.Get[config.Secret](c, "a.ref"); err == nil {
		t.Error("Inspect changed the configuration")
	}
	if err := (*config.Config)(nil).Inspect("a.b", reflect.TypeFor[int]()); err != nil {
		t.Error(err)
	}
}

// Functions with values of their own share the files beneath. Run it with -race.
func TestOverlaysShareTheirFiles(t *testing.T) {
	c, err := config.LoadWith(folder(t, "config.default.yml", "order: {max: 1, tags: [a], in: {x: 1}}\n"), "", variables("ORDER_LIST", "[1, 2]"))
	if err != nil {
		t.Fatal(err)
	}
	type order struct {
		Max  int
		Tags []string
		List []int
		In   map[string]int
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			own, err := c.Overlay("f.yml", map[string]string{"order.max": strconv.Itoa(i + 2), "order.in.y": "2"})
			if err != nil {
				t.Error(err)
				return
			}
			for below, want := range map[*config.Config][2]int{c: {1, 1}, own: {i + 2, 2}} {
				got, err := config.Get[order](below, "order")
				if err != nil || got.Max != want[0] || len(got.In) != want[1] || len(got.Tags) != 1 || len(got.List) != 2 {
					t.Errorf("got %+v, %v", got, err)
				}
				got.Tags[0], got.In["x"] = "mine", 7 // is the caller's
			}
		})
	}
	wg.Wait()
}
