package target_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/faasgen/faasgen/gen/target"
)

func TestWrongValues(t *testing.T) {
	put := target.SecretPut{Max: 10, Forbidden: []string{"{{}}"}}
	for value, want := range map[string]string{
		"a": "", "0123456789": "", "line\nline\n": "", "\"é\"\t": "", "{{a}}": "",
		"": "it is empty", "hunter2\x00": "a NUL character", "hunter2\xff": "not text in UTF-8", "hunter20123": "longer than 10 bytes", "ab{{}}": "it has {{}} in it",
	} {
		got := put.Wrong(value)
		if (got == "") != (want == "") || !strings.Contains(got, want) || strings.Contains(got, "hunter2") {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// FuzzASCII: what a tool reads in any encoding that has ASCII in it is the text.
func FuzzASCII(f *testing.F) {
	for _, seed := range []string{"", "a\"b\\c\n\r\t<>&", "é世界\U0001F600", "\u2028\x7f", "\x01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !utf8.ValidString(value) {
			return // no value is that
		}
		text := target.ASCII(map[string]any{"Value": value, "Overwrite": true})
		for _, c := range text {
			if c < ' ' || c > '~' && c != 0x7f {
				t.Fatalf("%q has the byte %#x", text, c)
			}
		}
		var back struct {
			Value     string
			Overwrite bool
		}
		if err := json.Unmarshal(text, &back); err != nil || back.Value != value || !back.Overwrite {
			t.Errorf("%q became %q: %v", value, back.Value, err)
		}
	})
}

func TestReadJSONShowsNothing(t *testing.T) {
	var doc struct{ Version int }
	for _, printed := range []string{"hunter2", `{"Version":"hunter2"}`, "", "{"} {
		if err := target.ReadJSON([]byte(printed), &doc); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", printed, err)
		}
	}
}
