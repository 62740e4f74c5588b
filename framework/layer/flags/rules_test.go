package flags

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// shop are rules with all that there is.
const shop = `# Who pays in the new way.
flag new-checkout
  serve on when plan in [pro, "team"] and country != "CH" # a comment
  serve on=20%

flag page-size
  variants small=20 large=1e2, # no comma here
`

const valid = `# Who pays in the new way.
flag new-checkout
  serve on when plan in [pro, "te\"am#"] and country not in [CH] # a comment
  serve on=20%

flag page-size
	variants small=20 large=1e2
	default small
	serve large when beta == true
flag banner
  variants none="" sale="Sale: 20% #1" new=https://shop.example.com/new
  default none
  disabled
  serve sale=12.5%, new=0.01% when age >= 18 and age < 99.5 and email ends @example.com
  serve new
flag bare
`

func TestParse(t *testing.T) {
	r, err := Parse(valid)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Flags()); got != "[banner bare new-checkout page-size]" {
		t.Errorf("found %s", got)
	}
	for _, tt := range []struct {
		flag       string
		attributes []Attribute
		want       string
	}{
		{"bare", nil, "off false STATIC"},
		{"new-checkout", nil, "off false DEFAULT"},
		{"new-checkout", []Attribute{String("plan", "pro"), String("country", "DE")}, "on true TARGETING_MATCH"},
		{"new-checkout", []Attribute{String("plan", `te"am#`), String("country", "DE")}, "on true TARGETING_MATCH"},
		{"new-checkout", []Attribute{String("plan", "pro"), String("country", "CH")}, "off false DEFAULT"},
		{"new-checkout", []Attribute{String("plan", "pro")}, "off false DEFAULT"}, // no country is not another country
		{"page-size", nil, "small 20 DEFAULT"},
		{"page-size", []Attribute{Bool("beta", true)}, "large 100 TARGETING_MATCH"},
		{"page-size", []Attribute{String("beta", "true")}, "small 20 DEFAULT"},
		{"page-size", []Attribute{Bool("beta", false), Bool("beta", true)}, "small 20 DEFAULT"}, // the first counts
		{"page-size", []Attribute{{Name: "beta"}}, "small 20 DEFAULT"},
		{"banner", []Attribute{Int("age", 20), String("email", "a@example.com")}, `none "" DISABLED`},
		{"nothing", nil, "  ERROR"},
	} {
		d := r.Evaluate(tt.flag, EvaluationContext{Attributes: tt.attributes})
		if got := fmt.Sprintf("%s %s %s", d.Variant, d.Value, d.Reason); got != tt.want {
			t.Errorf("%s of %v: found %s, want %s", tt.flag, tt.attributes, got, tt.want)
		}
	}
}

func TestOperators(t *testing.T) {
	for condition, want := range map[string]string{ // which of the attributes meet it
		"x == 7":          "7",
		"x != 7":          "8 a b true",
		"x < 8":           "7",
		"x <= 8":          "7 8",
		"x > 7":           "8",
		"x >= 7":          "7 8",
		"x == a":          "a",
		`x == "7"`:        "",
		"x in [7, a]":     "7 a",
		"x not in [7, a]": "8 b true",
		"x begins a":      "a",
		`x ends ""`:       "a b",
		"x == true":       "true",
		"y != 7":          "",
	} {
		r, err := Parse("flag f\n serve on when " + condition)
		if err != nil {
			t.Errorf("%s: %v", condition, err)
			continue
		}
		var met []string
		for _, a := range []Attribute{Int("x", 7), Float("x", 8), String("x", "a"), String("x", "b"), Bool("x", true)} {
			if d := r.Evaluate("f", EvaluationContext{Attributes: []Attribute{a}}); d.Variant == "on" {
				met = append(met, strings.Trim(a.Value.String(), `"`))
			}
		}
		if got := strings.Join(met, " "); got != want {
			t.Errorf("%s: met by %q, want %q", condition, got, want)
		}
	}
}

