package inspect

import (
	"errors"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
)

// A configuration file that cannot be read is shown with its place and without any text that may be a secret.
func TestBrokenFiles(t *testing.T) {
	r := reading{types: map[string]types.Type{"mail.password": types.Typ[types.String], "mail.host": types.Typ[types.String]}}
	for name, tt := range map[string]struct{ content, place, message, line string }{
		"flow":      {"mail: {password: hunter2\n", ":1:1", "invalid yaml: did not find expected ',' or '}'", "mail: {password: ......."},
		"quote":     {"mail:\n  password: 'hunter2\n", ":2:3", "invalid yaml: found unexpected end of stream", "  password: '......."},
		"colon":     {"mail:\n  password: a b: hunter2\n", ":2:3", "invalid yaml: mapping values are not allowed in this context", "  password: . .: ......."},
		"tab":       {"mail:\n\tpassword: hunter2\n", ":2:1", "found a tab in the indentation, expected spaces", "\tpassword: ......."},
		"anchor":    {"mail:\n  password: *hunter2\n", ":2:3", "found an alias of no anchor: a value that begins with * needs quotes", "  password: *......."},
		"tag":       {"mail:\n  password: !hunter2 x\n", ":2:13", "found an unknown tag: a value that begins with ! needs quotes", "  password: ........ ."},
		"unknown":   {"hunter2: [\n", ":1:1", "invalid yaml: did not find expected node content", ".......: ["},
		"umlaut":    {"mail: {host: 'ä§-hunter2\n", ":1:1", "invalid yaml: found unexpected end of stream", "mail: {host: '....-......."},
		"twice":     {"mail: {}\nmail: hunter2\n", ":2:1", "key mail is already set in line 1", "mail: ......."},
		"documents": {"mail: {}\n---\nmail: hunter2\n", ":2:1", "found a second document, expected one", "---"},
		"list":      {"- hunter2\n", ":1:1", "expected a mapping of keys to values, found a list", "- ......."},
		"control":   {"mail: hunter2\x01\n", ":1:14", "found the control character U+0001", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "config.default.yml")
			if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := config.Load(dir, "")
			if err == nil {
				t.Fatal("it can be read")
			}
			d := broken(err, []string{file}, r)
			if got := strings.TrimPrefix(d.Pos.String(), file); got != tt.place || d.Message != tt.message || d.Line != tt.line {
				t.Errorf("got  %s %s\n%s\nwant %s %s\n%s", got, d.Message, d.Line, tt.place, tt.message, tt.line)
			}
			if strings.Contains(d.Message+d.Line+d.Hint, "hunter2") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("it shows a value: %v, %v", d, err)
			}
		})
	}
	if d := broken(errors.New(`environment name "../x": expected letters`), nil, r); d.Message != `environment name "../x": expected letters` || d.Pos.IsValid() {
		t.Errorf("got %v", d)
	}
}
