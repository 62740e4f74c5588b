package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
)

func TestParseReference(t *testing.T) {
	store := framework.Store{Scheme: "vault"}
	abs := "/run/secrets/key"
	if filepath.Separator != '/' {
		abs = "C:/secrets/key"
	}
	for text, want := range map[string]struct {
		ref config.Reference
		err string
	}{
		"env:A_1":         {ref: config.Reference{Scheme: "env", Name: "A_1"}},
		"file:a/../b":     {ref: config.Reference{Scheme: "file", Name: "b"}},
		"file:" + abs:     {ref: config.Reference{Scheme: "file", Name: filepath.FromSlash(abs)}},
		"file:a:b":        {ref: config.Reference{Scheme: "file", Name: "a:b"}},
		"vault:shop/db:x": {ref: config.Reference{Scheme: "vault", Name: "shop/db:x"}},

		"":                 {err: "the reference is empty, expected env:NAME, vault:NAME or file:PATH"},
		"hunter2":          {err: "found a text without a scheme, expected a reference: env:NAME, vault:NAME or file:PATH"},
		"ssm:/shop/db":     {err: "found a reference of an unknown scheme, expected env:NAME, vault:NAME or file:PATH"},
		"ENV:A":            {err: "found a reference of an unknown scheme, expected env:NAME, vault:NAME or file:PATH"},
		" env:A":           {err: "found a reference of an unknown scheme, expected env:NAME, vault:NAME or file:PATH"},
		":A":               {err: "found a reference of an unknown scheme, expected env:NAME, vault:NAME or file:PATH"},
		"postgres://a:b@c": {err: "found a reference of an unknown scheme, expected env:NAME, vault:NAME or file:PATH"},
		"env:":             {err: "after env: expected a name of letters, digits and _"},
		"env:1A":           {err: "after env: expected a name of letters, digits and _"},
		"env:A B":          {err: "after env: expected a name of letters, digits and _"},
		"file:":            {err: "after file: expected a path"},
		"file: x":          {err: "after file: expected a path"},
		"file:a\x00b":      {err: "after file: expected a path"},
		"file:../x":        {err: "the path after file: leads out of the code directory: expected one below it, or an absolute one"},
		"vault:":           {err: "after vault: expected a name"},
	} {
		ref, err := config.ParseReference(text, store)
		if ref != want.ref || (err == nil) != (want.err == "") || err != nil && err.Error() != want.err {
			t.Errorf("%q: got %+v, %v, want %+v, %s", text, ref, err, want.ref, want.err)
		}
	}
	if _, err := config.ParseReference("vault:x"); err == nil || err.Error() != "found a reference of an unknown scheme, expected env:NAME or file:PATH" {
		t.Errorf("without the store: %v", err)
	}
}

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{"", "env:A", "env:", "env:a b", "file:", "file:/a/../b", "file:../x", "file:a\x00b", "File:x", "hunter2", "file:.", "vault:x", "vault:", "ssm:/a", "a:b@c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := config.ParseReference(text, framework.Store{Scheme: "vault"})
		if err != nil {
			if r != (config.Reference{}) || len(text) > 12 && strings.Contains(err.Error(), text) {
				t.Fatalf("%+v, or the error shows the text: %v", r, err)
			}
			return
		}
		if !slices.Contains([]string{"env", "file", "vault"}, r.Scheme) || r.Name == "" || !strings.HasPrefix(text, r.Scheme+":") {
			t.Fatalf("%q is %+v", text, r)
		}
		if r.Scheme == "file" && !filepath.IsAbs(r.Name) && !filepath.IsLocal(r.Name) {
			t.Fatalf("%q leads out: %+v", text, r)
		}
		if again, err := config.ParseReference(r.String(), framework.Store{Scheme: "vault"}); err != nil || again != r {
			t.Fatalf("%q is %+v and written %q, which is %+v, %v", text, r, r, again, err)
		}
	})
}

