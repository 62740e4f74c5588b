package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/config"
)

// fake is a driver whose DSN says how it behaves.
type fake struct{ open atomic.Int64 }

func (f *fake) OpenConnector(dsn string) (driver.Connector, error) {
	if dsn == "unreadable:secret" {
		return nil, fmt.Errorf("cannot parse %q", dsn)
	}
	return &connector{f, dsn}, nil
}

func (f *fake) Open(string) (driver.Conn, error) { return nil, errors.New("not called") }

type connector struct {
	fake *fake
	dsn  string
}

func (c *connector) Driver() driver.Driver { return c.fake }

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	switch {
	case strings.HasPrefix(c.dsn, "away"):
		return nil, fmt.Errorf("dial %s: password secret refused", c.dsn)
	case strings.HasPrefix(c.dsn, "lazy"): // many drivers read the DSN as late as that
		_, err := url.Parse(c.dsn)
		return nil, fmt.Errorf("cannot parse it: %w", errors.Unwrap(err))
	case strings.HasPrefix(c.dsn, "slow"):
		<-ctx.Done()
		return nil, ctx.Err()
	}
	c.fake.open.Add(1)
	return &conn{c.fake}, nil
}

type conn struct{ fake *fake }

func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("no statements") }
func (c *conn) Begin() (driver.Tx, error)           { return nil, errors.New("no transactions") }
func (c *conn) Close() error                        { c.fake.open.Add(-1); return nil }

// register makes a driver for one test.
func register(t *testing.T) (*fake, string) {
	t.Helper()
	f, name := &fake{}, "fake-"+strings.ReplaceAll(t.Name(), "/", "-")
	sql.Register(name, f)
	return f, name
}

func settings(name, dsn string) *Settings {
	return &Settings{Driver: name, DSN: config.NewDSN(dsn), MaxOpen: 3, MaxIdle: 2, PingTimeout: 50 * time.Millisecond}
}

func TestPool(t *testing.T) {
	f, name := register(t)
	p := &Pool{Settings: settings(name, "fine")}
	if err := p.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	db := NewDB(p)
	if got := db.Stats(); got.MaxOpenConnections != 3 || got.Idle != 1 || f.open.Load() != 1 {
		t.Errorf("got %+v, %d open", got, f.open.Load())
	}
	health := (&Configuration{DB: db, Settings: p.Settings}).OnHealthCheck
	if err := health(t.Context()); err != nil {
		t.Error(err)
	}
	if err := p.Destroy(t.Context()); err != nil || f.open.Load() != 0 {
		t.Errorf("%v, %d open", err, f.open.Load())
	}
	if err := health(t.Context()); err == nil || err.Error() != "ping the database: sql: database is closed" {
		t.Errorf("got %v", err)
	}
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("it answers after its end")
	}
}

// What the settings limit is limited in the pool.
func TestSettings(t *testing.T) {
	f, name := register(t)
	s := settings(name, "fine")
	s.MaxIdle, s.MaxLifetime = 1, time.Nanosecond
	p := &Pool{Settings: s}
	if err := p.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer p.Destroy(t.Context())
	if err := NewDB(p).PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := NewDB(p).Stats().MaxLifetimeClosed; got == 0 {
		t.Error("an old connection is used again")
	}
	s = settings(name, "fine")
	s.MaxIdle = 1
	q := &Pool{Settings: s}
	if err := q.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer q.Destroy(t.Context())
	var conns []*sql.Conn
	for range 3 {
		c, err := NewDB(q).Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
	}
	for _, c := range conns {
		_ = c.Close()
	}
	if got := NewDB(q).Stats(); got.Idle != 1 || got.MaxIdleClosed != 2 {
		t.Errorf("idle %d, closed %d", got.Idle, got.MaxIdleClosed)
	}
	// A health check of one that hangs takes no longer than its ping may.
	hangs := sql.OpenDB(&connector{f, "slow"})
	defer hangs.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := (&Configuration{DB: hangs, Settings: s}).OnHealthCheck(ctx)
	if err == nil || err.Error() != "ping the database: no answer within 50ms" {
		t.Errorf("got %v", err)
	}
}

// A pool that does not answer is closed, and says so where that fails, too.
func TestInitFailsAndCloses(t *testing.T) {
	_, name := register(t)
	p := &Pool{Settings: settings(name, "away")}
	if err := p.Init(t.Context()); err == nil {
		t.Fatal("it answers")
	}
	if err := NewDB(p).PingContext(t.Context()); err == nil || err.Error() != "sql: database is closed" {
		t.Errorf("got %v", err)
	}
}

