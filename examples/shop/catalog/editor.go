package catalog

import (
	"context"
	"strings"

	"github.com/faasgen/faasgen/examples/shop/access"
	"github.com/faasgen/faasgen/framework"
)

// Editor changes the catalogue. There is one for each request, because it notes who made the change.
//
//faas:provide scope=request
//faas:use staff public
type Editor struct {
	Store Store         //faas:inject
	Visit *access.Visit //faas:inject
}

// Details is what the staff says of a product.
type Details struct {
	ID    string `path:"id"`
	Name  string `json:"name"`
	Cents int    `json:"cents"`
}

// Validate is called after the request was read.
func (d Details) Validate() error {
	if strings.TrimSpace(d.Name) == "" || d.Cents <= 0 {
		return framework.Errorf(400, "no_product", "a product needs a name and a price")
	}
	return nil
}

// Save creates or replaces a product.
//
//faas:handler product-save
//faas:http PUT /products/{id}
func (e *Editor) Save(ctx context.Context, in Details) (Product, error) {
	p := Product{ID: in.ID, Name: in.Name, Cents: in.Cents, Editor: e.Visit.Who}
	return p, e.Store.Save(ctx, p)
}

// Remove removes a product.
//
//faas:handler product-remove
//faas:http DELETE /products/{id}
func (e *Editor) Remove(ctx context.Context, in One) error { return e.Store.Remove(ctx, in.ID) }
