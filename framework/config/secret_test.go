package config_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/framework/config"
)

const hunter = "hunter2-in-the-clear"

// variables is a lookup of its own.
func variables(pairs ...string) func(string) (string, bool) {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}

func TestSecretNeverPrints(t *testing.T) {
	type inside struct {
		Open   config.Secret
		hidden config.Secret
		List   []config.Secret
		Map    map[string]*config.Secret
	}
	type embedded struct{ config.Secret }
	s := config.NewSecret(hunter)
	values := map[string]any{
		"value": s, "pointer": &s, "struct": inside{s, s, []config.Secret{s}, map[string]*config.Secret{"a": &s}}, "embedded": embedded{s}, "dsn": config.NewDSN(hunter),
		"list": []config.Secret{s}, "any": []any{s, &s}, "key": map[config.Secret]int{s: 1}, "array": [1]config.Secret{s}, "unexported": inside{hidden: s},
	}
	for name, v := range values {
		var seen []string
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp!" {
			for _, flags := range []string{"", "+", "#", "-30", "0", " ", "+#30.5"} {
				seen = append(seen, fmt.Sprintf("%"+flags+string(verb), v))
			}
		}
		seen = append(seen, fmt.Sprint(v), fmt.Errorf("x: %v", v).Error())
		for _, marshal := range []func(any) ([]byte, error){json.Marshal, xml.Marshal, yaml.Marshal} {
			b, _ := marshal(v) // maps with such keys have no XML
			seen = append(seen, string(b))
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("m", "a", v, slog.Group("g", "b", v))
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "a", v)
		seen = append(seen, log.String())
		hex := fmt.Sprintf("%x", hunter)
		for _, text := range seen {
			if strings.Contains(text, hunter) || strings.Contains(strings.ToLower(text), hex) {
				t.Errorf("%s shows the secret: %s", name, text)
			}
		}
	}
	for _, got := range []string{fmt.Sprint(s), fmt.Sprintf("%q", s), fmt.Sprintf("%#v", s), fmt.Sprintf("%d", &s), s.String(), s.GoString()} {
		if got != "[secret]" {
			t.Errorf("printed as %s", got)
		}
	}
	if b, err := json.Marshal(map[string]any{"a": s}); string(b) != `{"a":"[secret]"}` || err != nil {
		t.Errorf("JSON: %s, %v", b, err)
	}
	if b, err := yaml.Marshal(map[string]any{"a": s}); string(b) != "a: '[secret]'\n" || err != nil {
		t.Errorf("YAML: %s, %v", b, err)
	}
}

func TestSecretCompares(t *testing.T) {
	a, b, zero := config.NewSecret("a"), config.NewSecret("a"), config.NewSecret("")
	if !a.Equal(b) || a.Equal(zero) || zero.Equal(a) || !zero.Equal(config.Secret{}) || a.Equal(config.NewSecret("b")) {
		t.Error("Equal is wrong")
	}
	if !a.Is("a") || a.Is("b") || a.Is("") || zero.Is("") || zero.Is("a") {
		t.Error("Is is wrong")
	}
	if a.IsZero() || !zero.IsZero() || a.Reveal() != "a" || zero.Reveal() != "" {
		t.Error("IsZero or Reveal is wrong")
	}
}

type mail struct {
	Host     string
	Password config.Secret
	Optional config.Secret
	Keys     []config.Secret
	Named    map[string]config.Secret
	Pointer  *config.Secret
}

