package book

import (
	"context"
	"net/http"

	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Reader answers what anybody may ask.
//
//faas:use public
type Reader struct {
	Store    Store //faas:inject
	PageSize int   //faas:config key=book.pageSize default=10
}

// ListRequest selects books.
type ListRequest struct {
	Text  string `query:"q"`
	Limit *int   `query:"limit"`
}

// List returns books by title.
//
//faas:handler book-list
//faas:http GET /books
func (r *Reader) List(ctx context.Context, in ListRequest) ([]Book, error) {
	limit := r.PageSize
	if in.Limit != nil && *in.Limit >= 0 && *in.Limit < limit {
		limit = *in.Limit
	}
	return r.Store.List(ctx, in.Text, limit)
}

// One names a book.
type One struct {
	ID string `path:"id"`
}

// Get returns one book.
//
//faas:handler book-get
//faas:http GET /books/{id}
func (r *Reader) Get(ctx context.Context, in One) (*Book, error) {
	return r.Store.Get(ctx, in.ID)
}

// Cover returns the picture of a book.
//
//faas:handler book-cover
//faas:http GET /books/{id}/cover
func (r *Reader) Cover(ctx context.Context, in One) (*web.Response, error) {
	picture, err := r.Store.Cover(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	header := web.Header{"Content-Type": {http.DetectContentType(picture)}}
	return &web.Response{Header: header, Body: picture}, nil
}
