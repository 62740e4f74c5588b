package main_test

import (
	"go/format"
	"strings"
	"testing"
)

// TestBackgroundWorkOfThePage types in the handler of docs/lifecycle.md, and calls it: its work has ended when the process ends.
func TestBackgroundWorkOfThePage(t *testing.T) {
	tool := buildTool(t)
	code := `// Package order is typed in from docs/lifecycle.md.
package order

import (
	"context"
	"log/slog"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Order is what a client wants.
type Order struct {
	Item string ` + "`json:\"item\"`" + `
}

// Receipt is what it gets.
type Receipt struct {
	Item string ` + "`json:\"item\"`" + `
}

// Warehouse is told of orders.
//
//faas:provide
type Warehouse struct {
	Log *slog.Logger //faas:inject
}

// Tell takes a while.
func (w *Warehouse) Tell(ctx context.Context, o Order) error {
	time.Sleep(50 * time.Millisecond)
	w.Log.Info("told", "item", o.Item, "over", ctx.Err() != nil)
	return nil
}

// Orders takes orders.
type Orders struct {
	Warehouse *Warehouse //faas:inject
}

` + find(t, "Background work", "go")
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	w := newWorkshop(t, tool, map[string]string{"order.go": code, "f.yml": "service: shop\ntargets: {aliyun: {provider: {region: cn-hangzhou}}}\n"})
	for _, target := range []string{"", " --target aws", " --target aliyun", " --target tencent"} {
		out, errs, err := w.sh("go tool faasgen invoke order-take" + target + ` -d '{"item":"tea"}'`)
		if err != nil || !strings.Contains(out, `{"item":"tea"}`) || !strings.Contains(errs, "told") || strings.Contains(errs, `"over":true`) {
			t.Errorf("invoke%s: %q, %v\n%s", target, out, err, errs)
		}
	}
}