func TestSecretIsRead(t *testing.T) {
	dir := folder(t, "config.default.yml", `
mail: {host: h, password: {from: env:MAIL_PW}, keys: [{from: env:KEY_1}, {from: file:keys/two}], named: {a: {from: file:keys/../keys/two}}, pointer: {from: env:KEY_1}}
order: {key: {from: file:`+filepath.ToSlash(filepath.Join(t.TempDir(), "none"))+`}, mapped: {from: env:MAIL_PW}}
`)
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("keys/two", "two\nlines\r\n")
	write("lf", "lf\n\n")
	write("long", strings.Repeat("x", 64<<10))
	env := variables("MAIL_PW", hunter, "KEY_1", "one", "ORDER_PLAIN", "plain", "ORDER_VARIABLE_FROM", "env:KEY_1", "ORDER_FILE_FROM", "file:lf", "ORDER_LONG_FROM", "file:long",
		"ORDER_LITERAL", "env:KEY_1", "ORDER_PATH", "file:lf", "ORDER_MAPPING", "{from: env:KEY_1}",
		"ORDER_ABSOLUTE_FROM", "file:"+filepath.Join(dir, "keys", "two"), "ORDER_NESTED_FROM", "env:ORDER_LITERAL", "ORDER_LIST", "a, env:KEY_1", "ORDER_TREE", `{"password": "env:KEY_1"}`)
	c, err := config.LoadWith(dir, "", env)
	if err != nil {
		t.Fatal(err)
	}
	m, err := config.Get[mail](c, "mail")
	if err != nil {
		t.Fatal(err)
	}
	if m.Password.Reveal() != hunter || !m.Optional.IsZero() || m.Keys[0].Reveal() != "one" || m.Keys[1].Reveal() != "two\nlines" ||
		m.Named["a"].Reveal() != "two\nlines" || m.Pointer.Reveal() != "one" {
		t.Errorf("some are wrong: %q", []string{m.Password.Reveal(), m.Keys[0].Reveal(), m.Keys[1].Reveal(), m.Named["a"].Reveal(), m.Pointer.Reveal()})
	}
	for key, want := range map[string]string{
		"order.mapped": hunter, "order.plain": "plain", "order.variable": "one", "order.file": "lf\n", "order.absolute": "two\nlines",
		"order.literal": "env:KEY_1", "order.path": "file:lf", "order.mapping": "{from: env:KEY_1}", // which is text as any other
		"order.nested": "env:KEY_1", "order.long": strings.Repeat("x", 64<<10),
	} {
		if s, err := config.Get[config.Secret](c, key); err != nil || s.Reveal() != want {
			t.Errorf("%s: %q, %v", key, s.Reveal(), err)
		}
	}
	if list, err := config.Get[[]config.Secret](c, "order.list"); err != nil || len(list) != 2 || list[0].Reveal() != "a" || list[1].Reveal() != "env:KEY_1" {
		t.Errorf("a list in a variable: %d, %v", len(list), err)
	}
	if m, err := config.Get[mail](c, "order.tree"); err != nil || m.Password.Reveal() != "env:KEY_1" {
		t.Errorf("a struct in a variable: %v", err)
	}
	if s, err := config.OrText[config.Secret](c, "order.absent", "{from: env:KEY_1}"); err != nil || s.Reveal() != "one" {
		t.Errorf("by default: %q, %v", s.Reveal(), err)
	}
	if s, err := config.Or(c, "order.absent", config.NewSecret("x")); err != nil || s.Reveal() != "x" {
		t.Errorf("Or: %q, %v", s.Reveal(), err)
	}
	if err := config.Check[mail](c, "mail", ""); err != nil {
		t.Error(err)
	}
	if err := config.Check[config.Secret](c, "order.absent", ""); err != nil {
		t.Errorf("Check of what is missing: %v", err)
	}
	if err := config.Check[config.Secret](c, "order.absent", "{from: env:KEY_1}"); err != nil {
		t.Errorf("Check of a default: %v", err)
	}
	wantError(t, config.Check[config.Secret](c, "order.absent", "{from: env:KEY_2}"), "default value: key order.absent: env:KEY_2: the environment variable is not set")
}

