package cli

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestVeil(t *testing.T) {
	value := "p4ss \"wörd\"\n<second&line>+/="
	v := newVeil(value)
	for name, text := range map[string]string{
		"plain": value, "a part": "Value 'p4ss \"wör...' is bad", "JSON": fmt.Sprintf("%q", value), "query": url.QueryEscape(value), "path": url.PathEscape(value),
		"what was signed": url.QueryEscape("a=1&Value=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")), "hexadecimal": strings.ToUpper(hex.EncodeToString([]byte(value))),
		"base64": base64.StdEncoding.EncodeToString([]byte(value)), "base64 of an object": base64.StdEncoding.EncodeToString([]byte(`{"v":"` + value)),
	} {
		if !v.covers("error: " + text + ".") {
			t.Errorf("%s: %q is let through", name, text)
		}
	}
	for _, text := range []string{"", "An error occurred (AccessDenied)", "p4ss"} {
		if v.covers(text) {
			t.Errorf("%q is not let through", text)
		}
	}
	if short := newVeil("abc"); !short.covers("x abc x") || !short.covers(base64.StdEncoding.EncodeToString([]byte("abc"))) || short.covers("ab") {
		t.Error("a short value")
	}
	if (*veil)(nil).covers("anything") {
		t.Error("nothing is hidden")
	}
}

func TestOneLineOf(t *testing.T) {
	v := newVeil("abc\tdefghi")
	for text, want := range map[string]string{
		"\n\n first \nsecond": "first", "\x1b[31mred": "[31mred", "it is abc\tdefghi": "", "it is abcdefghi": "it is abcdefghi", strings.Repeat("é", 400): strings.Repeat("é", 250),
	} {
		if got := oneLineOf(text, v); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCapped(t *testing.T) {
	c := &capped{limit: 5}
	for range 3 {
		if n, err := c.Write([]byte("abc")); n != 3 || err != nil {
			t.Error(n, err)
		}
	}
	if string(c.text) != "abcab" {
		t.Errorf("%q", c.text)
	}
}

func TestShell(t *testing.T) {
	if got, want := shell([]string{"aws", "--query", "Parameters[].{V:Version}", "it's", ""}), `aws --query 'Parameters[].{V:Version}' 'it'\''s' ''`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
