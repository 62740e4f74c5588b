package gen_test

import (
	"errors"
	"go/token"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/spec"
)

// situation is a random configuration: files, and the variables of f.yml. Given are those that the place of the start has besides,
// stored the secrets of f.yml with what their store has.
type situation struct {
	env       string
	files     map[string]string
	variables map[string]string
	given     map[string]string
	stored    map[string]string
	here      bool
}

// fitting are the keys of testdata/coldstart with values that fit, as they stand in a file.
var fitting = map[string][]string{
	"plain.number": {"7"}, "plain.small": {"3", "300"}, "plain.text": {"x", "7"}, "plain.wait": {"5s", "3"}, "plain.size": {"10MB"}, "plain.switch": {"false"},
	"plain.fraction": {"1.5"}, "tree.host": {"h"}, "tree.name": {"n"}, "tree.from": {"f"}, "tree.deep.port": {"25"}, "tree.deep.key": {"{from: env:KNOWN}"},
	"tree.far.port": {"1"}, "tree.far": {"~", "{port: 3}"}, "list.items": {"[{name: a}]", "[{name: a, key: {from: env:OUTSIDE}}]", "[{nmae: a}]"}, "list.words": {"[a, b]"},
	"list.map": {"{a: 1}"}, "list.any": {"7", "[1]"}, "loose.one": {"1"}, "loose.two": {"[a]"}, "secret.key": {"{from: env:OUTSIDE}", "{from: file:rel.txt}"},
	"secret.token": {"{from: env:KNOWN}"}, "secret.dsn": {"file:/mnt/x.db", "{from: env:KNOWN}", "mysql://a:b@c"}, "secret.keys": {"{a: {from: env:OUTSIDE}}"},
	"secret.pointer": {"{from: file:SECRET}"}, "other.key": {"1"},

	"num.int16": {"1", "0x7f", "-0b1", "0o17", "017", "1_000"}, "num.int32": {"-2147483648"}, "num.int64": {"9223372036854775807"}, "num.uint": {"0"},
	"num.count": {"255"}, "num.uint16": {"65535"}, "num.uint32": {"4294967295"}, "num.uint64": {"18446744073709551615"}, "num.float32": {"1e10", ".inf", "7"},
	"num.rate": {"1_0.5", "-.Inf", ".nan"}, "num.pointer": {"-128", "~"}, "num.wait": {"-1h2m", "0.5", "1e3"}, "num.size": {"1.5GiB", "0"}, "num.bool": {"True", "FALSE"},

	"text.name": {"n", "7", "''"}, "text.bytes": {"x", "!!binary aGk="}, "text.addr": {"10.0.0.1", "::1"}, "text.prefix": {"10.0.0.0/8"}, "text.ip": {"10.0.0.1"},
	"text.level": {"WARN", "info+2"}, "text.time": {"2026-01-02T03:04:05Z", "'2026-01-02T03:04:05+08:00'"}, "text.big": {"123456789012345678901234567890"},
	"text.regexp": {"a.*b"}, "text.colour": {"red", "7"},

	"kind.list": {"[1s, 2]", "[]"}, "kind.sizes": {"[1MB]"}, "kind.lists": {"[[1], [2, 3], []]"}, "kind.maps": {"[{a: true}]"}, "kind.addrs": {"[10.0.0.1]"},
	"kind.pairs": {"[{first: a, amount: 3}, ~]", "[{FIRST: a}]"}, "kind.map": {"{a: 3, b.c: 7}", "{}"}, "kind.mapOf": {"{a: {first: x, amount: 3}, b: ~}"},
	"kind.mapFar": {"{a: {b: [1]}}"}, "kind.any": {"{a: [1, {b: ~}], c: 2026-01-02, d: 0x1f}"},
	"kind.struct.first": {"a"}, "kind.struct.amount": {"7"}, "kind.struct.far": {"true"}, "kind.struct.wait": {"3s"}, "kind.struct.Ignored": {"x"},
	"kind.struct.hidden": {"x"}, "kind.struct.other-name": {"x"}, "kind.struct.httpURL": {"x"}, "kind.struct.httpurl": {"x", "[]"}, "kind.struct.colour": {"red"},
	"kind.struct.nested.first": {"x"}, "kind.struct.inner.first": {"x"}, "kind.struct.inner.amount": {"7"}, "kind.struct.pointed.far": {"true"}, "kind.struct.pointed": {"{far: true}"},
	"kind.chain.value": {"3"}, "kind.chain.next": {"{value: 1, next: {value: 2, next: {next: {next: {next: {next: {value: 3}}}}}}}", "{value: 1}"},
	"kind.chain.list": {"[{value: 1, list: [{value: 2}], next: {value: 7}}]"}, "kind.dsns": {"[{from: env:KNOWN}, 'file:x.db']"},
	"kind.secrets": {"[{k: {from: env:KNOWN}, v: file:x}]", "[]"},

	"must.must": {"1"}, "must.either": {"2"}, "must.below.must": {"x"}, "must.below.key": {"{from: env:KNOWN}"}, "mustPointer.must": {"1"}, "mustPointer.below.must": {"x"},
	"mustPointer": {"{must: 1, below: {must: a}}"},

	"fields.first": {"a"}, "fields.small": {"7"}, "fields.key": {"{from: env:KNOWN}"},
	"kit.ping": {"1"}, "kit.key": {"{from: env:KNOWN}"}, "kit.size": {"7"}, "kit.label": {"x"}, "kit.tags": {"{c: d}", "~"},
}