// TestSyntaxErrors has what cannot be read, and where.
func TestSyntaxErrors(t *testing.T) {
	for text, want := range map[string]string{
		shop:                                      `line 7, column 30: found ",", expected the name of a variant, of letters`,
		"serve on":                                `line 1, column 1: found "serve", expected flag and a name before anything else`,
		"flag":                                    `line 1, column 5: found the end of the line, expected the name of a flag`,
		"flag a/b":                                `line 1, column 6: found "a/b", expected the name of a flag`,
		"flag a b":                                `line 1, column 8: found "b", expected the end of the line`,
		"flag a\nflag a":                          `line 2, column 6: found flag "a" a second time, it is already in line 1`,
		"flag a\n serv on":                        `line 2, column 2: found "serv", expected flag, variants, default, disabled or serve`,
		"flag a\n \"serve\" on":                   `line 2, column 2: found "serve", expected flag, variants`,
		"flag a\n serve of":                       `line 2, column 8: found "of", expected one of the variants on, off`,
		"flag a\n serve":                          `line 2, column 7: found the end of the line, expected one of the variants on, off`,
		"flag a\n serve on off":                   `line 2, column 11: found "off", expected when, or the end of the line`,
		"flag a\n serve on=20":                    `line 2, column 13: found the end of the line, expected %`,
		"flag a\n serve on=0%":                    `line 2, column 11: found "0", expected a number from 0.01 to 100, in steps of 0.01`,
		"flag a\n serve on=0.001%":                `line 2, column 11: found "0.001", expected a number`,
		"flag a\n serve on=NaN%":                  `line 2, column 11: found "NaN", expected a number`,
		"flag a\n serve on=60% off=41%":           `line 2, column 15: found shares of more than 100% in sum`,
		"flag a\n serve on=60% off":               `line 2, column 18: found the end of the line, expected = and a share`,
		"flag a\n serve on\n serve off":           `line 3, column 2: found a rule that is never reached: that of line 2 is for all`,
		"flag a\n serve on when":                  `line 2, column 15: found the end of the line, expected the name of an attribute`,
		"flag a\n serve on when x":                `line 2, column 17: found the end of the line, expected one of ==`,
		"flag a\n serve on when x = 7":            `line 2, column 18: found "=", expected one of ==`,
		"flag a\n serve on when x not 7":          `line 2, column 18: found "not", expected one of ==`,
		"flag a\n serve on when x ==":             `line 2, column 20: found the end of the line, expected true, false, a number, a word or a "text"`,
		"flag a\n serve on when x < a":            `line 2, column 20: found "a", expected a number to compare with by <`,
		"flag a\n serve on when x begins 7":       `line 2, column 25: found "7", expected a text to compare with by begins`,
		"flag a\n serve on when x in 7":           `line 2, column 21: found "7", expected [ and values`,
		"flag a\n serve on when x in []":          `line 2, column 22: found "]", expected true, false`,
		"flag a\n serve on when x in [7":          `line 2, column 23: found the end of the line, expected , or ]`,
		"flag a\n serve on when x == 7 or y == 8": `line 2, column 23: found "or", expected and, or the end of the line`,
		"flag a\n serve on when x == \"7":         `line 2, column 21: found a text without an end`,
		"flag a\n serve on when x == 7;":          `line 2, column 22: found ';', expected words`,
		"flag a\n serve on when x == \xff":        `line 2, column 21: found bytes that are not UTF-8`,
		"flag a\n variants x=1 x=2\n default x":   `line 2, column 15: found variant "x" a second time`,
		"flag a\n variants x=1 y=b\n default x":   `line 2, column 17: found a text, expected a number as in the variant before`,
		"flag a\n variants x\n default x":         `line 2, column 12: found the end of the line, expected = and a value`,
		"flag a\n variants x=1":                   `line 1, column 6: flag "a" has no default: expected a line such as default x`,
		"flag a\n default x":                      `line 2, column 10: found "x", expected one of the variants on, off`,
		"flag a\n serve on\n default on":          `line 3, column 2: found default a second time, or too late`,
		"flag a\n disabled now":                   `line 2, column 11: found "now", expected the end of the line`,
		"flag " + strings.Repeat("a", 65):         `expected the name of a flag`,
		strings.Repeat("#", maxRules+1):           `found rules of 65537 bytes, expected 65536 at most`,
		"flag a\n" + strings.Repeat("x\n", 12):    "and 2 more",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: found %v, want %s", text, err, want)
			continue
		}
		if lines := strings.Count(err.Error(), "\n") + 1; lines > 1 && !strings.HasSuffix(want, "more") {
			t.Errorf("%.60q: %d mistakes for one\n%v", text, lines, err)
		}
	}
	_, err := Parse("flag a\n serve x\nflag b\n\tserve y")
	var first *SyntaxError
	if !errors.As(err, &first) || first.Line != 2 || first.Column != 8 || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("found %v, want both mistakes", err)
	}
}

