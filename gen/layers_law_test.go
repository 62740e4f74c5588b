package gen

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// started is a layer that says when the process starts.
type started struct {
	name  string
	order *[]string
}

func (s started) Name() string { return s.name }
func (s started) BeforeRuntimeStart(context.Context, *framework.Runtime) error {
	*s.order = append(*s.order, s.name)
	return nil
}

// runTime is the order in which a unit with functions that list these layers calls them.
func runTime(ctx context.Context, lists [][]string) (order []string, err error) {
	app := &framework.App{Unit: "u"}
	for i, list := range lists {
		var named framework.NamedLayers
		for _, name := range list {
			named = append(named, framework.NamedLayer{Name: name, Make: func() (framework.Layer, error) { return started{name, &order}, nil }})
		}
		f := &framework.Function{Name: fmt.Sprint("f", i), Handler: func(*framework.Context) error { return nil }}
		if named != nil {
			f.Named = named
		}
		app.Functions = append(app.Functions, f)
	}
	return order, framework.NewEngine(&framework.Runtime{}, app).Start(ctx)
}

// agrees reports whether an order has each layer of the lists once, and is that of each list.
func agrees(order []string, lists [][]string) bool {
	all := map[string]bool{}
	for _, list := range lists {
		last := -1
		for _, name := range list {
			at := slices.Index(order, name)
			if at <= last {
				return false
			}
			last, all[name] = at, true
		}
	}
	return len(order) == len(all)
}

// TestLayerOrderIsThatOfTheRunTime: what is shown is what happens, for any lists. The run time starts exactly those for which an order exists.
func TestLayerOrderIsThatOfTheRunTime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	refused := 0
	const rounds = 3000
	for range rounds {
		names := []string{"a", "b", "c", "d", "e"}[:1+r.IntN(5)]
		common := r.Perm(len(names)) // most lists keep to it
		lists := make([][]string, 1+r.IntN(4))
		for i := range lists {
			order := common
			if r.IntN(6) == 0 {
				order = r.Perm(len(names))
			}
			for _, at := range order {
				if r.IntN(2) == 0 {
					lists[i] = append(lists[i], names[at])
				}
			}
		}
		shown := layerOrder(lists)
		called, err := runTime(t.Context(), lists)
		if err != nil {
			refused++
			if agrees(shown, lists) {
				t.Fatalf("%q: %q agrees with all of them, and the start failed: %v", lists, shown, err)
			}
			continue
		}
		if !slices.Equal(shown, called) || !agrees(called, lists) {
			t.Fatalf("%q: shown as %q, called as %q", lists, shown, called)
		}
	}
	if refused < rounds/50 || refused > rounds/2 {
		t.Errorf("%d of %d lists were refused: what is drawn proves little", refused, rounds)
	}
}
