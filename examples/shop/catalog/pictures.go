package catalog

import (
	"context"
	"strings"

	"github.com/faasgen/faasgen/framework/trigger/os"
)

// Pictures keeps products and their pictures together.
type Pictures struct {
	Store Store //faas:inject
}

// Stored notes a picture that was put into the bucket as products/<id>/<name>.jpg.
//
//faas:handler picture-stored
//faas:os bucket=pictures events=created prefix=products/ suffix=.jpg
func (p *Pictures) Stored(ctx context.Context, e os.Event) (Product, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(e.Key, "products/"), "/")
	product, err := p.Store.Get(ctx, id)
	if err != nil {
		return Product{}, err
	}
	product.Pictures = append(product.Pictures, e.Key)
	return product, p.Store.Save(ctx, product)
}
