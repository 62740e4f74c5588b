// Package migrate is a component: it brings the database of the component sqldb up to date, with the migrations of the application, by
// goose. It is a module of its own, so that nobody else links goose. An application imports it, says where its migrations are, and
// has a task that runs them:
//
//	//faas:configuration import=github.com/faasgen/faasgen/framework/component/migrate
//	type Configuration struct{}
//
//	//go:embed migrations/*.sql
//	var migrations embed.FS
//
//	//faas:provide
//	func NewMigrations() *migrate.Source { return &migrate.Source{FS: migrations, Dir: "migrations"} }
//
//	//faas:provide
//	type Tasks struct {
//		Database *migrate.Database //faas:inject
//	}
//
//	//faas:handler
//	//faas:task migrate
//	func (t *Tasks) Migrate(ctx context.Context) (*migrate.Report, error) { return t.Database.Up(ctx) }
//
// It imports sqldb, whose *sql.DB it works on. It ends where a schema is designed: what a migration does, and whether the version of
// the functions that still serves can live with it, is the application's.
package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/faasgen/faasgen/framework/component/sqldb"
)

// Configuration makes the package a component.
//
//faas:configuration import=github.com/faasgen/faasgen/framework/component/sqldb
type Configuration struct {
	Database *Database //faas:inject
	Settings *Settings //faas:inject
}

// OnReady brings the database up to date where migrate.auto says so. A unit that does not use the component does not get here.
func (c *Configuration) OnReady(ctx context.Context) error {
	if !c.Settings.Auto {
		return nil
	}
	_, err := c.Database.Up(ctx)
	return err
}

// Settings are the configuration, below the key migrate.
//
//faas:config key=migrate
type Settings struct {
	// Auto runs the migrations when a process starts that has the task, as a dev run has. It is meant for config.local.yml: in a cloud
	// it would be the task's own unit that migrates as soon as it starts, and the init timeout would cut long migrations off.
	Auto bool
}

// Source says where the migrations of the application are.
type Source struct {
	// FS has a file for each migration, such as 00001_books.sql, which begins with -- +goose Up.
	FS fs.FS
	// Dir is the folder in FS that they are in; empty is its root.
	Dir string
	// Dialect is sqlite, mysql or postgres. It is that of the driver where it is empty, for the drivers sqlite, sqlite3, mysql, pgx
	// and postgres.
	Dialect string
}

// Database runs the migrations of a Source on the database of sqldb.
//
//faas:provide
type Database struct {
	DB       *sql.DB         //faas:inject
	Source   *Source         //faas:inject
	Settings *sqldb.Settings //faas:inject
	Origin   *sqldb.Source   //faas:inject optional
	Log      *slog.Logger    //faas:inject
}

// Report is what a run has done.
type Report struct {
	// From and To are the versions of the database before and after it, zero if it had none.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Applied are the files of the migrations that were run, in order.
	Applied []string `json:"applied"`
}

// Migration is one migration and whether it was run.
type Migration struct {
	Version int64  `json:"version"`
	File    string `json:"file"`
	Applied bool   `json:"applied"`
}

// Up runs the migrations that the database does not have yet, in the order of their versions, each in a transaction unless its file says
// otherwise. The first that fails ends it: the error says which, the database has the version before it, and the next run goes on
// there. On MySQL, which has no transactions around changes of a schema, what a failed migration has done of them stays. Two runs at
// once wait for each other on Postgres and MySQL; SQLite has its lock on the file alone.
func (d *Database) Up(ctx context.Context) (*Report, error) {
	p, err := d.provider()
	if err != nil {
		return nil, err
	}
	report := &Report{Applied: []string{}}
	if report.From, err = p.GetDBVersion(ctx); err != nil {
		return nil, fmt.Errorf("read the version of the database: %w", err)
	}
	results, err := p.Up(ctx)
	partial, failed := errors.AsType[*goose.PartialError](err)
	if failed {
		results = partial.Applied
	}
	report.To = report.From
	for _, r := range results {
		report.Applied = append(report.Applied, r.Source.Path)
		report.To = r.Source.Version
		d.Log.InfoContext(ctx, "migrated", "version", r.Source.Version, "file", r.Source.Path, "duration", r.Duration)
	}
	switch {
	case failed:
		return nil, fmt.Errorf("migration %s failed, and the database is at version %d: %w", partial.Failed.Source.Path, report.To, partial.Err)
	case err != nil:
		return nil, fmt.Errorf("migrate the database, which was at version %d: %w", report.From, err)
	}
	d.Log.InfoContext(ctx, "the database is up to date", "version", report.To, "applied", len(report.Applied))
	return report, nil
}

// Status lists the migrations by version, with whether the database has them.
func (d *Database) Status(ctx context.Context) ([]Migration, error) {
	p, err := d.provider()
	if err != nil {
		return nil, err
	}
	all, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which migrations the database has: %w", err)
	}
	list := []Migration{}
	for _, m := range all {
		list = append(list, Migration{Version: m.Source.Version, File: m.Source.Path, Applied: m.State == goose.StateApplied})
	}
	return list, nil
}

// provider is goose for this database. It knows nothing of what other code registers with goose.
func (d *Database) provider() (*goose.Provider, error) {
	if d.Source.FS == nil {
		return nil, errors.New("the migrate.Source has no FS: expected the files of the migrations, such as an embed.FS")
	}
	files := d.Source.FS
	if d.Source.Dir != "" {
		below, err := fs.Sub(files, d.Source.Dir)
		if err != nil {
			return nil, fmt.Errorf("folder %s of the migrations: %w", d.Source.Dir, err)
		}
		files = below
	}
	dialect, err := d.dialect()
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithSlog(d.Log)}
	switch dialect {
	case goose.DialectPostgres:
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(l))
	case goose.DialectMySQL:
		l, err := lock.NewMySQLTableLocker(lock.WithTableLogger(d.Log))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithLocker(l))
	}
	p, err := goose.NewProvider(dialect, d.DB, files, options...)
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil, fmt.Errorf("found no migrations in folder %q: expected files such as 00001_books.sql", d.Source.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// dialect is goose's word for the language of the database.
func (d *Database) dialect() (goose.Dialect, error) {
	driver := d.Settings.Driver
	if d.Origin != nil {
		driver = d.Origin.Driver
	}
	said := d.Source.Dialect
	for _, known := range []struct {
		dialect goose.Dialect
		word    string
		drivers []string
	}{
		{goose.DialectSQLite3, "sqlite", []string{"sqlite", "sqlite3"}},
		{goose.DialectMySQL, "mysql", []string{"mysql"}},
		{goose.DialectPostgres, "postgres", []string{"pgx", "postgres"}},
	} {
		if said == known.word || said == "" && slices.Contains(known.drivers, driver) {
			return known.dialect, nil
		}
	}
	if said != "" {
		return "", fmt.Errorf("the migrate.Source has the dialect %q, expected sqlite, mysql or postgres", said)
	}
	return "", fmt.Errorf("the dialect of driver %q is not known: say it in the migrate.Source: Dialect: \"sqlite\", \"mysql\" or \"postgres\"", driver)
}
