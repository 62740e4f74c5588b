// Package sqldb is a component: it provides a *sql.DB, pinged at cold start and closed at the end, over any driver of
// database/sql. An application imports it and injects what it provides:
//
//	//faas:configuration import=github.com/faasgen/faasgen/framework/component/sqldb
//	type Configuration struct{}
//
//	//faas:provide
//	func NewStore(db *sql.DB) *Store
//
// It says in its configuration which driver to use, and links it with a blank import somewhere in its own code:
//
//	sqldb:
//	  driver: pgx                      # the name that the driver goes by in database/sql
//	  dsn: {from: env:DATABASE_URL}    # the variable SQLDB_DSN holds the DSN itself
//	  maxOpen: 10                      # see Settings
//
// A DSN without a password may stand in the file itself: dsn: file:/mnt/shop.db. Where it is put together out of other things, the
// application provides a *[Source] instead.
//
// The package is a model for components of your own. A component is one package:
//
//   - A struct marked //faas:configuration makes it one. It may hear of start and stop, and answer for its health.
//   - What is marked //faas:provide, middleware or guard is there for every importer. Types without an id need no prefix,
//     names get the namespace in front, which is the package's name: //faas:use sqldb:name.
//   - Its configuration is below the key of its namespace. config.default.yml next to the code says what holds where the
//     application says nothing; a key without a default is required at start.
//   - An optional dependency, here *Source, is how an application takes part of the work over.
//   - It has no handlers, logs nothing that it returns as an error, and shows no secret in either.
package sqldb

import (
	"context"
	"database/sql"
	"time"

	"github.com/faasgen/faasgen/framework/config"
)

// Configuration makes the package a component.
//
//faas:configuration
type Configuration struct {
	DB       *sql.DB   //faas:inject
	Settings *Settings //faas:inject
	Source   *Source   //faas:inject optional
}

// OnHealthCheck reports a database that does not answer within the ping timeout.
func (c *Configuration) OnHealthCheck(ctx context.Context) error {
	return hide("ping the database", ping(ctx, c.DB, c.Settings.PingTimeout), c.Settings, c.Source)
}

// Settings are the configuration, below the key sqldb.
//
//faas:config key=sqldb
type Settings struct {
	// Driver is the name that a linked driver goes by in database/sql.
	Driver string
	// DSN is what the driver takes for an address, as its documentation has it, with the password that may be in it.
	DSN config.DSN //faas:config key=sqldb.dsn default=""
	// MaxOpen and MaxIdle limit the connections of one process, MaxLifetime and MaxIdleTime how long one is used and kept.
	// Zero means unlimited, and for MaxIdle no idle connections.
	MaxOpen     int
	MaxIdle     int
	MaxLifetime time.Duration
	MaxIdleTime time.Duration
	// PingTimeout limits the ping at cold start and that of a health check; zero leaves it to the init timeout.
	PingTimeout time.Duration
}

// Source says where the database is. An application that provides one needs no sqldb.driver and no sqldb.dsn.
type Source struct {
	// Driver is the name that a linked driver goes by in database/sql.
	Driver string
	// DSN is what the driver takes for an address. Errors show it no more than the configured one.
	DSN string
}
