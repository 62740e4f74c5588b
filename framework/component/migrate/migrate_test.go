package migrate

import (
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"github.com/faasgen/faasgen/framework/component/sqldb"
)

// files are migrations by name, each with what it does.
func files(named ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(named); i += 2 {
		out[named[i]] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + named[i+1] + "\n")}
	}
	return out
}

func database(t *testing.T, path string, source *Source) *Database {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(20000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &Database{DB: db, Source: source, Settings: &sqldb.Settings{Driver: "sqlite"}, Log: slog.New(slog.DiscardHandler)}
}

// TestHalfWay: a migration that fails leaves nothing of itself, its error says which it was, and the next run goes on there.
func TestHalfWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	good := files("00001_book.sql", "CREATE TABLE book (id TEXT);", "00002_draft.sql", "ALTER TABLE book ADD COLUMN draft INTEGER;\nINSERT INTO nosuch VALUES (1);")
	d := database(t, path, &Source{FS: good})
	_, err := d.Up(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "migration 00002_draft.sql failed, and the database is at version 1: ") || !strings.Contains(err.Error(), "nosuch") {
		t.Fatalf("found %v", err)
	}
	status, err := d.Status(t.Context())
	if want := []Migration{{1, "00001_book.sql", true}, {2, "00002_draft.sql", false}}; err != nil || !slices.Equal(status, want) {
		t.Errorf("found %v, %v, expected %v", status, err, want)
	}
	if _, err := d.DB.ExecContext(t.Context(), "SELECT draft FROM book"); err == nil {
		t.Error("the failed migration has left its column")
	}
	d.Source.FS = files("00001_book.sql", "CREATE TABLE book (id TEXT);", "00002_draft.sql", "ALTER TABLE book ADD COLUMN draft INTEGER;")
	for _, want := range []Report{{1, 2, []string{"00002_draft.sql"}}, {2, 2, []string{}}} {
		r, err := d.Up(t.Context())
		if err != nil || r.From != want.From || r.To != want.To || !slices.Equal(r.Applied, want.Applied) {
			t.Errorf("found %+v, %v, expected %+v", r, err, want)
		}
	}
}

// TestRefused is what is wrong with a source.
func TestRefused(t *testing.T) {
	one := files("00001_book.sql", "CREATE TABLE book (id TEXT);")
	for name, c := range map[string]struct {
		source Source
		driver string
		want   string
	}{
		"nothing": {Source{}, "sqlite", "the migrate.Source has no FS"},
		"empty":   {Source{FS: fstest.MapFS{}, Dir: "."}, "sqlite", `found no migrations in folder "."`},
		"driver":  {Source{FS: one}, "oracle", `the dialect of driver "oracle" is not known`},
		"dialect": {Source{FS: one, Dialect: "oracle"}, "sqlite", `the migrate.Source has the dialect "oracle", expected sqlite, mysql or postgres`},
		"twice":   {Source{FS: files("00001_a.sql", "SELECT 1;", "00001_b.sql", "SELECT 1;")}, "sqlite", "read the migrations: "},
		"folder":  {Source{FS: one, Dir: "../x"}, "sqlite", "folder ../x of the migrations: "},
	} {
		t.Run(name, func(t *testing.T) {
			d := database(t, filepath.Join(t.TempDir(), "test.db"), &c.source)
			d.Settings.Driver = c.driver
			if _, err := d.Up(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("found %v, expected %s", err, c.want)
			}
		})
	}
}

// TestDialects has the drivers that the documentation of sqldb names.
func TestDialects(t *testing.T) {
	for driver, want := range map[string]string{"sqlite": "sqlite3", "sqlite3": "sqlite3", "mysql": "mysql", "pgx": "postgres", "postgres": "postgres"} {
		for _, d := range []*Database{
			{Source: &Source{}, Settings: &sqldb.Settings{Driver: driver}},
			{Source: &Source{}, Settings: &sqldb.Settings{}, Origin: &sqldb.Source{Driver: driver}},
		} {
			if got, err := d.dialect(); err != nil || string(got) != want {
				t.Errorf("%s: found %s, %v, expected %s", driver, got, err, want)
			}
		}
	}
}

// TestAuto: a start migrates where the configuration says so, and only there.
func TestAuto(t *testing.T) {
	for _, auto := range []bool{true, false} {
		d := database(t, filepath.Join(t.TempDir(), "test.db"), &Source{FS: files("00001_book.sql", "CREATE TABLE book (id TEXT);")})
		c := &Configuration{Database: d, Settings: &Settings{Auto: auto}}
		if err := c.OnReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.DB.ExecContext(t.Context(), "SELECT id FROM book"); (err == nil) != auto {
			t.Errorf("auto %t: found %v", auto, err)
		}
	}
}

// TestFolder: migrations may be files on disk.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "00001_book.sql"), []byte("-- +goose Up\nCREATE TABLE book (id TEXT);\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := database(t, filepath.Join(t.TempDir(), "test.db"), &Source{FS: os.DirFS(dir)}).Up(t.Context())
	if err != nil || r.To != 1 {
		t.Errorf("found %+v, %v", r, err)
	}
}
