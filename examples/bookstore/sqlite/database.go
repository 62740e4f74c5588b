// Package sqlite keeps books in an SQLite database through database/sql.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
)

// Database is the connection. It is opened at cold start and closed when the process ends.
//
//faas:provide
type Database struct {
	Path string //faas:config key=database.path

	db *sql.DB
}

// Init opens the file and creates what is missing. It runs under the unit's init timeout.
func (d *Database) Init(ctx context.Context) error {
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(wal)", "foreign_keys(on)"}, "_time_format": {"sqlite"}}
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(d.Path)+"?"+pragmas.Encode())
	if err != nil {
		return fmt.Errorf("open %s: %w", d.Path, err)
	}
	const schema = `
		CREATE TABLE IF NOT EXISTS book (
			id TEXT PRIMARY KEY, title TEXT NOT NULL, author TEXT NOT NULL, year INTEGER NOT NULL,
			draft INTEGER NOT NULL, created INTEGER NOT NULL, cover BLOB
		)`
	if _, err := db.ExecContext(ctx, schema); err != nil {
		_ = db.Close()
		return fmt.Errorf("create the schema in %s: %w", d.Path, err)
	}
	d.db = db
	return nil
}

// Destroy closes the connection.
func (d *Database) Destroy(context.Context) error { return d.db.Close() }
