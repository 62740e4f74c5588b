package main_test

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMigrationsOfThePage: the code of the page is formatted, and says of the component what its own documentation says.
func TestMigrationsOfThePage(t *testing.T) {
	t.Parallel()
	_, code, _ := strings.Cut(find(t, "Migrations", "go"), "\n")
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	source, err := os.ReadFile(filepath.Join("..", "..", "framework", "component", "migrate", "migrate.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"//faas:configuration import=github.com/faasgen/faasgen/framework/component/migrate",
		"Database *migrate.Database //faas:inject",
		"func (t *Tasks) Migrate(ctx context.Context) (*migrate.Report, error) { return t.Database.Up(ctx) }",
	} {
		if !strings.Contains(code, line) || !strings.Contains(string(source), line) {
			t.Errorf("the page or the package's documentation lacks %s", line)
		}
	}
}