// Those who use the database while it is closed hear of that, and no connection stays open. Run it with -race.
func TestDestroyWhileInUse(t *testing.T) {
	f, name := register(t)
	p := &Pool{Settings: settings(name, "fine")}
	if err := p.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	health := (&Configuration{DB: NewDB(p), Settings: p.Settings}).OnHealthCheck
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				if err := health(context.Background()); err != nil {
					if err.Error() != "ping the database: sql: database is closed" {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	for range 2 {
		if err := p.Destroy(t.Context()); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	if f.open.Load() != 0 {
		t.Errorf("%d open", f.open.Load())
	}
}

func TestSourceReplacesTheConfiguredOne(t *testing.T) {
	f, name := register(t)
	p := &Pool{Settings: settings("", ""), Source: &Source{Driver: name, DSN: "fine"}}
	if err := p.Init(t.Context()); err != nil || f.open.Load() != 1 {
		t.Errorf("%v, %d open", err, f.open.Load())
	}
	if err := p.Destroy(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestInitFails(t *testing.T) {
	_, name := register(t)
	for _, tt := range []struct{ name, driver, dsn, want string }{
		{"no DSN", name, "", "the DSN of the database is missing: set the variable SQLDB_DSN, or sqldb.dsn in a config file, or provide a *sqldb.Source"},
		{"an unreadable one", name, "unreadable:secret", "driver " + name + " does not take the DSN; what it says of it may show a password and is left out"},
		{"unreachable", name, "away://user:secret@host/db", "ping the database: dial [secret]: password [secret] refused"},
		{"a password that breaks a URL", name, "lazy://user:sec/ret@host/db", "ping the database: the password in the DSN is not escaped for a URL; what driver " + name + " says of it may show a password and is left out"},
		{"no answer", name, "slow", "ping the database: no answer within 50ms"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := (&Pool{Settings: settings(tt.driver, tt.dsn)}).Init(t.Context())
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			for ; err != nil; err = errors.Unwrap(err) {
				if strings.Contains(err.Error(), "secret@") || tt.dsn != "slow" && tt.dsn != "" && strings.Contains(err.Error(), tt.dsn) {
					t.Errorf("it shows the DSN: %v", err)
				}
			}
		})
	}
}

func TestDriverIsNotLinked(t *testing.T) {
	_, name := register(t)
	for driver, parts := range map[string][]string{
		"":      {"the driver of the database is missing", name, "configure sqldb.driver"},
		"pgx":   {`driver "pgx" is not linked`, name, `add: import _ "github.com/jackc/pgx/v5/stdlib"`},
		"mysql": {`add: import _ "github.com/go-sql-driver/mysql"`},
		"other": {`driver "other" is not linked`, "add a blank import of its package"},
	} {
		err := (&Pool{Settings: settings(driver, "fine")}).Init(t.Context())
		for _, part := range parts {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%q: got %v, expected it to have %s", driver, err, part)
			}
		}
	}
}

func TestRedacted(t *testing.T) {
	for dsn, texts := range map[string][]string{
		"postgres://ann:p%40ss@db/shop":          {"p@ss", "p%40ss", "ann:p%40ss"},
		"ann:geheim@tcp(db:3306)/shop":           {"geheim", "ann:geheim"},
		"host=db user=ann password='geheim' x=1": {"geheim", "'geheim'"},
		"sqlserver://db?user=ann&password=ge+im": {"ge+im", "ge im"},
		"Server=db;Pwd=geheim;":                  {"geheim"},
		"host=db password=ge heim  x user=ann":   {"ge", "heim", "x"},
		"user=ann password='ge heim' host=db":    {"'ge", "ge", "heim'", "heim", "'ge heim'", "ge heim"},
		`ann:ge"he\im@tcp(db:3306)/shop`:         {`ge"he\im`, `"ge\"he\\im"`[1 : len(`"ge\"he\\im"`)-1]},
	} {
		for _, text := range append(texts, dsn) {
			if got := redacted("<"+text+">", dsn); got != "<"+hidden+">" {
				t.Errorf("%s: %s", dsn, got)
			}
		}
	}
	for dsn, want := range map[string]bool{
		"postgres://ann:p%40ss@a:1,b:2/shop": false, "postgres://db/shop": false, "ann:a/b@tcp(db)/shop": false,
		"postgres://ann:a/b@db": true, "postgres://ann:a?b@db": true, "postgres://ann:a#b@db": true, "postgres://ann:[b@db": true, "postgres://ann:%zz@db": true,
	} {
		if brokenURL(dsn) != want {
			t.Errorf("%s: %v", dsn, !want)
		}
	}
	if got := redacted("connection refused", "postgres://ann@db"); got != "connection refused" {
		t.Error(got)
	}
}
