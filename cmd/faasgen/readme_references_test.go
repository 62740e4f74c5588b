package main_test

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeReferences types in what the page on configuration says of secrets, and of references to them.
func TestReadmeReferences(t *testing.T) {
	t.Parallel()
	secrets := t.TempDir()
	for name, text := range map[string]string{"database-key": "the key\n", "db": "env:the password\n"} {
		if err := os.WriteFile(filepath.Join(secrets, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	here := func(text string) string { return strings.ReplaceAll(text, "/run/secrets", filepath.ToSlash(secrets)) }
	w := newWorkshop(t, buildTool(t), map[string]string{
		"f.yml":              "service: shop\n",
		"config.default.yml": here(find(t, "Secrets", "yaml")),
		"order/order.go": `// Package order takes orders.
package order

import (
	"fmt"

	"github.com/faasgen/faasgen/framework/config"
)

// Controller takes orders.
type Controller struct {
	Password config.Secret //faas:config key=database.password
	Key      config.Secret //faas:config key=database.key
	Max      int           //faas:config key=order.maxItems default=100
}

// Get gets one.
//
//faas:handler get
func (c *Controller) Get() string {
	return fmt.Sprint(c.Password.Reveal(), ", ", c.Key.Reveal(), ", ", c.Max)
}
`,
	})
	out, errs, err := w.sh("DB_PASSWORD_PROD=file:x go tool faasgen invoke get")
	if err != nil || strings.TrimSpace(out) != `"file:x, the key, 100"` {
		t.Errorf("%s, %v\n%s", out, err, errs)
	}
	exports := strings.ReplaceAll(here(find(t, "Variables and references", "sh")), "\n", "\n ")
	out, errs, err = w.sh("export SHOP_MAX_ITEMS=7\n" + exports + "\ngo tool faasgen invoke get")
	if err != nil || strings.TrimSpace(out) != `"env:the password, the key, 7"` {
		t.Errorf("%s, %v\n%s", out, err, errs)
	}

	// The main package with a store.
	code := "// Command shop is typed in from the docs.\npackage main\n\nimport (\n\t\"example.com/shop/internal/faasgen/app\"\n" +
		"\t\"github.com/faasgen/faasgen/framework\"\n\t\"github.com/faasgen/faasgen/framework/platform/aws\"\n)\n\n" +
		"type reader struct{}\n\nfunc (reader) Read(name string) (string, error) { return name, nil }\n\nvar client reader\n\n" + find(t, "Variables and references", "go")
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	w.write("cmd/shop/main.go", code)
	if out, errs, err := w.sh("go tool faasgen generate && go vet ./cmd/shop"); err != nil {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
}