// FuzzVariableIsLiteral: no text of a variable is anything but the secret.
func FuzzVariableIsLiteral(f *testing.F) {
	for _, s := range []string{"env:A", "file:/etc/passwd", "{from: env:A}", "a,b", "[x]", "\n", "~", "null"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.LoadWith(t.TempDir(), "", variables("A_B", text, "A", "wrong"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := config.Get[config.Secret](c, "a.b")
		d, dsnErr := config.Get[config.DSN](c, "a.b")
		if text == "" {
			if err == nil || dsnErr == nil {
				t.Fatal("an empty secret")
			}
		} else if err != nil || s.Reveal() != text || dsnErr != nil || d.Reveal() != text {
			t.Fatalf("%q is %q, %v and %q, %v", text, s.Reveal(), err, d.Reveal(), dsnErr)
		}
	})
}

// A reference may be to a value of any type.
func TestReferencesToWhatIsNoSecret(t *testing.T) {
	dir := folder(t, "config.default.yml", "order: {maxItems: 20, mail: {host: h, from: f}, limits: {from: 1, to: 2}}\n", "max", "30\n", "mail.yml", "{host: x, port: 3}\n")
	type address struct {
		Host string
		From string
		Port int
	}
	type host struct {
		Host string
		Port int
	}
	env := variables("ORDER_MAX_ITEMS_FROM", "file:max", "ORDER_TAGS_FROM", "env:TAGS", "TAGS", "a,b", "ORDER_WAIT_FROM", "env:WAIT", "WAIT", "5s",
		"ORDER_BAD_FROM", "env:TAGS", "CONFIG_PATH_FROM", "env:WAIT", "ORDER_MAIL_FROM", "a@example.com", "ORDER_LIMITS_FROM", "7",
		"ORDER_HOST_FROM", "file:mail.yml", "ORDER_HOST_PORT_FROM", "file:max")
	c, err := config.LoadWith(dir, "", env)
	if err != nil {
		t.Fatal(err)
	}
	want(t, c, "order.maxItems", 30)
	want(t, c, "order.tags", []string{"a", "b"})
	want(t, c, "order.wait", 5*time.Second)
	want(t, c, "path", "5s")
	want(t, c, "order.host", host{"x", 30})
	// What is the variable of a member does not refer to the whole.
	want(t, c, "order.mail", address{"h", "a@example.com", 0})
	want(t, c, "order.mail", &address{"h", "a@example.com", 0})
	want(t, c, "order.mail.from", "a@example.com")
	want(t, c, "order.limits", map[string]int{"from": 7, "to": 2})
	want(t, c, "order.limits", any(map[string]any{"from": "7", "to": int64(2)}))
	_, err = config.Get[int](c, "order.bad")
	wantError(t, err, "environment variable ORDER_BAD_FROM: key order.bad: expected a whole number, found a text")
	for key, want := range map[string]config.Source{
		"order.maxItems": {Variable: "ORDER_MAX_ITEMS_FROM"}, "order.tags": {Variable: "ORDER_TAGS_FROM"}, "order.mail.from": {Variable: "ORDER_MAIL_FROM"},
	} {
		if got := c.Source(key); got != want || !c.Has(key) {
			t.Errorf("%s is from %+v", key, got)
		}
	}
	if s := c.Source("order.mail"); s.Variable != "" || s.Line != 1 {
		t.Errorf("the struct is from %+v", s)
	}
	if err := c.RequireBelow("order.mail", "from", "host"); err != nil {
		t.Error(err)
	}
	if err := c.RequireBelow("order.host", "host", "port"); err != nil {
		t.Error(err)
	}
	wantError(t, c.RequireBelow("order.host", "name"), "order.host.name")
	if err := c.Inspect("order.maxItems", reflect.TypeFor[int]()); err != nil {
		t.Errorf("it looked at the environment: %v", err)
	}
}

// What main hands over is read like what the configuration knows itself.
func TestStores(t *testing.T) {
	dir := folder(t, "config.default.yml", "shop: {key: {from: vault:shop/key}, other: {from: ssm:/x}}\n")
	var reads []string
	vault := framework.Store{Scheme: "vault", Read: func(name string) (string, error) {
		reads = append(reads, name)
		switch name {
		case "none":
			return "", nil
		case "away":
			return "", errors.New("the vault is closed")
		}
		return "env:" + name, nil
	}}
	env := only{"SHOP_SIZE_FROM": "vault:size", "SHOP_NONE_FROM": "vault:none", "SHOP_AWAY_FROM": "vault:away"}
	var o config.Once
	c, err := o.Load(&framework.Runtime{CodeDir: dir, Variables: env, Stores: []framework.Store{vault}})
	if err != nil || reads != nil {
		t.Fatal(reads, err)
	}
	for key, want := range map[string]string{"shop.key": "env:shop/key", "shop.size": "env:size"} {
		if s, err := config.Get[config.Secret](c, key); err != nil || s.Reveal() != want {
			t.Errorf("%s is %q, %v", key, s.Reveal(), err)
		}
	}
	for key, want := range map[string]string{
		"shop.none":  "environment variable SHOP_NONE_FROM: key shop.none: vault:none: the text is empty",
		"shop.away":  "environment variable SHOP_AWAY_FROM: key shop.away: vault:away: the vault is closed",
		"shop.other": filepath.Join(dir, "config.default.yml") + ":1:44: key shop.other: found a reference of an unknown scheme, expected env:NAME, vault:NAME or file:PATH",
	} {
		if _, err := config.Get[config.Secret](c, key); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", key, err, want)
		}
	}
}

type only map[string]string

