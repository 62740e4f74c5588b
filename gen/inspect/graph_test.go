package inspect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

const graphed = `package order

import (
	"log/slog"

	"github.com/faasgen/faasgen/framework/ioc"
)

type Store interface{ Add() }

//faas:provide
type Memory struct {
	Log *slog.Logger //faas:inject
}

func (*Memory) Add() {}

//faas:provide id=spare
func NewSpare() *Memory { return nil }

//faas:provide
type Mailer struct {
	Store Store            //faas:inject
	Self  ioc.Lazy[*Cache] //faas:inject
}

//faas:provide
type Cache struct {
	Mailer *Mailer //faas:inject
	Size   int     //faas:config key=cache.size default=1
}

type Controller struct {
	Store  Store   //faas:inject
	Spare  Store   //faas:inject id=spare
	Mailer *Mailer //faas:inject
	None   *string //faas:inject optional
}

//faas:handler
//faas:http GET /orders
func (c *Controller) List() string { return "" }

//faas:handler clean
func (s *Memory) Clean() {}
`

// dump lists nodes and edges in their order.
func dump(g *inspect.Graph) string {
	if g == nil {
		return "none\n"
	}
	var b strings.Builder
	for _, u := range g.Units {
		fmt.Fprintf(&b, "unit %s", u.Name)
		for _, f := range u.Functions {
			b.WriteString(" " + f.ID)
		}
		b.WriteByte('\n')
	}
	for _, n := range g.Nodes {
		b.WriteString(n.ID + "\n")
	}
	for _, e := range g.Edges {
		to := "nothing"
		if e.To != nil {
			to = e.To.ID
		}
		fmt.Fprintf(&b, "%s -> %s %s\n", e.From.ID, to, e.Name)
	}
	return b.String()
}

// TestGraph takes parts out of one application.
func TestGraph(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, map[string]string{"f.yml": "service: shop\n", "order/order.go": graphed})
	g := read(t, dir).Graph()

	t.Run("names", func(t *testing.T) {
		tests := map[string]string{ // IDs
			"clean": "function/clean", "order-list": "function/order-list", "order.Controller.List": "function/order-list",
			"order.Memory": "provider/orderMemory", "orderMemory": "provider/orderMemory", "NewSpare": "provider/orderMemorySpare",
			"*order.Memory": "provider/orderMemory provider/orderMemorySpare", "order.Store": "provider/orderMemory provider/orderMemorySpare",
			"*example.com/test/order.Memory": "provider/orderMemory provider/orderMemorySpare",
			"example.com/test/order.Mailer":  "provider/orderMailer", "spare": "provider/orderMemorySpare", "Mailer": "provider/orderMailer",
			"cache.size": "config/cache.size", "logger": "builtin/logger", "*slog.Logger": "builtin/logger", "Logger": "builtin/logger",
			"provider/orderCache": "provider/orderCache", "string": "", "": "", "order": "",
		}
		for name, want := range tests {
			var ids []string
			for _, n := range g.Find(name) {
				ids = append(ids, n.ID)
			}
			if got := strings.Join(ids, " "); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
		for _, name := range g.Names() {
			if g.Find(name) == nil {
				t.Errorf("%s is a name of nothing", name)
			}
		}
	})

	t.Run("parts", func(t *testing.T) {
		tests := []struct {
			name string
			part *inspect.Graph
			want string
		}{
			{"unit", g.Unit("clean"), "unit clean function/clean\nfunction/clean\nprovider/orderMemory\nbuiltin/logger\n" +
				"function/clean -> provider/orderMemory \nprovider/orderMemory -> builtin/logger Log\n"},
			{"no unit", g.Unit("order"), "none\n"},
			{"focus leaves out the ways past it", g.Focus(g.Find("order.NewSpare")), "unit order-list function/order-list\nfunction/order-list\n" +
				"provider/orderController\nprovider/orderMemorySpare\nfunction/order-list -> provider/orderController \n" +
				"provider/orderController -> provider/orderMemorySpare Spare\n"},
			{"focus in another unit", g.Unit("clean").Focus(g.Find("order.NewSpare")), "none\n"},
			{"shortest chain", g.Why(g.Find("order-list"), g.Find("logger")), "unit order-list function/order-list\nfunction/order-list\n" +
				"provider/orderController\nprovider/orderMemory\nbuiltin/logger\nfunction/order-list -> provider/orderController \n" +
				"provider/orderController -> provider/orderMemory Store\nprovider/orderMemory -> builtin/logger Log\n"},
			{"circle", g.Why(g.Find("Mailer"), g.Find("Mailer")), "provider/orderMailer\nprovider/orderCache\n" +
				"provider/orderMailer -> provider/orderCache Self\nprovider/orderCache -> provider/orderMailer Mailer\n"},
			{"one of several", g.Why(g.Find("clean"), slices.Concat(g.Find("cache.size"), g.Find("logger"))), "unit clean function/clean\n" +
				"function/clean\nprovider/orderMemory\nbuiltin/logger\nfunction/clean -> provider/orderMemory \nprovider/orderMemory -> builtin/logger Log\n"},
			{"no chain", g.Why(g.Find("clean"), g.Find("Mailer")), "none\n"},
			{"the other way round", g.Why(g.Find("logger"), g.Find("clean")), "none\n"},
			{"itself", g.Why(g.Find("clean"), g.Find("clean")), "none\n"},
		}
		for _, tt := range tests {
			if diff := cmp.Diff(tt.want, dump(tt.part)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.name, diff)
			}
		}
		if diff := cmp.Diff(dump(g), dump(g.Unit("app"))); diff != "" {
			t.Errorf("all functions: -whole +app:\n%s", diff)
		}
	})
}
