package gen_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// A secret in a configuration file, of whatever environment, does not get into a package, and its text not into a message.
func TestBuildRefusesSecretsInFiles(t *testing.T) {
	b := newBuilt(t)
	apptest.Write(t, b.dir, map[string]string{
		"one/mail.go": `package one

import "github.com/faasgen/faasgen/framework/config"

// Mail is configured.
type Mail struct {
	Port     int
	Password config.Secret
	Relays   []struct{ Key config.Secret }
}

// Sender has the key of the mail and its own.
type Sender struct {
	Mail Mail          //faas:config key=mail
	Key  config.Secret //faas:config key=key default="{from: env:KEY}"
}

// Send sends.
//
//faas:handler
//faas:raw
func (s *Sender) Send() {}
`,
		"one/config.default.yml": "key: hunter2\nmail: {port: x, password: hunter2}\n",
		"one/config.prod.yml":    "key: {from: env:KEY}\nmail:\n  password: {from: file:/run/secrets/mail}\n  relays: [{key: {from: env:A}}, {key: hunter2}]\n",
		"one/config.test.yml":    "mail: {password: {from: env:MAIL}}\n",
	})
	made, err := b.try(gen.BuildOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := made.Diagnostics.Render(b.dir)
	want := []string{"one/config.default.yml:1:6: key key: found", "one/config.default.yml:2:14: key mail.port: expected a whole number", "one/config.default.yml:2:27: key mail.password: found", "one/config.prod.yml:4:40: key of a list item: found"}
	for _, w := range want {
		if strings.Count(got, w) != 1 {
			t.Errorf("expected %s once", w)
		}
	}
	if len(made.Diagnostics) != len(want) || !made.Diagnostics.Failed() || strings.Contains(got, "hunter2") {
		t.Errorf("got %s", got)
	}
	if found, _ := filepath.Glob(filepath.Join(made.Dir, "*")); len(found) > 0 {
		t.Errorf("it made %v", found)
	}
}
