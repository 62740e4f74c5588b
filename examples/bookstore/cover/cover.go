// Package cover draws covers for books that have none.
package cover

import (
	"bytes"
	"context"
	"crypto/sha256"
	"image"
	"image/color"
	"image/png"

	"github.com/faasgen/faasgen/examples/bookstore/book"
)

// Painter draws.
type Painter struct {
	Store book.Store //faas:inject
}

// Draw gives a book a cover, unless it has one or is gone. Only other functions call it, and do not wait: a call may come twice.
//
//faas:handler cover-draw
func (p *Painter) Draw(ctx context.Context, in book.Title) error {
	picture, err := picture(in.Title)
	if err != nil {
		return err
	}
	return p.Store.Illustrate(ctx, in.ID, picture)
}

// picture is a pattern of two colours, which follow from the title.
func picture(title string) ([]byte, error) {
	const size = 16
	sum := sha256.Sum256([]byte(title))
	m := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.RGBA{sum[0], sum[1], sum[2], 255}})
	for i := range m.Pix {
		m.Pix[i] = sum[i/8] >> (i % 8) & 1
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}
