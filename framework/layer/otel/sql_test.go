package otel_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
)

// old is a driver that can do what every driver must, modern one that can do more. Both fail a statement with BAD in it.
type (
	old        struct{}
	oldConn    struct{}
	oldStmt    struct{ query string }
	modern     struct{}
	modernConn struct{ oldConn }
	none       struct{}
)

func (old) Open(string) (driver.Conn, error)    { return oldConn{}, nil }
func (modern) Open(string) (driver.Conn, error) { return modernConn{}, nil }
func (modern) OpenConnector(string) (driver.Connector, error) {
	return modern{}, nil
}
func (modern) Connect(context.Context) (driver.Conn, error) { return modernConn{}, nil }
func (modern) Driver() driver.Driver                        { return modern{} }

func (oldConn) Prepare(query string) (driver.Stmt, error) { return oldStmt{query}, nil }
func (oldConn) Close() error                              { return nil }
func (oldConn) Begin() (driver.Tx, error)                 { return none{}, nil }

func (none) Commit() error                { return nil }
func (none) Rollback() error              { return nil }
func (none) Columns() []string            { return []string{"a"} }
func (none) Close() error                 { return nil }
func (none) Next([]driver.Value) error    { return io.EOF }
func (none) LastInsertId() (int64, error) { return 1, nil }
func (none) RowsAffected() (int64, error) { return 1, nil }

func bad(query string) error {
	if strings.Contains(query, "BAD") {
		return errors.New(secret)
	}
	return nil
}

func (s oldStmt) Close() error                               { return nil }
func (s oldStmt) NumInput() int                              { return strings.Count(s.query, "?") }
func (s oldStmt) Exec([]driver.Value) (driver.Result, error) { return none{}, bad(s.query) }
func (s oldStmt) Query([]driver.Value) (driver.Rows, error)  { return none{}, bad(s.query) }

func (modernConn) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	return none{}, bad(query)
}

func (modernConn) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	return none{}, bad(query)
}

func (modernConn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) { return none{}, nil }

// Statements have spans within that of their invocation, with the operation and nothing of the statement, through any driver.
func TestDriver(t *testing.T) {
	for name, d := range map[string]driver.Driver{"traced-old": old{}, "traced-modern": modern{}} {
		name += rand.Text() // for good
		sql.Register(name, otel.Driver("sqlite", d))
		r := newReceiver(t)
		db, err := sql.Open(name, "")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("DELETE FROM outside"); err != nil {
			t.Error(err)
		}
		e := start(t, configuration(r.URL), nil, &framework.Function{Handler: func(ctx *framework.Context) error {
			rows, err := db.QueryContext(ctx, "select a from t where b = ? and c = '"+secret+"'", 7)
			if err != nil {
				return err
			}
			tx, err := db.BeginTx(ctx, nil)
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			_, err = tx.ExecContext(ctx, "INSERT INTO t VALUES (?)", 7)
			if _, wrong := db.ExecContext(ctx, "UPDATE BAD"); wrong == nil || wrong.Error() != secret {
				t.Errorf("%s: found %v", name, wrong)
			}
			return errors.Join(err, tx.Commit(), rows.Close(), db.PingContext(ctx))
		}})
		e.invoke(framework.Invocation{Event: request()})
		var got []string
		spans := r.taken()
		invocation := named(spans, "GET /orders/{id}")
		for _, s := range spans {
			if a := plain(s.Attributes); a["db.system.name"] == "sqlite" && a["db.operation.name"] == s.Name && hexOf(s.ParentSpanId) == hexOf(invocation.GetSpanId()) {
				got = append(got, s.Name+" "+s.Status.GetCode().String())
			}
			if strings.Contains(s.String(), secret) {
				t.Errorf("%s: the span tells too much: %v", name, s)
			}
		}
		slices.Sort(got)
		want := "BEGIN STATUS_CODE_UNSET,COMMIT STATUS_CODE_UNSET,INSERT STATUS_CODE_UNSET,SELECT STATUS_CODE_UNSET,UPDATE STATUS_CODE_ERROR"
		if strings.Join(got, ",") != want || invocation.GetStatus().GetCode() != 0 {
			t.Errorf("%s: found %s, want %s", name, strings.Join(got, ","), want)
		}
	}
}
