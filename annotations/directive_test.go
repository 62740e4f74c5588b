package annotations

import (
	"fmt"
	"go/token"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParsePositions(t *testing.T) {
	const text = `//faas:timer  cron="0 3 * * *"  "name=a b"	disabled "x" k=é `
	d, problems, ok := Parse(100, text)
	if !ok || len(problems) > 0 {
		t.Fatal(ok, problems)
	}
	at := func(from, to token.Pos) string { return text[from-100 : to-100] }
	if got := at(d.Pos(), d.End()); got != strings.TrimSpace(text) {
		t.Errorf("directive %q", got)
	}
	if got := at(d.NamePos(), d.NameEnd()); got != "timer" {
		t.Errorf("name %q", got)
	}
	var got []string
	for _, a := range d.Arguments {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s", a.Key, a.Value, at(a.Pos(), a.End()), at(a.ValuePos(), a.End())))
	}
	want := []string{
		`cron|0 3 * * *|cron="0 3 * * *"|"0 3 * * *"`,
		`name|a b|"name=a b"|a b"`,
		`|disabled|disabled|disabled`,
		`|x|"x"|"x"`,
		`k|é|k=é|é`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d, _, _ := Parse(1, "//faas:raw "); d.End() != d.NameEnd() || d.End() != 11 {
		t.Errorf("without arguments it ends at %d", d.End())
	}
}

func TestParseOthers(t *testing.T) {
	for _, text := range []string{
		"", "//", "//faas", "//faas:", "//faas: x", "// faas:x", "//Faas:x", "//faas:Handler", "//go:embed x", "//faasd:x", "/*faas:x*/", "faas:x",
	} {
		if d, _, ok := Parse(0, text); ok {
			t.Errorf("%q is %v", text, d)
		}
	}
}

func TestPrint(t *testing.T) {
	tests := []struct{ text, want string }{
		{"//faas:raw", "//faas:raw"},
		{"//faas:raw  ", "//faas:raw"},
		{`//faas:http   GET	"/a"`, "//faas:http GET /a"},
		{`//faas:timer "cron=0 3 * * *"`, `//faas:timer cron="0 3 * * *"`},
		{"//faas:timer cron=`@daily` payload=`{\"a\":1}`", "//faas:timer cron=@daily payload=`{\"a\":1}`"},
		{`//faas:timer description="a \"b\" \\"`, "//faas:timer description=`a \"b\" \\`"},
		{"//faas:timer description=\"a `b` \\\"\"", "//faas:timer description=\"a `b` \\\"\""},
		{`//faas:config key=a default=""`, `//faas:config key=a default=""`},
		{`//faas:provide as="a/b".C,D`, `//faas:provide as="a/b".C,D`},
		{`//faas:config key="a=b" default="//x"`, `//faas:config key=a=b default=//x`},
		{`//faas:handler "//x" "=y" "#z" "'q"`, `//faas:handler "//x" "=y" "#z" "'q"`},
		{`//faas:config default="a," key=b`, `//faas:config default="a," key=b`},
		{`//faas:config default="\xff\n\u202e"`, `//faas:config default="\xff\n\u202e"`},
	}
	for _, test := range tests {
		d, problems, ok := Parse(0, test.text)
		if !ok || len(problems) > 0 {
			t.Errorf("%s: %v %v", test.text, ok, problems)
			continue
		}
		if got := Print(d); got != test.want {
			t.Errorf("%s: printed %s, want %s", test.text, got, test.want)
		}
	}
}

// roundTrip checks that a directive survives printing, and that printing what was printed changes nothing.
func roundTrip(t *testing.T, d Directive) {
	t.Helper()
	text := Print(d)
	if strings.ContainsAny(text, "\n\r") {
		t.Fatalf("%q is more than a line", text)
	}
	again, problems, ok := Parse(0, text)
	if !ok || len(problems) > 0 || again.Name != d.Name || len(again.Arguments) != len(d.Arguments) {
		t.Fatalf("%+v was printed as %s and read as %+v, %v", d, text, again, problems)
	}
	for i, a := range again.Arguments {
		if b := d.Arguments[i]; a.Key != b.Key || a.Value != b.Value {
			t.Fatalf("argument %d of %s: %q=%q, want %q=%q", i, text, a.Key, a.Value, b.Key, b.Value)
		}
	}
	if twice := Print(again); twice != text {
		t.Fatalf("%s was printed as %s", text, twice)
	}
}

// TestPrintParse builds directives of everything that values can hold and sends them through text.
func TestPrintParse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		"a", "B", "0", " ", "  ", "\t", "\n", "\r", `"`, "`", "'", `\`, "=", ",", ".", "//", "/", "#", ":", "é", "订", "\x00", "\xff", "\u00a0", "\u2028", "\u202e",
		"a/b", `"a/b".C`, "k=v", "-", "_", "{", "}", "*",
	}
	for range 20000 {
		d := Directive{Name: "x"}
		for range random.IntN(4) {
			var a Argument
			for range random.IntN(5) {
				a.Value += pieces[random.IntN(len(pieces))]
			}
			if random.IntN(2) == 0 {
				a.Key = []string{"key", "K", "a-b", "_x"}[random.IntN(4)]
			} else if n := keyLength(a.Value); n > 0 && n < len(a.Value) && a.Value[n] == '=' {
				continue // a quoted word of that form has a key
			}
			d.Arguments = append(d.Arguments, a)
		}
		roundTrip(t, d)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`//faas:http GET,POST /books/{id} host=api.example.com status=201`, `//faas:timer cron="0 3 * * *" timezone=Asia/Shanghai`,
		"//faas:timer payload=`{\"a\":1}`", `//faas:provide as=Store,"a/b".C lazy`, `//faas:handler "description=a \"b\""`,
		`//faas:x a = b c= "d" =e`, `//faas:x "a`, `//faas:x k='a b' // c`, `//faas:x k={"a":[1, 2`, `//faas:x a, b,`, `//faas:x "a\q" "b"c="d"`,
		"//faas:x k=`\r`", "//faas:x \xff=\xff \x00", "//faas:x k=\"\\\"", "//faas:x =",
	} {
		f.Add(seed)
	}
	reg := Default()
	f.Fuzz(func(t *testing.T, text string) {
		const start = 1000
		d, problems, ok := Parse(start, text)
		if !ok {
			return
		}
		last := d.NameEnd()
		for _, a := range d.Arguments {
			if a.Pos() < last || a.ValuePos() < a.Pos() || a.End() < a.ValuePos() || a.End() > start+token.Pos(len(text)) {
				t.Fatalf("%q: argument %+v lies wrong", text, a)
			}
			last = a.End()
			if a.Bad && len(problems) == 0 {
				t.Fatalf("%q: a bad argument without a problem", text)
			}
		}
		_, _, more := reg.Decode(d)
		for _, p := range append(problems, more...) {
			if p.Pos < d.Pos() || p.End <= p.Pos || p.End > start+token.Pos(len(text)) || p.Code == "" || p.Message == "" {
				t.Fatalf("%q: problem %+v", text, p)
			}
		}
		if len(problems) == 0 {
			roundTrip(t, d)
		}
	})
}
