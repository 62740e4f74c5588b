//go:build linux

package main_test

// vault has secrets of every kind, and shows them wherever it can.
const vault = `// Package vault does its worst with secrets.
package vault

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/faasgen/faasgen/framework/config"
)

// Desk has secrets of every kind.
type Desk struct {
	Store     config.Secret //faas:config key=vault.store
	Member    config.Secret //faas:config key=vault.member
	DSN       config.DSN    //faas:config key=vault.dsn
	Elsewhere config.Secret //faas:config key=vault.elsewhere
	File      config.Secret //faas:config key=vault.file
	Variable  config.Secret //faas:config key=vault.variable default=""
	Dotenv    config.Secret //faas:config key=vault.dotenv default=""
	Log       *slog.Logger  //faas:inject
}

func (d *Desk) show() string {
	d.Log.Error("shown", "store", d.Store, "desk", fmt.Sprintf("%v %+v %#v %q %x", d.Member, d, *d, d.File, d.Variable), "dsn", d.DSN)
	fmt.Println(d.Store, d.Member, d.DSN, *d)
	return fmt.Sprint(d.Store, d.Elsewhere, *d)
}

// Show shows all of them, and how many there are.
//
//faas:handler
//faas:http GET /vault
func (d *Desk) Show() map[string]any {
	found := 0
	for _, s := range []string{d.Store.Reveal(), d.Member.Reveal(), d.DSN.Reveal(), d.Elsewhere.Reveal(), d.File.Reveal(), d.Variable.Reveal() + d.Dotenv.Reveal()} {
		if len(s) > 20 {
			found++
		}
	}
	if d.Dotenv.Reveal() != "" {
		found++
	}
	return map[string]any{"found": found, "store": d.Store, "dsn": d.DSN, "text": d.show()}
}

// Fail fails with them.
//
//faas:handler
//faas:http GET /vault/fail
func (d *Desk) Fail() error { return errors.New(d.show()) }

// Panic panics with them.
//
//faas:handler
//faas:http GET /vault/panic
func (d *Desk) Panic() error { panic(d.show()) }

// Sized reads a number, in place of which there is a secret.
type Sized struct {
	Size int //faas:config key=vault.size
}

// Broken cannot start.
//
//faas:handler
//faas:http GET /vault/broken
func (s *Sized) Broken() int { return s.Size }
`

const vaultTest = `package vault_test

import (
	"testing"

	"github.com/faasgen/faasgen/examples/bookstore/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework/faastest"
)

func TestVault(t *testing.T) {
	a := faastest.Start(t, app.New, faastest.Dir(".."))
	for _, path := range []string{"/vault", "/vault/fail", "/vault/panic", "/vault/broken"} {
		w := a.Do("GET", path, "")
		t.Errorf("%s: %d %s", path, w.Code, w.Body)
	}
}
`

// awsTool stands in for the AWS CLI: it shows the value that it gets wherever it can, and keeps it where only it looks.
const awsTool = `#!/bin/sh
for last; do :; done
case "$1 $2" in
"ssm describe-parameters") printf '{"Parameters":[{"Name":"/shop/store","Type":"SecureString","Version":%s}]}' "$(cat $STORE/version)"; exit ;;
"secretsmanager describe-secret") cat "$STORE/input"; cat "$STORE/input" >&2; exit 254 ;;
"ssm put-parameter") cp "${last#file://}" "$STORE/input"; echo 2 >$STORE/version; cat "$STORE/input"; cat "$STORE/input" >&2; exit ;;
esac
exit 254
`