// odd are values that fit few keys.
var odd = []string{
	"x", "~", "[1, x]", "{a: 1}", "{from: env:OUTSIDE}", "{from: file:absent.txt}", "{from: \"\"}", "true", "1e400", "\"\"", "{from: vault:x}", "[]", "{}",
	"128", "-129", "-1", "256", "65536", "4294967296", "9223372036854775808", "18446744073709551616", "1e39", "3e38", "1.5", "1e3", "0x", "0b2", "08", "0o8", "1__0", "_1", "+7", "+-7",
	"yes", "on", "Off", "y", "TRUE", "null", "Null", "NULL", "2026-01-02", ".Inf", "-.INF", ".NaN", "nan", "Infinity", "1h-", "5 s", "300000h", "9e18", "1e30s", "5MB", "9EiB", "-5MB",
	"!!str 7", "!!int x", "!!int '7'", "!!float 7", "!!bool x", "!!bool yes", "!!null x", "!!binary '!'", "!own x", "!!map {}", "!!seq []", "!!timestamp 2026-01-02", "!!set {a, b}",
	"'7'", "'true'", "' 7 '", "\"7\\n\"", "[~]", "[[]]", "[{}]", "{a: ~}", "{a: {}}", "{? [a] : b}", "{7: x}", "{~: x}", "{a: 1, a: 2}", "{a.b: 1}", "{from: env:KNOWN, x: 1}", "{from: [env:KNOWN]}",
	"{FROM: env:KNOWN}", "{from: env:KNOWN }", "{from: 'file:../up.txt'}", "{from: file:/absolute.txt}", "{from: 7}", "{from: ~}", "[{from: env:KNOWN}]", "&own 7", "*none", "&own {a: *own}", "{<<: {a: 1}}",
	"{<<: [{a: 1}, {value: x}]}", "{<<: 3}", "{<<: ~}", "*first", "{<<: *first}", "[*first, *first]", "256.256.0.1", "10.0.0.0/33", "'('", "{value: 1000}", "{next: {value: x}}",
	"{next: {next: {next: {next: {next: {next: {value: x}}}}}}}", "{list: [{list: [{list: [{list: [{list: [{value: x}]}]}]}]}]}", "{nexxt: 1}", "[{nexxt: 1}]", "no colour ",
	"mysql://a:b@c", "file:x?_auth_pass=x", "|-\n  a\n  b", "'a\n\n  b'", "@x", "`x`", "%x", "a: b", "a #b", "\tx", "'", "]", "{a: 1", "\x01", "\xff", "\u2028", "\ufeff",
}

