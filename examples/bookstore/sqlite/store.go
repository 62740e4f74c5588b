package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/examples/bookstore/book"
)

// Store is the book.Store that functions use.
//
//faas:provide as=book.Store
type Store struct {
	DB *sql.DB //faas:inject
}

var _ book.Store = (*Store)(nil)

// List implements book.Store.
func (s *Store) List(ctx context.Context, text string, limit int) (books []book.Book, err error) {
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	rows, err := s.DB.QueryContext(ctx,
		`SELECT id, title, author, year, draft, created FROM book WHERE title LIKE ? ESCAPE '\' ORDER BY title, id LIMIT ?`, pattern, limit)
	if err != nil {
		return nil, fmt.Errorf("list books: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	books = []book.Book{}
	for rows.Next() {
		b, err := scan(rows)
		if err != nil {
			return nil, err
		}
		books = append(books, *b)
	}
	return books, rows.Err()
}

// Get implements book.Store.
func (s *Store) Get(ctx context.Context, id string) (*book.Book, error) {
	return scan(s.DB.QueryRowContext(ctx, `SELECT id, title, author, year, draft, created FROM book WHERE id = ?`, id))
}

func scan(row interface{ Scan(...any) error }) (*book.Book, error) {
	var (
		b       book.Book
		created int64
	)
	switch err := row.Scan(&b.ID, &b.Title, &b.Author, &b.Year, &b.Draft, &created); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, book.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("read a book: %w", err)
	}
	b.Created = time.Unix(created, 0).UTC()
	return &b, nil
}

// Put implements book.Store.
func (s *Store) Put(ctx context.Context, b *book.Book) error {
	_, err := s.DB.ExecContext(ctx, `
		INSERT INTO book (id, title, author, year, draft, created) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, author = excluded.author, year = excluded.year, draft = excluded.draft`,
		b.ID, b.Title, b.Author, b.Year, b.Draft, b.Created.Unix())
	if err != nil {
		return fmt.Errorf("save book %s: %w", b.ID, err)
	}
	return nil
}

// Delete implements book.Store.
func (s *Store) Delete(ctx context.Context, id string) error {
	return s.one(s.DB.ExecContext(ctx, `DELETE FROM book WHERE id = ?`, id))
}

// Purge implements book.Store.
func (s *Store) Purge(ctx context.Context, before time.Time) (int, error) {
	r, err := s.DB.ExecContext(ctx, `DELETE FROM book WHERE draft AND created < ?`, before.Unix())
	if err != nil {
		return 0, fmt.Errorf("purge drafts: %w", err)
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// Cover implements book.Store.
func (s *Store) Cover(ctx context.Context, id string) (picture []byte, err error) {
	err = s.DB.QueryRowContext(ctx, `SELECT cover FROM book WHERE id = ? AND cover IS NOT NULL`, id).Scan(&picture)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, book.ErrNotFound
	}
	return picture, err
}

// SetCover implements book.Store.
func (s *Store) SetCover(ctx context.Context, id string, picture []byte) error {
	return s.one(s.DB.ExecContext(ctx, `UPDATE book SET cover = ? WHERE id = ?`, picture, id))
}

// Illustrate implements book.Store.
func (s *Store) Illustrate(ctx context.Context, id string, picture []byte) error {
	if _, err := s.DB.ExecContext(ctx, `UPDATE book SET cover = ? WHERE id = ? AND cover IS NULL`, picture, id); err != nil {
		return fmt.Errorf("illustrate book %s: %w", id, err)
	}
	return nil
}

// one turns a statement that touched no row into book.ErrNotFound.
func (s *Store) one(r sql.Result, err error) error {
	if err != nil {
		return fmt.Errorf("change a book: %w", err)
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return book.ErrNotFound
	}
	return err
}
