package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Pool opens the database and closes it. Inject its *sql.DB.
//
//faas:provide
type Pool struct {
	Settings *Settings //faas:inject
	Source   *Source   //faas:inject optional

	db *sql.DB
}

// NewDB returns the database of the pool.
//
//faas:provide
func NewDB(p *Pool) *sql.DB { return p.db }

// Init opens the database and waits until it answers, at most for the ping timeout. Its errors never show the DSN.
func (p *Pool) Init(ctx context.Context) error {
	driver, dsn := p.Settings.Driver, p.Settings.DSN.Reveal()
	if p.Source != nil {
		driver, dsn = p.Source.Driver, p.Source.DSN
	}
	if err := linked(driver); err != nil {
		return err
	}
	if dsn == "" {
		return errors.New("the DSN of the database is missing: set the variable SQLDB_DSN, or sqldb.dsn in a config file, or provide a *sqldb.Source")
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		// What a driver cannot read it likes to quote.
		return fmt.Errorf("driver %s does not take the DSN; what it says of it may show a password and is left out", driver)
	}
	db.SetMaxOpenConns(p.Settings.MaxOpen)
	db.SetMaxIdleConns(p.Settings.MaxIdle)
	db.SetConnMaxLifetime(p.Settings.MaxLifetime)
	db.SetConnMaxIdleTime(p.Settings.MaxIdleTime)
	p.db = db
	if err := ping(ctx, db, p.Settings.PingTimeout); err != nil {
		return errors.Join(p.hide("ping the database", err), p.hide("close the database", db.Close()))
	}
	return nil
}

// Destroy closes all connections. Those in use end with the statement that they run.
func (p *Pool) Destroy(context.Context) error { return p.hide("close the database", p.db.Close()) }

func (p *Pool) hide(doing string, err error) error { return hide(doing, err, p.Settings, p.Source) }

// ping checks that the database is reachable. A limit of zero is none.
func ping(ctx context.Context, db *sql.DB, limit time.Duration) error {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
		defer cancel()
	}
	err := db.PingContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// hide wraps the error of a driver, without what it may show of the DSN.
func hide(doing string, err error, settings *Settings, source *Source) error {
	if err == nil {
		return nil
	}
	driver, dsn := settings.Driver, settings.DSN.Reveal()
	if source != nil {
		driver, dsn = source.Driver, source.DSN
	}
	if brokenURL(dsn) {
		return fmt.Errorf("%s: the password in the DSN is not escaped for a URL; what driver %s says of it may show a password and is left out", doing, driver)
	}
	if text := err.Error(); text != redacted(text, dsn) {
		return fmt.Errorf("%s: %s", doing, redacted(text, dsn)) // what it wraps would tell
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// linked reports a driver that the binary does not have.
func linked(driver string) error {
	drivers := sql.Drivers()
	if slices.Contains(drivers, driver) {
		return nil
	}
	have := "none is"
	if len(drivers) > 0 {
		have = strings.Join(drivers, ", ") + " are"
		if len(drivers) == 1 {
			have = drivers[0] + " is"
		}
	}
	if driver == "" {
		return fmt.Errorf("the driver of the database is missing, and %s linked: configure sqldb.driver, or provide a *sqldb.Source", have)
	}
	hint := "add a blank import of its package"
	if path := known(driver); path != "" {
		hint = fmt.Sprintf("add: import _ %q", path)
	}
	return fmt.Errorf("driver %q is not linked, %s: %s", driver, have, hint)
}

// known is the import path of a driver that many use, by the name it goes by.
func known(driver string) string {
	switch driver {
	case "mysql":
		return "github.com/go-sql-driver/mysql"
	case "pgx":
		return "github.com/jackc/pgx/v5/stdlib"
	case "postgres":
		return "github.com/lib/pq"
	case "sqlite":
		return "modernc.org/sqlite" // needs no cgo, which functions are built without
	case "sqlserver":
		return "github.com/microsoft/go-mssqldb"
	}
	return ""
}