func TestSecretErrorsNameTheReferenceAndNeverTheText(t *testing.T) {
	dir := folder(t, "config.default.yml", `s:
  literal: `+hunter+`
  number: 4711
  absent: {from: env:NOT_SET}
  empty: {from: env:EMPTY}
  name: {from: env:hunter2 in}
  none: {from: "env:"}
  path: {from: "file: x"}
  file: {from: file:not/there}
  out: {from: file:../`+hunter+`}
  folder: {from: file:keys}
  large: {from: file:large}
  blank: {from: file:blank}
  map: {a: b}
  list: [{from: env:SET}, `+hunter+`]
  old: env:SET
  path2: file:/`+hunter+`
  many: {from: env:SET, to: x}
  deep: {from: {a: `+hunter+`}}
  nothing: {from: ~}
  scheme: {from: "`+hunter+`:x"}
  plain: {from: `+hunter+`}
  sequence: [a]
`, "large", strings.Repeat(hunter, 4000), "blank", "\n")
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := config.LoadWith(dir, "", variables("EMPTY", "", "SET", "x", "S_VARIABLE", "", "S_BAD_FROM", "env:"+hunter, "S_TREE", `{"password": [`+hunter+`]}`,
		"S_FROM_NOTHING_FROM", "", "S_FROM_SCHEME_FROM", hunter+":x", "S_FROM_TEXT_FROM", hunter, "S_FROM_ABSENT_FROM", "env:NOT_SET", "S_FROM_FILE_FROM", "file:not/there",
		"S_BOTH", hunter, "S_BOTH_FROM", "env:SET"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.default.yml")
	for key, want := range map[string]string{
		"s.literal":  file + ":2:12: key s.literal: found a secret itself, expected a reference: {from: env:NAME} or {from: file:PATH}",
		"s.number":   file + ":3:11: key s.number: found a secret itself, expected a reference: {from: env:NAME} or {from: file:PATH}",
		"s.absent":   file + ":4:11: key s.absent: env:NOT_SET: the environment variable is not set",
		"s.empty":    file + ":5:10: key s.empty: env:EMPTY: the environment variable is empty",
		"s.name":     file + ":6:9: key s.name: after env: expected a name of letters, digits and _",
		"s.none":     file + ":7:9: key s.none: after env: expected a name of letters, digits and _",
		"s.path":     file + ":8:9: key s.path: after file: expected a path",
		"s.file":     file + ":9:9: key s.file: file:not/there: there is no file " + filepath.Join(dir, "not", "there"),
		"s.out":      file + ":10:8: key s.out: the path after file: leads out of the code directory: expected one below it, or an absolute one",
		"s.folder":   file + ":11:11: key s.folder: file:keys: " + filepath.Join(dir, "keys") + " is not a regular file",
		"s.large":    file + ":12:10: key s.large: file:large: " + filepath.Join(dir, "large") + " has more than 64 KiB",
		"s.blank":    file + ":13:10: key s.blank: file:blank: the file is empty",
		"s.map":      file + ":14:8: key s.map: expected a reference to a secret, {from: env:NAME} or {from: file:PATH}, found a mapping",
		"s.old":      file + ":16:8: key s.old: found a secret itself, expected a reference: {from: env:NAME} or {from: file:PATH}",
		"s.path2":    file + ":17:10: key s.path2: found a secret itself, expected a reference: {from: env:NAME} or {from: file:PATH}",
		"s.many":     file + ":18:9: key s.many: expected a reference to a secret, {from: env:NAME} or {from: file:PATH}, found a mapping",
		"s.deep":     file + ":19:9: key s.deep: expected a reference to a secret, {from: env:NAME} or {from: file:PATH}, found a mapping",
		"s.nothing":  file + ":20:12: key s.nothing: the reference is empty, expected env:NAME or file:PATH",
		"s.scheme":   file + ":21:11: key s.scheme: found a reference of an unknown scheme, expected env:NAME or file:PATH",
		"s.plain":    file + ":22:10: key s.plain: found a text without a scheme, expected a reference: env:NAME or file:PATH",
		"s.sequence": file + ":23:13: key s.sequence: expected a reference to a secret, {from: env:NAME} or {from: file:PATH}, found a list",

		"s.from.nothing": "environment variable S_FROM_NOTHING_FROM: key s.from.nothing: the reference is empty, expected env:NAME or file:PATH",
		"s.from.scheme":  "environment variable S_FROM_SCHEME_FROM: key s.from.scheme: found a reference of an unknown scheme, expected env:NAME or file:PATH",
		"s.from.text":    "environment variable S_FROM_TEXT_FROM: key s.from.text: found a text without a scheme, expected a reference: env:NAME or file:PATH",
		"s.from.absent":  "environment variable S_FROM_ABSENT_FROM: key s.from.absent: env:NOT_SET: the environment variable is not set",
		"s.from.file":    "environment variable S_FROM_FILE_FROM: key s.from.file: file:not/there: there is no file " + filepath.Join(dir, "not", "there"),
		"s.both":         "key s.both: found environment variables S_BOTH and S_BOTH_FROM, expected one of them",
		"s.variable":     "environment variable S_VARIABLE: key s.variable: the secret is empty",
		"s.bad":          "environment variable S_BAD_FROM: key s.bad: after env: expected a name of letters, digits and _",
	} {
		_, err := config.Get[config.Secret](c, key)
		if err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", key, err, want)
		}
		if check := config.Check[*config.Secret](c, key, "{from: env:KEY}"); check == nil || check.Error() != want {
			t.Errorf("Check of %s: %v", key, check)
		}
	}
	_, err = config.Get[[]config.Secret](c, "s.list")
	wantError(t, err, file+":15:27: key of a list item: found a secret itself", "(item 1 of s.list)")
	_, err = config.Get[mail](c, "s.tree")
	wantError(t, err, "environment variable S_TREE: key s.tree.password: expected the text of a secret, found a list")
	if strings.Contains(err.Error(), hunter) {
		t.Errorf("the error shows the secret: %v", err)
	}
	_, err = config.OrText[config.Secret](c, "x.y", hunter)
	wantError(t, err, "default value: key x.y: found a secret itself")
	_, err = config.OrText[config.Secret](c, "x.y", "{from: env:NOT_SET}")
	wantError(t, err, "default value: key x.y: env:NOT_SET: the environment variable is not set")
}

func ExampleSecret() {
	dir, _ := os.MkdirTemp("", "config")
	defer os.RemoveAll(dir)
	_ = os.WriteFile(filepath.Join(dir, "config.default.yml"), []byte("mail:\n  host: mail.example.com\n  password: {from: env:MAIL_PASSWORD_PROD}\n"), 0o600)

	type mail struct {
		Host     string
		Password config.Secret
	}
	c, _ := config.LoadWith(dir, "prod", func(name string) (string, bool) {
		return "pass phrase", name == "MAIL_PASSWORD_PROD"
	})
	m, _ := config.Get[mail](c, "mail")
	fmt.Println(m)
	fmt.Println(len(m.Password.Reveal()))
	// Output:
	// {mail.example.com [secret]}
	// 11
}