// TestBuckets has places that must never change: users would change sides.
func TestBuckets(t *testing.T) {
	for _, tt := range []struct {
		flag, key string
		want      uint32
	}{{"new-checkout", "user-1", 3784}, {"new-checkout", "user-2", 7882}, {"page-size", "user-1", 9318}, {"new-checkout", "Zoë", 1299}, {"a", "bc", 2375}, {"ab", "c", 5309}} {
		if got := bucket(tt.flag, tt.key); got != tt.want {
			t.Errorf("%s of %s is in bucket %d, want %d", tt.key, tt.flag, got, tt.want)
		}
	}
}

// TestShares: of many keys each share gets its part, a share that grows keeps its keys, and flags are independent of each other.
func TestShares(t *testing.T) {
	const keys = 100_000
	parse := func(text string) Rules {
		r, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := parse("flag f\n variants a=1 b=2 c=3\n default c\n serve a=20% b=30%\nflag more\n variants a=1 b=2 c=3\n default c\n serve a=40% b=30%\nflag g\n serve on=20%")
	more := Rules{map[string]*flag{"f": r.flags["more"]}}
	counts, both := map[string]int{}, 0
	for i := range keys {
		c := EvaluationContext{TargetingKey: fmt.Sprint("user-", i)}
		d := r.Evaluate("f", c)
		counts[d.Variant]++
		if want := map[string]Reason{"a": Split, "b": Split, "c": Default}[d.Variant]; d.Reason != want {
			t.Fatalf("%s has the reason %s, want %s", d.Variant, d.Reason, want)
		}
		if d.Variant == "a" && more.Evaluate("f", c).Variant != "a" {
			t.Fatalf("%s is no longer in a share that has grown", c.TargetingKey)
		}
		if on, _ := r.Evaluate("g", c).Value.Bool(); on && d.Variant == "a" {
			both++
		}
	}
	for name, want := range map[string]int{"a": keys / 5, "b": keys * 3 / 10, "c": keys / 2} {
		if got := counts[name]; got < want*97/100 || got > want*103/100 {
			t.Errorf("%s has %d of %d keys, want about %d", name, got, keys, want)
		}
	}
	if want := keys / 25; both < want*9/10 || both > want*11/10 {
		t.Errorf("%d keys are in a share of both flags, want about %d", both, want)
	}
	if d := r.Evaluate("f", EvaluationContext{}); d.Variant != "c" || d.Reason != Default {
		t.Errorf("without a targeting key: %+v", d)
	}
}

// FuzzParse: whatever the text, there are rules or errors with a place in it, and rules can be evaluated.
func FuzzParse(f *testing.F) {
	f.Add(valid)
	f.Add(shop)
	for _, text := range []string{"flag a\n serve on=60% off=41%", "flag \xff", "flag a\r\n\tserve on when x in [\"a\\\\\", 1e9, ü]", "flag a\n variants x\nserve x", "flag a\nvariants \"\ndefault", "flag ?\nserve"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err == nil {
			for _, name := range r.Flags() {
				if d := r.Evaluate(name, EvaluationContext{TargetingKey: text, Attributes: []Attribute{String("x", text)}}); d.ErrorCode != "" || d.Variant == "" {
					t.Fatalf("%s: %+v", name, d)
				}
			}
			return
		}
		lines := strings.Split(text, "\n")
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok {
			return // it is too long
		}
		for _, e := range joined.Unwrap() {
			s, ok := e.(*SyntaxError)
			if !ok {
				continue
			}
			if s.Line < 1 || s.Line > len(lines) || s.Column < 1 || s.Column > len(lines[s.Line-1])+1 {
				t.Fatalf("%v is no place in %q", s, text)
			}
		}
	})
}