// asVariable are texts of variables that fit few keys.
var asVariable = []string{
	"x", "", "1", "[a", "{port: x}", "{from: env:KNOWN}", "a,b", " 7 ", "007", "08", "0x7f", "+7", "1_000", "-1", "300", "1e3", "true", "T", "1s,2s", "[1s, 2]", "a: 1", "{a: 1, a: 2}", "~", "null", "[]", "{}",
	"---\na: 1\n---\nb: 2", "*x", "&a [*a]", "!x y", "{a: {first: 7}}", "{first: x}", "{value: 3, next: {value: x}}", "\ufeff7", "7\r\n", "{must: 1, below: {must: x}}", "file:x", "a:b@c", "10.0.0.1", "red",
}

// spoilt change the text of a whole file.
var spoilt = []func(text string) string{
	func(t string) string { return t + "\nbroken: [" },
	func(string) string { return "tree: ~\nplain: {}\n" },
	func(t string) string { return "\ufeff" + t },
	func(t string) string { return strings.ReplaceAll(t, "\n", "\r\n") + "\r\n" },
	func(t string) string { return strings.ReplaceAll(t, "\n", "\r") },
	func(t string) string { return strings.ReplaceAll(t, "\n  ", "\n\t") },
	func(t string) string { return "---\n" + t + "\n...\n" },
	func(t string) string { return "%YAML 1.1\n---\n" + t },
	func(t string) string { return "%YAML 9.9\n---\n" + t },
	func(t string) string { return t + "\n---\nplain: {number: x}\n" },
	func(t string) string { return t + "\n---\n" },
	func(t string) string { return "---\n---\n" + t },
	func(t string) string { return "# " + strings.ReplaceAll(t, "\n", "\n# ") },
	func(string) string { return "" },
	func(string) string { return "\n\n" },
	func(string) string { return "---" },
	func(string) string { return "~" },
	func(string) string { return "null\n" },
	func(string) string { return "{}" },
	func(string) string { return "[]" },
	func(string) string { return "text" },
	func(string) string { return "7" },
	func(t string) string { return t + "\nplain: {number: 1}\n" },
	func(t string) string { return t + "\nplain.number: x\n" },
	func(t string) string { return t + "\n? [a, b]\n: c\n" },
	func(t string) string { return t + "\n7: x\n~: y\ntrue: z\n" },
	func(t string) string { return t + "\n<<: {kit: {size: x}}\n" },
	func(t string) string { return t + "\n<<: *first\n" },
	func(t string) string { return t + "\n<<: [{fields: {first: a}}, {fields: {small: x}}]\n" },
	func(t string) string { return t + "\n\"\": x\n" },
	func(t string) string { return t + "\nvery: &very [*very]\n" },
	func(t string) string { return t + "\nPLAIN: {number: x}\n" },
	func(t string) string { return strings.ToUpper(t) },
	func(t string) string { return "  " + t },
	func(t string) string { return t + "\n \tx: 1\n" },
	func(t string) string { return t + "\xc3\x28" },
	func(t string) string { return t + "\x00" },
	func(t string) string { return t[:len(t)/2] },
	func(t string) string { return utf16(t) },
}

