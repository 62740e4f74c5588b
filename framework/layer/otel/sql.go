package otel

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Driver returns a driver whose statements have a span where their context is in one that is sampled. It is registered under a name of
// its own, which the component sqldb then has as sqldb.driver:
//
//	sql.Register("traced-pgx", otel.Driver("postgresql", stdlib.GetDefaultDriver()))
//
// System is what the semantic conventions call the database: postgresql, mysql, sqlite. Spans have the operation, such as SELECT, and
// never the statement, whose values may be secrets. Reading the rows is not part of them.
func Driver(system string, d driver.Driver) driver.Driver {
	if c, ok := d.(driver.DriverContext); ok {
		return &contextDriver{tracedDriver{d, system}, c}
	}
	return &tracedDriver{d, system}
}

// Connector is [Driver] for sql.OpenDB.
func Connector(system string, c driver.Connector) driver.Connector {
	return &connector{c, system}
}

type tracedDriver struct {
	driver.Driver
	system string
}

// Open opens a connection.
func (d *tracedDriver) Open(name string) (driver.Conn, error) {
	c, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return &conn{c, d.system}, nil
}

type contextDriver struct {
	tracedDriver
	next driver.DriverContext
}

// OpenConnector reads a DSN.
func (d *contextDriver) OpenConnector(name string) (driver.Connector, error) {
	c, err := d.next.OpenConnector(name)
	if err != nil {
		return nil, err
	}
	return &connector{c, d.system}, nil
}

type connector struct {
	driver.Connector
	system string
}

// Connect opens a connection.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	next, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{next, c.system}, nil
}

// Driver returns the driver.
func (c *connector) Driver() driver.Driver { return Driver(c.system, c.Connector.Driver()) }

// begin begins the span of an operation, nil if there is none. The end is told the error.
func begin(ctx context.Context, system, operation string) (context.Context, trace.Span) {
	outer := trace.SpanFromContext(ctx)
	if !outer.IsRecording() {
		return ctx, nil
	}
	return outer.TracerProvider().Tracer(scope).Start(ctx, operation, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(semconv.DBSystemNameKey.String(system), semconv.DBOperationName(operation)))
}

func end(span trace.Span, err error) {
	if span == nil || errors.Is(err, driver.ErrSkip) { // what has no end is not exported
		return
	}
	if err != nil {
		fail(span, err)
	}
	span.End()
}

// operation is the first word of a statement.
func operation(query string) string {
	query = strings.TrimSpace(query)
	n := 0
	for n < len(query) && n < 16 && query[n]|0x20 >= 'a' && query[n]|0x20 <= 'z' {
		n++
	}
	if n == 0 {
		return "SQL"
	}
	return strings.ToUpper(query[:n])
}

// conn is a connection. What the driver's own cannot do is answered as database/sql would do it.
type conn struct {
	driver.Conn
	system string
}

// Ping asks whether the database is there.
func (c *conn) Ping(ctx context.Context) error {
	if p, ok := c.Conn.(driver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}

// ResetSession is called before the connection is used again.
func (c *conn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid reports whether it may be.
func (c *conn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

// CheckNamedValue converts an argument.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if k, ok := c.Conn.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// BeginTx begins a transaction.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (tx driver.Tx, err error) {
	inner, span := begin(ctx, c.system, "BEGIN")
	defer func() { end(span, err) }()
	switch b, ok := c.Conn.(driver.ConnBeginTx); {
	case ok:
		tx, err = b.BeginTx(inner, o)
	case o.Isolation != 0:
		return nil, errors.New("the driver has no isolation levels")
	case o.ReadOnly:
		return nil, errors.New("the driver has no read-only transactions")
	default:
		tx, err = c.Conn.Begin() //lint:ignore SA1019 such a driver has nothing else
		if err == nil && ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), tx.Rollback())
		}
	}
	if err != nil {
		return nil, err
	}
	return &transaction{tx, ctx, c.system}, nil
}

// PrepareContext prepares a statement.
func (c *conn) PrepareContext(ctx context.Context, query string) (s driver.Stmt, err error) {
	if p, ok := c.Conn.(driver.ConnPrepareContext); ok {
		s, err = p.PrepareContext(ctx, query)
	} else if s, err = c.Conn.Prepare(query); err == nil && ctx.Err() != nil {
		return nil, errors.Join(ctx.Err(), s.Close())
	}
	if err != nil {
		return nil, err
	}
	return &statement{s, c, operation(query)}, nil
}

// ExecContext runs a statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Result, err error) {
	x, ok := c.Conn.(driver.ExecerContext)
	if !ok {
		return nil, driver.ErrSkip // and it is prepared first
	}
	ctx, span := begin(ctx, c.system, operation(query))
	defer func() { end(span, err) }()
	return x.ExecContext(ctx, query, args)
}

// QueryContext runs a query.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Rows, err error) {
	q, ok := c.Conn.(driver.QueryerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	ctx, span := begin(ctx, c.system, operation(query))
	defer func() { end(span, err) }()
	return q.QueryContext(ctx, query, args)
}

type transaction struct {
	driver.Tx
	ctx    context.Context // in which it began, since its end has none
	system string
}

// Commit ends it.
func (t *transaction) Commit() (err error) {
	_, span := begin(t.ctx, t.system, "COMMIT")
	defer func() { end(span, err) }()
	return t.Tx.Commit()
}

// Rollback ends it, too.
func (t *transaction) Rollback() (err error) {
	_, span := begin(t.ctx, t.system, "ROLLBACK")
	defer func() { end(span, err) }()
	return t.Tx.Rollback()
}

type statement struct {
	driver.Stmt
	conn      *conn
	operation string
}

// CheckNamedValue converts an argument.
func (s *statement) CheckNamedValue(v *driver.NamedValue) (err error) {
	if k, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	//lint:ignore SA1019 such a driver has nothing else
	if k, ok := s.Stmt.(driver.ColumnConverter); ok {
		v.Value, err = k.ColumnConverter(v.Ordinal - 1).ConvertValue(v.Value)
		return err
	}
	return s.conn.CheckNamedValue(v)
}

// ExecContext runs it.
func (s *statement) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	ctx, span := begin(ctx, s.conn.system, s.operation)
	defer func() { end(span, err) }()
	if x, ok := s.Stmt.(driver.StmtExecContext); ok {
		return x.ExecContext(ctx, args)
	}
	plain, err := unnamed(ctx, args)
	if err != nil {
		return nil, err
	}
	return s.Stmt.Exec(plain) //lint:ignore SA1019 such a driver has nothing else
}

// QueryContext runs it.
func (s *statement) QueryContext(ctx context.Context, args []driver.NamedValue) (r driver.Rows, err error) {
	ctx, span := begin(ctx, s.conn.system, s.operation)
	defer func() { end(span, err) }()
	if q, ok := s.Stmt.(driver.StmtQueryContext); ok {
		return q.QueryContext(ctx, args)
	}
	plain, err := unnamed(ctx, args)
	if err != nil {
		return nil, err
	}
	return s.Stmt.Query(plain) //lint:ignore SA1019 such a driver has nothing else
}

// unnamed are arguments for a driver that knows neither names nor contexts.
func unnamed(ctx context.Context, args []driver.NamedValue) ([]driver.Value, error) {
	plain := make([]driver.Value, len(args))
	for i, a := range args {
		if a.Name != "" {
			return nil, errors.New("the driver has no named arguments")
		}
		plain[i] = a.Value
	}
	return plain, ctx.Err()
}
