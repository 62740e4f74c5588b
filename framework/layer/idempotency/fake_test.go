package idempotency

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"testing"
)

// database is a table of one database, which knows the statements of the store and no others.
type database struct {
	mu   sync.Mutex
	rows map[string]*row
}

type row struct {
	owner   string
	done    int64
	expires int64
}

// table opens a database for one test.
func table(t *testing.T) *sql.DB {
	db := sql.OpenDB(connector{&database{rows: map[string]*row{}}})
	t.Cleanup(func() { _ = db.Close() })
	return db
}

type connector struct{ *database }

func (c connector) Connect(context.Context) (driver.Conn, error) { return conn(c), nil }
func (c connector) Driver() driver.Driver                        { return nil }

type conn struct{ *database }

func (conn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("no statements") }
func (conn) Begin() (driver.Tx, error)           { return nil, errors.New("no transactions") }
func (conn) Close() error                        { return nil }

// parameter is ? or $1; the numbers of those that have one must be in order.
var parameter = regexp.MustCompile(`\?|\$\d`)

func (c conn) ExecContext(_ context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	text = parameter.ReplaceAllStringFunc(text, func(p string) string {
		if n++; p != "?" && p != fmt.Sprintf("$%d", n) {
			return p
		}
		return "?"
	})
	if n != len(args) {
		return nil, fmt.Errorf("%d parameters, %d values", n, len(args))
	}
	s := func(i int) string { v, _ := args[i].Value.(string); return v }
	i := func(i int) int64 { v, _ := args[i].Value.(int64); return v }
	switch text {
	case "CREATE TABLE IF NOT EXISTS messages (id VARCHAR(64) NOT NULL PRIMARY KEY, owner VARCHAR(64) NOT NULL, done INTEGER NOT NULL, expires BIGINT NOT NULL)":
		return driver.RowsAffected(0), nil
	case "INSERT INTO messages (id, owner, done, expires) VALUES (?, ?, 0, ?)":
		if c.rows[s(0)] != nil {
			return nil, errors.New("the key is there")
		}
		c.rows[s(0)] = &row{s(1), 0, i(2)}
		return driver.RowsAffected(1), nil
	case "UPDATE messages SET owner = ?, done = 0, expires = ? WHERE id = ? AND expires <= ?":
		r := c.rows[s(2)]
		if r == nil || r.expires > i(3) {
			return driver.RowsAffected(0), nil
		}
		*r = row{s(0), 0, i(1)}
		return driver.RowsAffected(1), nil
	case "UPDATE messages SET done = 1, expires = ? WHERE id = ? AND owner = ? AND done = 0":
		r := c.rows[s(1)]
		if r == nil || r.owner != s(2) || r.done != 0 {
			return driver.RowsAffected(0), nil
		}
		r.done, r.expires = 1, i(0)
		return driver.RowsAffected(1), nil
	case "DELETE FROM messages WHERE id = ? AND owner = ? AND done = 0":
		r := c.rows[s(0)]
		if r == nil || r.owner != s(1) || r.done != 0 {
			return driver.RowsAffected(0), nil
		}
		delete(c.rows, s(0))
		return driver.RowsAffected(1), nil
	case "DELETE FROM messages WHERE expires <= ?":
		n := 0
		for key, r := range c.rows {
			if r.expires <= i(0) {
				delete(c.rows, key)
				n++
			}
		}
		return driver.RowsAffected(n), nil
	}
	return nil, fmt.Errorf("unknown statement %s", text)
}

func (c conn) QueryContext(_ context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if parameter.ReplaceAllString(text, "?") != "SELECT owner, done FROM messages WHERE id = ?" || len(args) != 1 {
		return nil, fmt.Errorf("unknown query %s", text)
	}
	key, _ := args[0].Value.(string)
	return &result{c.rows[key]}, nil
}

type result struct{ row *row }

func (*result) Columns() []string { return []string{"owner", "done"} }
func (*result) Close() error      { return nil }
func (r *result) Next(to []driver.Value) error {
	if r.row == nil {
		return io.EOF
	}
	to[0], to[1] = r.row.owner, r.row.done
	r.row = nil
	return nil
}
