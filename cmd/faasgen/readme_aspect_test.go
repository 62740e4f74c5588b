package main_test

import (
	"go/format"
	"strings"
	"testing"
)

// TestReadmeAspects types in the aspect of the README, and calls something that it wraps.
func TestReadmeAspects(t *testing.T) {
	tool := buildTool(t)
	code := "// Package order is typed in from the README.\npackage order\n\nimport (\n\t\"context\"\n\t\"log/slog\"\n\t\"time\"\n\n\t\"github.com/faasgen/faasgen/framework\"\n)\n\n" +
		find(t, "Aspects", "go") + `
// Store keeps orders.
type Store interface {
	Find(ctx context.Context) error
	Put(ctx context.Context, item string) error
}

// Memory forgets them.
//
//faas:provide
type Memory struct{}

func (*Memory) Find(context.Context) error        { return nil }
func (*Memory) Put(context.Context, string) error { return nil }

// Controller takes orders.
type Controller struct {
	Store Store //faas:inject
}

// Create takes one.
//
//faas:handler
func (c *Controller) Create(ctx context.Context, in []byte) (string, error) {
	if err := c.Store.Find(ctx); err != nil {
		return "", err
	}
	return "taken", c.Store.Put(ctx, string(in))
}
`
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	w := newWorkshop(t, tool, map[string]string{"order.go": code, "f.yml": "service: shop\n"})
	out, errs, err := w.sh("go tool faasgen invoke order-create -d tea")
	if err != nil || strings.TrimSpace(out) != `"taken"` || strings.Count(errs, "msg=call") != 2 || !strings.Contains(errs, "of=order.Store.Put args=[tea]") {
		t.Errorf("%q, %v\n%s", out, err, errs)
	}
}
