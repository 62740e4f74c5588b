package ioc_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

type node struct{ other ioc.Lazy[right] }

func TestLazyBreaksACycleAfterConstruction(t *testing.T) {
	var k ioc.Container
	var a cell[*node]
	var b cell[right]
	getB := func(k *ioc.Container, c *ioc.Build) (right, error) {
		return b.Get(k, c, func(k *ioc.Container, c *ioc.Build) (right, error) {
			_, err := a.Get(k, c, func(*ioc.Container, *ioc.Build) (*node, error) { return nil, errors.New("a must be built by now") })
			return 5, err
		})
	}
	var kept ioc.Lazy[right]
	build := func(early bool) (*node, error) {
		return a.Get(&k, nil, func(k *ioc.Container, c *ioc.Build) (*node, error) {
			kept = ioc.LazyOf(k, c, getB)
			if early {
				if _, err := kept.Get(t.Context()); err != nil {
					return nil, err
				}
			}
			return &node{kept}, nil
		})
	}
	if _, err := build(true); err == nil || !strings.Contains(err.Error(), "dependency cycle while building: ioc_test.node -> ioc_test.right -> ioc_test.node") {
		t.Errorf("Get during construction: %v", err)
	}
	// What holds the Lazy is gone, and so is its chain: nothing that follows belongs to that.
	if _, err := kept.Get(t.Context()); err == nil || err.Error() != "build ioc_test.right: a must be built by now" {
		t.Errorf("Get after a failed construction: %v", err)
	}
	n, err := build(false)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := n.other.Get(t.Context()); v != 5 || err != nil {
		t.Errorf("Get after construction: %d, %v", v, err)
	}
}

// A cycle over three cells that closes in an Init is found there.
func TestLazyInAnInit(t *testing.T) {
	var k ioc.Container
	var a cell[*impatient]
	var b cell[right]
	var getA injector[*impatient]
	getB := func(k *ioc.Container, c *ioc.Build) (right, error) {
		return b.Get(k, c, func(k *ioc.Container, c *ioc.Build) (right, error) { _, err := getA(k, c); return 1, err })
	}
	getA = func(k *ioc.Container, c *ioc.Build) (*impatient, error) {
		return a.Get(k, c, func(k *ioc.Container, c *ioc.Build) (*impatient, error) {
			return &impatient{ioc.LazyOf(k, c, getB)}, nil
		})
	}
	_, err := getA(&k, nil)
	want := "build ioc_test.impatient: ioc_test.impatient.Init: dependency cycle while building: ioc_test.impatient -> ioc_test.right -> ioc_test.impatient"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v", err)
	}
}

type impatient struct{ other ioc.Lazy[right] }

func (i *impatient) Init(ctx context.Context) error {
	_, err := i.other.Get(ctx)
	return err
}

// From the moment that others can see the owner, the Lazy belongs to no chain: the race detector looks at that one.
func TestLazyIsReleasedBeforeItsOwnerIsSeen(t *testing.T) {
	for range 200 {
		var k ioc.Container
		var outer cell[left]
		var owner cell[*node]
		var parts [8]cell[right]
		next := 0
		getPart := func(i int) injector[right] {
			return func(k *ioc.Container, b *ioc.Build) (right, error) { return parts[i].Get(k, b, value(right(i))) }
		}
		getOwner := func(k *ioc.Container, b *ioc.Build) (*node, error) {
			return owner.Get(k, b, func(k *ioc.Container, b *ioc.Build) (*node, error) {
				return &node{ioc.LazyOf(k, b, getPart(7))}, nil
			})
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := outer.Get(&k, nil, func(k *ioc.Container, b *ioc.Build) (left, error) {
				if _, err := getOwner(k, b); err != nil {
					return 0, err
				}
				for ; next < 7; next++ { // the chain goes on
					if _, err := getPart(next)(k, b); err != nil {
						return 0, err
					}
				}
				return 1, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			for {
				if n, ok := ioc.Peek(&owner); ok {
					if v, err := n.other.Get(context.Background()); v != 7 || err != nil {
						t.Error(v, err)
					}
					return
				}
			}
		})
		wg.Wait()
	}
}

func TestLazyOfARequest(t *testing.T) {
	var k ioc.Container
	var one cell[right]
	tries := 0
	l := ioc.LazyOf(&k, nil, func(k *ioc.Container, b *ioc.Build) (right, error) {
		return one.Get(k, b, func(*ioc.Container, *ioc.Build) (right, error) {
			if tries++; tries == 1 {
				return 0, errors.New("not yet")
			}
			return right(tries), nil
		})
	})
	if _, err := l.Get(t.Context()); err == nil || err.Error() != "build ioc_test.right: not yet" {
		t.Error(err)
	}
	for range 2 {
		if v, err := l.Get(t.Context()); v != 2 || err != nil {
			t.Error(v, err)
		}
	}
}

func TestLazyNewMakesOneEachTimeAndEndsThemAll(t *testing.T) {
	var k ioc.Container
	var owner cell[*pool]
	var order []string
	names := []string{"early", "first", "second", "bad", "worse"}
	build := func(_ *ioc.Container, b *ioc.Build) (*thing, error) {
		name := names[0]
		names = names[1:]
		b.OnCleanup(name, func() { order = append(order, "clean "+name) })
		if name == "worse" {
			panic(name)
		}
		v := &thing{name: name, order: &order}
		if name == "bad" {
			v.fail = errors.New("bad")
		}
		return ioc.Made(b, v)
	}
	p, err := owner.Get(&k, nil, func(k *ioc.Container, b *ioc.Build) (*pool, error) {
		l := ioc.LazyNew(k, b, build)
		v, err := l.Get(t.Context())
		return &pool{thing{name: "owner", order: &order}, l, v}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := p.parts.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.parts.Get(t.Context())
	if err != nil || first == second || first == p.early || second.name != "second" {
		t.Error(first, second, err)
	}
	if _, err := p.parts.Get(t.Context()); err == nil || err.Error() != "build ioc_test.thing: ioc_test.thing.Init: bad" {
		t.Errorf("error = %v", err)
	}
	_, err = p.parts.Get(t.Context())
	var panicked *framework.PanicError
	if !errors.As(err, &panicked) {
		t.Errorf("error = %v", err)
	}
	wantOrder(t, order, "init early, init owner, init first, init second, init bad, clean bad, clean worse")
	order = nil
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wantOrder(t, order, "destroy second, clean second, destroy first, clean first, destroy owner, destroy early, clean early")
	if _, err := p.parts.Get(t.Context()); !errors.Is(err, framework.ErrClosed) {
		t.Errorf("after close: %v", err)
	}
}

type pool struct {
	thing
	parts ioc.Lazy[*thing]
	early *thing
}

// What a Lazy has made for an owner that could not be built ends with it.
func TestLazyNewOfAnOwnerThatFails(t *testing.T) {
	var k ioc.Container
	var owner cell[int]
	var order []string
	_, err := owner.Get(&k, nil, func(k *ioc.Container, b *ioc.Build) (int, error) {
		l := ioc.LazyNew(k, b, func(_ *ioc.Container, b *ioc.Build) (*thing, error) {
			return ioc.Made(b, &thing{name: "part", order: &order})
		})
		if _, err := l.Get(t.Context()); err != nil {
			t.Error(err)
		}
		return 0, errors.New("no")
	})
	if err == nil {
		t.Error("no error")
	}
	wantOrder(t, order, "init part, destroy part")
	if err := k.Close(t.Context()); err != nil || len(order) != 2 {
		t.Error(err, order)
	}
}
