package main_test

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// stub is a driver that stands in for one of another module: its error says which DSN it has opened.
const stub = `package %s

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
)

type opened struct{ dsn string }

var _ = register()

func register() bool { sql.Register(%q, opened{}); return true }

func (opened) Open(dsn string) (driver.Conn, error)      { return opened{dsn}, nil }
func (o opened) Prepare(string) (driver.Stmt, error)     { return nil, errors.New("opened " + strings.Join(strings.Split(o.dsn, ""), "_")) }
func (opened) Begin() (driver.Tx, error)                 { return nil, errors.New("no transactions") }
func (opened) Close() error                              { return nil }
`

// TestReadmeDatabases types in the page on databases with each of its recipes. What a driver is given is the DSN that the recipe
// has; the drivers themselves are stubs.
func TestReadmeDatabases(t *testing.T) {
	t.Parallel()
	tool := buildTool(t)
	code := find(t, "Databases", "go")
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	exports := regexp.MustCompile(`export (\w+)='?([^'\s]+)'?`)
	for heading, recipe := range map[string]struct{ module, pkg, driver, want string }{
		"SQLite":   {"modernc.org/sqlite", "", "sqlite", "file:/tmp/shop.db?_pragma=busy_timeout(5000)&_pragma=foreign_keys(on)"},
		"MySQL":    {"github.com/go-sql-driver/mysql", "", "mysql", "shop:pass/word@tcp(db.internal:3306)/shop?parseTime=true"},
		"Postgres": {"github.com/jackc/pgx/v5", "/stdlib", "pgx", "postgres://shop:pass%2Fword@db.internal:5432/shop?sslmode=verify-full"},
	} {
		t.Run(heading, func(t *testing.T) {
			t.Parallel()
			config := find(t, heading, "yaml")
			secret := filepath.Join(t.TempDir(), "dsn")
			if heading == "MySQL" {
				config = strings.Replace(config, "/run/secrets/mysql-dsn", filepath.ToSlash(secret), 1)
				if err := os.WriteFile(secret, []byte(find(t, heading, "text")), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			w := newWorkshop(t, tool, map[string]string{
				"shop.go": strings.Replace(code, `"modernc.org/sqlite"`, fmt.Sprintf("%q", recipe.module+recipe.pkg), 1),
				"f.yml":   "service: shop\n", "config.default.yml": config,
				"stub/go.mod":                    "module " + recipe.module + "\n\ngo 1.26.0\n",
				"stub" + recipe.pkg + "/stub.go": fmt.Sprintf(stub, recipe.driver, recipe.driver),
			})
			mod, err := os.ReadFile(filepath.Join(w.dir, "go.mod"))
			if err != nil {
				t.Fatal(err)
			}
			major := "v1.0.0"
			if strings.HasSuffix(recipe.module, "/v5") {
				major = "v5.0.0"
			}
			w.write("go.mod", string(mod)+fmt.Sprintf("\nrequire %s %s\n\nreplace %s => ./stub\n", recipe.module, major, recipe.module))
			environment := ""
			if heading == "Postgres" {
				set := exports.FindStringSubmatch(find(t, heading, "sh"))
				environment = set[1] + "='" + set[2] + "' "
			}
			for _, line := range []string{environment + "go tool faasgen invoke count", "SQLDB_DSN='" + recipe.want + "' go tool faasgen invoke count"} {
				// The component leaves a DSN out of errors; the stub spells it.
				_, errs, err := w.sh(line)
				if want := "opened " + strings.Join(strings.Split(recipe.want, ""), "_"); err == nil || !strings.Contains(errs, want) {
					t.Errorf("%s: %v\n%s", line, err, errs)
				}
				w.write("config.default.yml", "sqldb: {driver: "+recipe.driver+"}\n") // the second time by the variable alone
			}
		})
	}
}

// TestReadmeConnections checks the application of the page on databases with the f.yml that says how many connections there may be.
func TestReadmeConnections(t *testing.T) {
	t.Parallel()
	const heading = "How many connections there may be"
	w := newWorkshop(t, buildTool(t), map[string]string{
		"shop.go": strings.Replace(find(t, "Databases", "go"), "\t_ \"modernc.org/sqlite\" // the driver\n", "", 1),
		"f.yml":   find(t, heading, "yaml"), "config.default.yml": find(t, "SQLite", "yaml"),
	})
	if _, errs, err := w.sh("go tool faasgen generate"); err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	_, errs, err := w.sh("go tool faasgen check")
	if want := find(t, heading, ""); err != nil || errs != want {
		t.Errorf("%v\ngot:\n%s\nwant:\n%s", err, errs, want)
	}
}
