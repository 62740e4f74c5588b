package catalog

import "context"

// Reader answers what every customer may ask.
//
//faas:use public
type Reader struct {
	Store    Store //faas:inject
	PageSize int   //faas:config key=catalog.pageSize default=10
}

// Search selects products.
type Search struct {
	Text string `query:"q"`
}

// List returns a page of products.
//
//faas:handler product-list
//faas:http GET /products
func (r *Reader) List(ctx context.Context, in Search) ([]Product, error) {
	return r.Store.List(ctx, in.Text, r.PageSize)
}

// One names a product.
type One struct {
	ID string `path:"id"`
}

// Get returns one product.
//
//faas:handler product-get
//faas:http GET /products/{id}
func (r *Reader) Get(ctx context.Context, in One) (Product, error) { return r.Store.Get(ctx, in.ID) }
