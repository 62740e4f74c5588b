package book

import (
	"context"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/examples/bookstore/audit"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Registrar adds books to the catalogue. It calls two other functions: a group of f.yml may have them in the same process, and no line
// here knows.
//
//faas:provide scope=request
//faas:use public
type Registrar struct {
	Store Store                                              //faas:inject
	Trail *audit.Trail                                       //faas:inject
	Name  func(ctx context.Context, d Details) (Name, error) //faas:call book-name timeout=3s
	Draw  func(ctx context.Context, in Title) error          //faas:call cover-draw async
}

// CreateRequest is a new book; without an id it gets one.
type CreateRequest struct {
	ID string `json:"id"`
	Details
}

// Validate is called after the request was read.
func (r CreateRequest) Validate() error { return r.validate() }

// Title names a book, with its title.
type Title struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Create adds a book. Its cover is drawn later.
//
//faas:handler book-create
//faas:http POST /books status=201
func (r *Registrar) Create(ctx *framework.Context, in CreateRequest) (*Book, error) {
	b := &Book{ID: in.ID, Title: in.Title, Author: in.Author, Year: in.Year, Draft: in.Draft, Created: r.Trail.Time()}
	if b.ID == "" {
		name, err := r.Name(ctx, in.Details)
		if err != nil {
			return nil, err
		}
		b.ID = name.ID
	}
	if err := r.Store.Put(ctx, b); err != nil {
		return nil, err
	}
	r.Trail.Note("created", b.ID)
	if err := r.Draw(ctx, Title{b.ID, b.Title}); err != nil { // a book without a cover is a book
		ctx.Logger().Warn("no cover", "book", b.ID, "error", err.Error())
	}
	web.From(ctx).Header().Set("Location", "/books/"+b.ID)
	return b, nil
}

// Name is the id of a book.
type Name struct {
	ID string `json:"id"`
}

// NameOf makes an id of a title, such as the-left-hand-of-darkness. Nothing but other functions calls it.
//
//faas:handler book-name
func NameOf(ctx context.Context, in Details) (Name, error) {
	words := strings.FieldsFunc(strings.ToLower(in.Title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return Name{}, framework.Errorf(422, "no_words", "title %q: found no word, which an id is made of", in.Title)
	}
	return Name{ID: strings.Join(words, "-")}, nil
}
