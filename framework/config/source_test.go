package config_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
)

func TestSources(t *testing.T) {
	dir := folder(t, "config.default.yml", "order:\n  maxItems: 20\n  tags: [a]\n  none: ~\nempty: {}\n", "config.prod.yml", "order: {name: x,   maxItems: 30}\n")
	c, err := config.LoadWith(dir, "prod", variables("ORDER_NAME", "y", "ORDER_OTHER", ""), config.Defaults{Name: "pool.yml", Content: "pool: {size: 1}\n"})
	if err != nil {
		t.Fatal(err)
	}
	write := func(s config.Source) string {
		if s.File == "" {
			return s.Variable
		}
		return fmt.Sprintf("%s:%d:%d", filepath.Base(s.File), s.Line, s.Column)
	}
	for key, want := range map[string]string{
		"order.maxItems": "config.prod.yml:1:30", "order.tags": "config.default.yml:3:9", "order.name": "ORDER_NAME", "order.other": "ORDER_OTHER",
		"order.none": "", "pool.size": "pool.yml:1:14", "order": "config.prod.yml:1:8", "nowhere.x": "",
	} {
		if got := write(c.Source(key)); got != want {
			t.Errorf("%s is from %q, want %q", key, got, want)
		}
	}
	var all []string
	c.Each(func(key string, s config.Source) bool {
		all = append(all, key+" "+write(s))
		return true
	})
	if got, want := strings.Join(all, "\n"), "pool.size pool.yml:1:14\norder.maxItems config.prod.yml:1:30\norder.tags config.default.yml:3:9\norder.name config.prod.yml:1:15\nempty config.default.yml:5:8"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	first := 0
	c.Each(func(string, config.Source) bool { first++; return false })
	(*config.Config)(nil).Each(func(string, config.Source) bool { t.Error("a key of nothing"); return true })
	if first != 1 || (*config.Config)(nil).Source("order.x") != (config.Source{}) {
		t.Errorf("%d keys were visited", first)
	}
}

func TestRequireBelow(t *testing.T) {
	dir := folder(t, "config.default.yml", "mail: {host: h, user: {name: ~}}\nother: x\n")
	c, err := config.LoadWith(dir, "", variables("TREE_MAIL", `{user: {name: a}, port: 1}`, "TREE_MAIL_HOST", "h", "NOT_A_TREE", "["))
	if err != nil {
		t.Fatal(err)
	}
	for _, c2 := range []struct {
		key, want string
		members   []string
	}{
		{"mail", "", []string{"host"}},
		{"mail", "mail.user.name mail.port", []string{"host", "user.name", "port"}},
		{"tree.mail", "", []string{"host", "user.name", "port"}},
		{"tree.mail", "tree.mail.user.id", []string{"user.id"}},
		{"not.a.tree", "not.a.tree.x", []string{"x"}},
		{"other", "other.x", []string{"x"}},
		{"nowhere.at.all", "nowhere.at.all.x", []string{"x"}},
	} {
		err := c.RequireBelow(c2.key, c2.members...)
		missing, _ := err.(*config.MissingError)
		got := ""
		if missing != nil {
			got = strings.Join(missing.Keys, " ")
		}
		if got != c2.want {
			t.Errorf("%s, %q: missing %q, want %q", c2.key, c2.members, got, c2.want)
		}
	}
	type tree struct{ Host string }
	if err := config.Demand[tree](c, "tree.mail"); err != nil {
		t.Error(err)
	}
	wantError(t, config.Demand[tree](c, "no.where"), "configuration key no.where (or variable NO_WHERE) has no value")
}
