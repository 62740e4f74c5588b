package ioc_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faasgen/faasgen/framework/ioc"
)

type box struct {
	ioc.Container
	a, b, c ioc.Single[*box, *thing]
	d, e    ioc.Single[*box, string]
	p       ioc.Single[*box, *int]
}

type thing struct {
	name  string
	order *[]string
	fail  error
}

func (t *thing) Init(context.Context) error {
	*t.order = append(*t.order, "init "+t.name)
	return t.fail
}
func (t *thing) Destroy(context.Context) error {
	*t.order = append(*t.order, "destroy "+t.name)
	return nil
}

func TestSingleBuildsOnce(t *testing.T) {
	k := &box{}
	var builds atomic.Int32
	var wg sync.WaitGroup
	got := make([]*int, 1000)
	start := make(chan struct{})
	for i := range got {
		wg.Go(func() {
			<-start
			got[i], _ = k.p.Get(k, nil, func(*box, *ioc.Build) (*int, error) { builds.Add(1); return new(int), nil })
		})
	}
	close(start)
	wg.Wait()
	for _, v := range got {
		if v == nil || v != got[0] {
			t.Fatal("different")
		}
	}
	if builds.Load() != 1 {
		t.Error(builds.Load())
	}
}

func TestSingleRetries(t *testing.T) {
	k := &box{}
	n := 0
	build := func(*box, *ioc.Build) (string, error) {
		if n++; n < 3 {
			return "", errors.New("no")
		}
		if n == 3 {
			panic("yes")
		}
		return "v", nil
	}
	for range 3 {
		if _, err := k.d.Get(k, nil, build); err == nil || !strings.HasPrefix(err.Error(), "build string: ") {
			t.Error(err)
		}
	}
	if v, err := k.d.Get(k, nil, build); v != "v" || err != nil {
		t.Error(v, err)
	}
}

func TestSingleInitAndDestroy(t *testing.T) {
	k := &box{}
	var order []string
	getA := func(k *box, b *ioc.Build) (*thing, error) {
		return k.a.Get(k, b, func(*box, *ioc.Build) (*thing, error) { return &thing{"a", &order, nil}, nil })
	}
	getB := func(k *box, b *ioc.Build) (*thing, error) {
		return k.b.Open(k, b, func(k *box, b *ioc.Build) (*thing, func(), error) {
			if _, err := getA(k, b); err != nil {
				return nil, nil, err
			}
			return &thing{"b", &order, nil}, func() { order = append(order, "clean b") }, nil
		})
	}
	fail := errors.New("bad")
	getC := func(k *box, b *ioc.Build) (*thing, error) {
		return k.c.Open(k, b, func(k *box, b *ioc.Build) (*thing, func(), error) {
			_, err := getB(k, b)
			return &thing{"c", &order, fail}, func() { order = append(order, "clean c") }, err
		})
	}
	if _, err := getC(k, nil); err == nil || err.Error() != "build ioc_test.thing: ioc_test.thing.Init: bad" {
		t.Error(err)
	}
	fail = nil
	if _, err := getC(k, nil); err != nil {
		t.Error(err)
	}
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
	want := "init a,init b,init c,clean c,init c,destroy c,clean c,destroy b,clean b,destroy a"
	if got := strings.Join(order, ","); got != want {
		t.Errorf("\n%s\n%s", got, want)
	}
}

func TestSingleCycle(t *testing.T) {
	k := &box{}
	var getD, getE func(k *box, b *ioc.Build) (string, error)
	getD = func(k *box, b *ioc.Build) (string, error) { return k.d.Get(k, b, getE) }
	getE = func(k *box, b *ioc.Build) (string, error) { return k.e.Get(k, b, getD) }
	if _, err := getD(k, nil); err == nil || !strings.Contains(err.Error(), "dependency cycle while building: string -> string -> string") {
		t.Error(err)
	}
	_ = slices.Sorted[int]
}

func TestSet(t *testing.T) {
	k := &box{}
	ioc.Override(&k.d, "")
	ioc.Override(&k.e, "x")
	v, err := k.e.Get(k, nil, func(*box, *ioc.Build) (string, error) { panic("built") })
	if v != "x" || err != nil {
		t.Error(v, err)
	}
	if v, _ := k.d.Get(k, nil, func(*box, *ioc.Build) (string, error) { return "real", nil }); v != "real" {
		t.Error(v)
	}
}