// utf16 is text as some editors write it.
func utf16(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range text {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

// situate makes a random situation, in which most values fit. Secret is a file that is there for all.
func situate(random *rand.Rand, secret string) situation {
	pick := func(texts ...string) string {
		return strings.ReplaceAll(texts[random.IntN(len(texts))], "SECRET", secret)
	}
	keys := slices.Sorted(maps.Keys(fitting))
	s := situation{
		env: pick("prod", "prod", "prod", "", "local", "test", "default"), files: map[string]string{}, stored: map[string]string{}, here: random.IntN(3) == 0,
		variables: map[string]string{"KNOWN": "1"}, given: map[string]string{"OUTSIDE": "1", "TOKEN": "t"},
	}
	if random.IntN(4) > 0 {
		s.files["rel.txt"] = "1\n"
	}
	if s.here && random.IntN(3) == 0 {
		delete(s.given, pick("OUTSIDE", "TOKEN"))
	}
	own := "config." + s.env + ".yml"
	files := []string{"config.default.yml"}
	if s.env != "" && s.env != "default" {
		files = append(files, own)
	}
	wild := random.IntN(3) // how much is odd
	for _, file := range files {
		share := 29 // of 30 keys
		if file == own && own != "config.default.yml" {
			share = 2
		}
		tree := map[string]any{}
		for _, key := range keys {
			if random.IntN(30) >= share && (wild > 0 || file == own) {
				continue
			}
			text := pick(fitting[key]...)
			if wild == 0 {
				text = pick(fitting[key][0])
			}
			if wild > 0 && random.IntN(45-15*wild) == 0 {
				text = pick(odd...)
			}
			set(tree, strings.Split(key, "."), text)
		}
		text := "first: &first {a: 1, value: 3}\n" + block(tree, "")
		if random.IntN(2) == 0 {
			text = "{first: &first {a: 1, value: 3}, " + flow(tree)[1:]
		}
		if random.IntN(4) < wild && random.IntN(3) == 0 {
			text = spoilt[random.IntN(len(spoilt))](text)
		}
		s.files[file] = text
	}
	switch random.IntN(30 * (3 - wild)) {
	case 0:
		s.files["config."+pick("prod", "default", "local")+".yaml"] = "{}"
	case 1:
		delete(s.files, own)
	}
	if s.here && s.env != "" && random.IntN(3) == 0 {
		tree := map[string]any{}
		for _, key := range []string{"secret.key", "secret.token", "kit.key", "tree.deep.key", "secret.keys.a", "plain.number", "other.secret"} {
			if random.IntN(3) == 0 {
				set(tree, strings.Split(key, "."), pick("s", "7", "7", "", "~", "{from: env:KNOWN}", "[a]", "'*x'", "*x"))
			}
		}
		s.files[config.StandIn(s.env)] = pick(flow(tree), block(tree, ""), "secret.token: t\n", "secret.token: t\nsecret: {token: u}\n", "x", "a: [")
	}
	for _, key := range append(keys, "tree", "tree.deep", "loose", "kind.struct", "kind.struct.inner", "kind.struct.nested", "kind.chain", "must", "must.below", "fields", "kit", "mustPointer.below") {
		given := s.variables // of f.yml, or of the machine
		if s.here && random.IntN(2) == 0 {
			given = s.given
		}
		switch variable := config.Variable(key); random.IntN(90 * (3 - wild)) {
		case 0:
			given[variable] = strings.Trim(pick(append(fitting[key], "{host: v}")...), "~")
		case 1:
			if wild > 0 {
				given[variable] = pick(asVariable...)
			}
		case 2, 3:
			s.variables[variable+"_FROM"] = pick("env:KNOWN", "env:OUTSIDE", "file:rel.txt", "file:absent.txt", "file:SECRET", "x", "vault:x", "", "env:", "env:A-B", "file:../x", "file: ", ":x", "{from: env:KNOWN}", "file:")
			if !anyText[key] {
				s.variables[variable+"_FROM"] = pick("env:KNOWN", "file:absent.txt", "x", "env:ABSENT-", "") // what is not seen here has to fit
			}
		case 4:
			if anyText[key] {
				s.variables[variable+"_FROM"], s.stored[variable+"_FROM"] = "ssm:/"+key, "1"
			}
		}
	}
	return s
}

// anyText are the keys that the text 1 fits, which stands for every value that is not known where the generator runs.
var anyText = func() map[string]bool {
	fits := map[string]bool{}
	for _, key := range []string{
		"plain.number", "plain.small", "plain.text", "plain.wait", "plain.size", "plain.fraction", "tree.host", "tree.name", "tree.from", "tree.deep.port", "tree.deep.key", "tree.far.port",
		"list.words", "list.any", "loose.one", "loose.two", "secret.key", "secret.token", "secret.dsn", "secret.pointer", "other.key", "num.int16", "num.uint64", "num.rate", "num.pointer", "text.name",
		"text.bytes", "text.big", "text.regexp", "text.colour", "kind.list", "kind.sizes", "kind.struct.first", "kind.struct.inner.amount", "must.must", "must.below.must", "mustPointer.must",
		"fields.first", "fields.small", "fields.key", "kit.ping", "kit.key", "kit.size", "kit.label",
	} {
		fits[key] = true
	}
	return fits
}()

// write puts the files where the generator reads them, which are then all that it reads, and where a start does.
func (s situation) write(t *testing.T, dirs ...string) {
	t.Helper()
	for _, dir := range dirs {
		for _, pattern := range []string{"config.*", "secrets.*", "rel.txt"} {
			old, err := filepath.Glob(filepath.Join(dir, pattern))
			for _, file := range old {
				err = errors.Join(err, os.Remove(file))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, content := range s.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// apply gives a unit the variables and the secrets of f.yml.
func (s situation) apply(u *inspect.Unit) {
	u.Settings.Environment, u.Settings.Places = maps.Clone(s.variables), map[string]spec.Place{}
	u.Stored = map[string]bool{}
	for name := range s.stored {
		u.Stored[name] = true
	}
	for name := range s.variables {
		u.Settings.Places["environment."+name] = spec.Place{Pos: token.Position{Filename: "f.yml", Line: 1, Column: 1}}
	}
}

// machine finds what the place of a start has besides.
func (s situation) machine(name string) (string, bool) {
	text, ok := s.given[name]
	return text, ok
}

// place is where functions start, checking how check looks at it.
func (s situation) place() inspect.Start {
	if s.here {
		return inspect.Start{Env: s.env, Here: true, Machine: s.machine}
	}
	return inspect.Start{Env: s.env}
}

func (s situation) checking(units []inspect.Unit) inspect.Checking {
	c := inspect.Checking{Units: units, Only: &s.env}
	if s.here {
		c.Machine, c.MachineEnv = s.machine, s.env
	}
	return c
}

// start is a start in it, but for the folder and the function. On a machine a secret of f.yml is not read from its store, and its own
// variables win.
func (s situation) start() coldStart {
	c := coldStart{Env: s.env, Variables: maps.Clone(s.given), Stored: map[string]string{}, StandIn: s.here}
	for name, text := range s.variables {
		_, stored := s.stored[name]
		_, set := s.given[name]
		if !s.here || !stored && !set && !config.Instead(name, s.machine) {
			c.Variables[name] = text
		}
		if stored && !s.here {
			_, reference, _ := strings.Cut(text, ":")
			c.Stored[reference] = s.stored[name]
		}
	}
	return c
}

// set sets the text of a key in a tree; what is in the way stays.
func set(tree map[string]any, path []string, text string) {
	if len(path) == 1 {
		if _, ok := tree[path[0]].(map[string]any); !ok {
			tree[path[0]] = text
		}
		return
	}
	below, ok := tree[path[0]].(map[string]any)
	if !ok {
		below = map[string]any{}
		tree[path[0]] = below
	}
	set(below, path[1:], text)
}

func flow(tree map[string]any) string {
	var members []string
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		text, ok := tree[name].(string)
		if !ok {
			text = flow(tree[name].(map[string]any))
		}
		members = append(members, name+": "+text)
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// block is a tree with a line for each key.
func block(tree map[string]any, indent string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		b.WriteString(indent + name + ":")
		if text, ok := tree[name].(string); ok {
			b.WriteString(" " + strings.ReplaceAll(text, "\n", "\n"+indent) + "\n")
		} else {
			b.WriteString("\n" + block(tree[name].(map[string]any), indent+"  "))
		}
	}
	return b.String()
}
