package idempotency

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SQL is a store in a table of a database. It needs no transactions and nothing but what every SQL database has.
type SQL struct {
	// DB is the database.
	DB *sql.DB
	// Table is the table's name, as it is written in statements; it is the application's own and not a user's. See
	// [SQL.Create].
	Table string
	// Dollar writes parameters as $1 instead of ?, as PostgreSQL wants them.
	Dollar bool
}

// Create makes the table unless it is there:
//
//	CREATE TABLE IF NOT EXISTS messages (
//		id      VARCHAR(64) NOT NULL PRIMARY KEY,
//		owner   VARCHAR(64) NOT NULL,
//		done    INTEGER     NOT NULL,
//		expires BIGINT      NOT NULL   -- milliseconds since 1970
//	)
func (s *SQL) Create(ctx context.Context) error {
	_, err := s.exec(ctx, "CREATE TABLE IF NOT EXISTS "+s.Table+
		" (id VARCHAR(64) NOT NULL PRIMARY KEY, owner VARCHAR(64) NOT NULL, done INTEGER NOT NULL, expires BIGINT NOT NULL)")
	return err
}

// Prune deletes what need not be remembered any more, and returns how many messages that were. A timer may call it.
func (s *SQL) Prune(ctx context.Context, now time.Time) (int64, error) {
	return s.exec(ctx, "DELETE FROM "+s.Table+" WHERE expires <= ?", now.UnixMilli())
}

// Claim implements Store. The primary key decides between two who insert at once, the condition of the update between two
// who take over.
func (s *SQL) Claim(ctx context.Context, key, owner string, now, lease time.Time) (State, error) {
	_, inserting := s.exec(ctx, "INSERT INTO "+s.Table+" (id, owner, done, expires) VALUES (?, ?, 0, ?)", key, owner, lease.UnixMilli())
	if inserting == nil {
		return Claimed, nil
	}
	n, err := s.exec(ctx, "UPDATE "+s.Table+" SET owner = ?, done = 0, expires = ? WHERE id = ? AND expires <= ?", owner, lease.UnixMilli(), key, now.UnixMilli())
	switch {
	case err != nil:
		return Busy, err
	case n > 0:
		return Claimed, nil
	}
	var by string
	var done int
	row := s.DB.QueryRowContext(ctx, s.statement("SELECT owner, done FROM "+s.Table+" WHERE id = ?"), key)
	if err := row.Scan(&by, &done); err != nil {
		return Busy, fmt.Errorf("the message is not there, and cannot be inserted: %w", inserting)
	}
	switch {
	case done != 0:
		return Done, nil
	case by == owner:
		return Claimed, nil
	}
	return Busy, nil
}

// Finish implements Store.
func (s *SQL) Finish(ctx context.Context, key, owner string, until time.Time) error {
	n, err := s.exec(ctx, "UPDATE "+s.Table+" SET done = 1, expires = ? WHERE id = ? AND owner = ? AND done = 0", until.UnixMilli(), key, owner)
	if err == nil && n == 0 {
		return errLost
	}
	return err
}

// Release implements Store.
func (s *SQL) Release(ctx context.Context, key, owner string) error {
	_, err := s.exec(ctx, "DELETE FROM "+s.Table+" WHERE id = ? AND owner = ? AND done = 0", key, owner)
	return err
}

// exec runs a statement and returns how many rows it has changed.
func (s *SQL) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	r, err := s.DB.ExecContext(ctx, s.statement(statement), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// statement writes the parameters as the database wants them.
func (s *SQL) statement(text string) string {
	if !s.Dollar {
		return text
	}
	parts := strings.Split(text, "?")
	var b strings.Builder
	for i, p := range parts {
		b.WriteString(p)
		if i < len(parts)-1 {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i + 1))
		}
	}
	return b.String()
}