func (o only) LookupEnv(name string) (string, bool) { v, ok := o[name]; return v, ok }

// A DSN is a DSN, however it begins, and may stand in a file as long as no password is in it.
func TestDSN(t *testing.T) {
	dir := folder(t, "config.default.yml", `db:
  sqlite: file:/x/app.db
  sqlite2: file:app.db?_pragma=busy_timeout(5000)&mode=rwc
  memory: ":memory:"
  env: env:NAME
  socket: "user=shop host=/run/postgresql dbname=shop"
  url: postgres://db.internal:5432/shop?sslmode=verify-full
  password: postgres://shop:hunter2@db/shop
  user: shop@tcp(db:3306)/shop
  pairs: host=db user=shop password=hunter2
  pwd: "Server=db;Pwd=hunter2"
  ref: {from: env:DB}
  list: [a]
  map: {a: b}
`)
	c, err := config.LoadWith(dir, "", variables("DB", "file:/from/env.db", "DB_VARIABLE", "postgres://shop:hunter2@db/shop", "DB_SET_FROM", "env:DB", "DB_LIST_FROM", "env:DB"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"db.sqlite": "file:/x/app.db", "db.sqlite2": "file:app.db?_pragma=busy_timeout(5000)&mode=rwc", "db.memory": ":memory:", "db.env": "env:NAME",
		"db.socket": "user=shop host=/run/postgresql dbname=shop", "db.url": "postgres://db.internal:5432/shop?sslmode=verify-full",
		"db.ref": "file:/from/env.db", "db.variable": "postgres://shop:hunter2@db/shop", "db.set": "file:/from/env.db",
	} {
		if d, err := config.Get[config.DSN](c, key); err != nil || d.Reveal() != want {
			t.Errorf("%s is %q, %v", key, d.Reveal(), err)
		}
		if err := c.Inspect(key, reflect.TypeFor[config.DSN]()); err != nil {
			t.Error(err)
		}
	}
	for _, key := range []string{"db.password", "db.user", "db.pairs", "db.pwd"} {
		_, err := config.Get[config.DSN](c, key)
		wantError(t, err, "config.default.yml:", "key "+key+": there may be a password in the DSN, which has an @ or an option such as key=: found a secret itself, expected a reference: {from: env:NAME}")
		if !errors.Is(err, config.ErrSecretInFile) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", key, err)
		}
	}
	_, err = config.Get[config.DSN](c, "db.map")
	wantError(t, err, "expected a reference to a secret")
	if d, err := config.OrText[config.DSN](c, "db.none", "file:default.db"); err != nil || d.Reveal() != "file:default.db" {
		t.Errorf("by default: %q, %v", d.Reveal(), err)
	}
	if got := config.NewDSN("file:x").String(); got != "[secret]" {
		t.Errorf("printed as %s", got)
	}
}

func TestDSNInAFile(t *testing.T) {
	for dsn, want := range map[string]bool{
		"file:/x/app.db": true, "file:signup.db?_pragma=foreign_keys(on)&_pragma=busy_timeout(5000)": true, "/secrets/compass.db": true, ":memory:": true,
		"tcp(db:3306)/keys?parseTime=true": true, "host=db user=shop": true, "sqlserver://db:1433?database=tokens": true, "app.db?_foreign_keys=1": true,
		"": false, "shop:x@tcp(db)/shop": false, "host=db PASSWORD = x": false, "Server=db;Pwd=x": false, "app.db?_pragma=key('x')": false, "libsql://db?authToken=x": false,
		"app.db?_pragma_key=x": false, `{"password": "x"}`: false, "https://db/?sig=x": false, "file:passes.db?passphrase=x": false, "app.db?_auth_pass=x": false,
		"Endpoint=sb://x;SharedAccessKey=x": false,
	} {
		c, err := (*config.Config)(nil).Overlay("f.yml", map[string]string{"db.dsn": strconv.Quote(dsn)})
		if err != nil {
			t.Fatal(err)
		}
		if d, err := config.Get[config.DSN](c, "db.dsn"); (err == nil) != want || want && d.Reveal() != dsn {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

// A file that cannot be read says so, and nothing of what is in others.
func TestReferenceToAFileWithoutPermission(t *testing.T) {
	dir := folder(t, "config.default.yml", "a: 1\n", "closed", hunter)
	if err := os.Chmod(filepath.Join(dir, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(filepath.Join(dir, "closed")); err == nil {
		_ = f.Close()
		t.Skip("this user may read everything")
	}
	c, err := config.LoadWith(dir, "", variables("S_X_FROM", "file:closed"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Get[string](c, "s.x")
	wantError(t, err, "environment variable S_X_FROM: key s.x: file:closed: ")
	if strings.Contains(err.Error(), hunter) {
		t.Errorf("it shows the secret: %v", err)
	}
}
