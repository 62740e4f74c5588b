// Package book is the catalogue: what a book is, who may read it, who may change it. It knows no database.
package book

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Book is one entry of the catalogue.
type Book struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Author  string    `json:"author"`
	Year    int       `json:"year,omitempty"`
	Draft   bool      `json:"draft,omitempty"`
	Created time.Time `json:"created"`
}

// ErrNotFound is what a Store returns for a book it does not have.
var ErrNotFound = errors.New("no such book")

// Store keeps books.
type Store interface {
	// List returns at most limit books whose title contains text, by title.
	List(ctx context.Context, text string, limit int) ([]Book, error)
	// Get returns ErrNotFound if there is no such book.
	Get(ctx context.Context, id string) (*Book, error)
	// Put creates or replaces a book.
	Put(ctx context.Context, b *Book) error
	// Delete returns ErrNotFound if there is no such book.
	Delete(ctx context.Context, id string) error
	// Purge deletes the drafts created before a time and says how many there were.
	Purge(ctx context.Context, before time.Time) (int, error)
	// Cover returns the picture of a book, and SetCover keeps one. Both return ErrNotFound.
	Cover(ctx context.Context, id string) ([]byte, error)
	SetCover(ctx context.Context, id string, picture []byte) error
	// Illustrate keeps a picture for a book that has none. Of one that is not there it does nothing.
	Illustrate(ctx context.Context, id string, picture []byte) error
}

// Details is what a client sends to create or replace a book.
type Details struct {
	Title  string `json:"title"`
	Author string `json:"author"`
	Year   int    `json:"year"`
	Draft  bool   `json:"draft"`
}

func (d Details) validate() error {
	switch {
	case strings.TrimSpace(d.Title) == "":
		return errors.New("a book needs a title")
	case d.Year < 0 || d.Year > 9999:
		return errors.New("year must be between 0 and 9999")
	}
	return nil
}
