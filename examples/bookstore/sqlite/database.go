// Package sqlite keeps books in an SQLite database. The component sqldb opens it and closes it.
package sqlite

import (
	"net/url"

	"github.com/faasgen/faasgen/framework/component/sqldb"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
)

// NewSource says where the database is: the address of a file is not a secret.
//
//faas:provide
//faas:arg path config=database.path
func NewSource(path string) *sqldb.Source {
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(wal)", "foreign_keys(on)"}, "_time_format": {"sqlite"}}
	return &sqldb.Source{Driver: "sqlite", DSN: "file:" + url.PathEscape(path) + "?" + pragmas.Encode()}
}
