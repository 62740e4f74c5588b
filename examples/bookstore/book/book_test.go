package book_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/faasgen/faasgen/examples/bookstore/book"
	"github.com/faasgen/faasgen/framework"
)

// shelf is a store of one book: handlers are plain methods, so a test needs no framework.
type shelf struct {
	book.Store
	only  book.Book
	limit int
}

func (s *shelf) List(_ context.Context, _ string, limit int) ([]book.Book, error) {
	s.limit = limit
	return []book.Book{s.only}, nil
}

func (s *shelf) Get(_ context.Context, id string) (*book.Book, error) {
	if id != s.only.ID {
		return nil, book.ErrNotFound
	}
	return &s.only, nil
}

func TestListNeverReturnsMoreThanAPage(t *testing.T) {
	store := &shelf{}
	r := &book.Reader{Store: store, PageSize: 20}
	for _, tt := range []struct {
		limit *int
		want  int
	}{{nil, 20}, {new(5), 5}, {new(1000), 20}, {new(-1), 20}, {new(0), 0}} {
		if _, err := r.List(t.Context(), book.ListRequest{Limit: tt.limit}); err != nil || store.limit != tt.want {
			t.Errorf("limit %v: the store was asked for %d, want %d (%v)", tt.limit, store.limit, tt.want, err)
		}
	}
}

func TestGetTellsWhatIsMissing(t *testing.T) {
	r := &book.Reader{Store: &shelf{only: book.Book{ID: "dune", Created: time.Unix(0, 0)}}}
	if b, err := r.Get(t.Context(), book.One{ID: "dune"}); err != nil || b.ID != "dune" {
		t.Errorf("got %v, %v", b, err)
	}
	if _, err := r.Get(t.Context(), book.One{ID: "emma"}); !errors.Is(err, book.ErrNotFound) {
		t.Errorf("error = %v", err)
	}
}

func TestPublicTellsClientsOnlyWhatTheyMayKnow(t *testing.T) {
	secret := errors.New("the disk is full")
	for _, err := range []error{nil, secret, book.ErrNotFound} {
		got := book.Public(func(*framework.Context) error { return err })(nil)
		var fe *framework.Error
		if public := errors.As(got, &fe); public != (err == book.ErrNotFound) || public && fe.Status != 404 || !errors.Is(got, err) {
			t.Errorf("of %v it made %v", err, got)
		}
	}
}
