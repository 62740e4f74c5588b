package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
)

type environment map[string]string

func (e environment) LookupEnv(name string) (string, bool) { text, ok := e[name]; return text, ok }

func TestStandIn(t *testing.T) {
	const file = "auth: {token: hunter2}\ndb:\n  dsn: postgres://u:hunter3@h/d\n  key: {from: env:KEY}\nmax.items: 7\nempty: {token: ''}\n"
	type db struct {
		DSN config.DSN
		Key config.Secret
	}
	load := func(standIn bool, env string, v environment) *config.Config {
		t.Helper()
		var once config.Once
		dir := folder(t, "secrets.local.yml", file, "config.default.yml", "max: {items: 3}\n")
		c, err := once.Load(&framework.Runtime{StandIn: standIn, Env: env, CodeDir: dir, Variables: v})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := load(true, "local", environment{"KEY": "k"})
	if s, err := config.Get[config.Secret](c, "auth.token"); err != nil || s.Reveal() != "hunter2" {
		t.Errorf("%v", err)
	}
	if d, err := config.Get[db](c, "db"); err != nil || d.DSN.Reveal() != "postgres://u:hunter3@h/d" || d.Key.Reveal() != "k" {
		t.Errorf("%v", err)
	}
	if n, err := config.Get[int](c, "max.items"); err != nil || n != 7 {
		t.Errorf("%d, %v", n, err)
	}
	if s, err := config.Get[config.Secret](load(true, "local", environment{"AUTH_TOKEN": "variable"}), "auth.token"); err != nil || s.Reveal() != "variable" {
		t.Errorf("the variable does not win: %v", err)
	}
	if _, err := config.Get[config.Secret](c, "empty.token"); err == nil || !strings.Contains(err.Error(), "secrets.local.yml:6:16: key empty.token: the secret is empty") {
		t.Errorf("%v", err)
	}
	if _, err := config.Get[config.Secret](c, "auth"); err == nil || strings.Contains(err.Error(), "hunter") {
		t.Errorf("%v", err)
	}
	for name, c := range map[string]*config.Config{"a cloud": load(false, "local", nil), "another environment": load(true, "prod", nil)} {
		if _, err := config.Get[config.Secret](c, "auth.token"); err == nil {
			t.Errorf("the file stands in on %s", name)
		}
	}
	_, err := config.Get[config.Secret](load(true, "prod", nil), "auth.token")
	if _, ok := errors.AsType[*config.MissingError](err); !ok || !strings.HasSuffix(err.Error(), "secrets.prod.yml") {
		t.Errorf("found %v, expected the name of the file that is not there", err)
	}
	if _, err = config.Get[string](load(true, "prod", nil), "name"); err == nil || strings.Contains(err.Error(), "secrets.prod.yml") {
		t.Errorf("found %v for what is no secret", err)
	}
}

// A file that cannot be read is an error that shows nothing of it.
func TestStandInWrong(t *testing.T) {
	for _, file := range []string{"auth: {token: hunter2\n", "- hunter2\n", "auth: [hunter2]\nauth: hunter2\n", "hunter2", "a: &x hunter2\n<<: *x\n", "a: *hunter2\n", "a: !!binary hunter2: b\n"} {
		var once config.Once
		_, err := once.Load(&framework.Runtime{StandIn: true, Env: "local", CodeDir: folder(t, "secrets.local.yml", file)})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", file, err)
		}
	}
}
