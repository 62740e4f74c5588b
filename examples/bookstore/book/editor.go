package book

import (
	"context"

	"github.com/faasgen/faasgen/examples/bookstore/audit"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// MaxCover is the size limit of a picture in bytes.
const MaxCover = 1 << 20

// Editor changes the catalogue. There is one for each request, because each request has its own audit trail.
//
//faas:provide scope=request
//faas:use public
type Editor struct {
	Store Store        //faas:inject
	Trail *audit.Trail //faas:inject
}

// UpdateRequest replaces a book.
type UpdateRequest struct {
	ID string `path:"id"`
	Details
}

// Validate is called after the request was read.
func (r UpdateRequest) Validate() error { return r.validate() }

// Update replaces a book.
//
//faas:handler book-update
//faas:http PUT /books/{id}
func (e *Editor) Update(ctx context.Context, in UpdateRequest) (*Book, error) {
	b, err := e.Store.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b.Title, b.Author, b.Year, b.Draft = in.Title, in.Author, in.Year, in.Draft
	e.Trail.Note("updated", b.ID)
	return b, e.Store.Put(ctx, b)
}

// Delete removes a book.
//
//faas:handler book-delete
//faas:http DELETE /books/{id}
func (e *Editor) Delete(ctx context.Context, in One) error {
	e.Trail.Note("deleted", in.ID)
	return e.Store.Delete(ctx, in.ID)
}

// SetCover keeps the picture of a book; the body is the picture.
//
//faas:handler book-set-cover
//faas:http PUT /books/{id}/cover
func (e *Editor) SetCover(ctx context.Context, r *web.Request) error {
	picture, err := r.ReadBody(MaxCover)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	e.Trail.Note("illustrated", id)
	return e.Store.SetCover(ctx, id, picture)
}
