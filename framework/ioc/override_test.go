package ioc_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/ioc"
)

func TestOverride(t *testing.T) {
	var k ioc.Container
	var order []string
	var whole, none cell[*thing]
	var as, noneAs cell[fmt.Stringer]
	var f cell[func() int]
	ioc.Override(&whole, &thing{name: "set", order: &order})
	ioc.Override(&none, nil)
	ioc.Override(&as, fmt.Stringer(time.Second))
	ioc.Override(&noneAs, nil)
	ioc.Override(&f, func() int { return 1 })
	never := func(*ioc.Container, *ioc.Build) (*thing, func(), error) { t.Error("built"); return nil, nil, nil }
	if v, err := whole.Open(&k, nil, never); v == nil || v.name != "set" || err != nil {
		t.Error(v, err)
	}
	if v, ok := ioc.Peek(&whole); v == nil || !ok || !whole.Slot.Done() {
		t.Error("it is not there")
	}
	if v, err := as.Wrap(&k, nil, nil); v != time.Second || err != nil {
		t.Error(v, err)
	}
	if v, err := f.Get(&k, nil, nil); err != nil || v() != 1 {
		t.Error(err)
	}
	if none.Slot.Done() || noneAs.Slot.Done() {
		t.Error("nil replaces something")
	}
	if v, err := noneAs.Get(&k, nil, value[fmt.Stringer](time.Minute)); v != time.Minute || err != nil {
		t.Error(v, err)
	}
	if err := k.Close(t.Context()); err != nil || len(order) > 0 {
		t.Errorf("%v; what was set is not ours: %v", err, order)
	}
}

func TestOverrideValue(t *testing.T) {
	var k ioc.Container
	var zero, none cell[time.Duration]
	ioc.OverrideValue(&zero, new(time.Duration))
	ioc.OverrideValue(&none, nil)
	if v, err := zero.Get(&k, nil, value(time.Second)); v != 0 || err != nil {
		t.Error(v, err)
	}
	if v, err := none.Get(&k, nil, value(time.Second)); v != time.Second || err != nil {
		t.Error(v, err)
	}
}

// The cell of a guard that was replaced is done without being built, but what else needs it gets it.
func TestSkip(t *testing.T) {
	var k ioc.Container
	var one cell[int]
	get := func(k *ioc.Container, b *ioc.Build) (int, error) { return one.Get(k, b, value(1)) }
	one.Slot.Skip()
	if _, ok := ioc.Peek(&one); ok || !one.Slot.Done() {
		t.Error("skipped is done, and not built")
	}
	if err := ioc.Warm(&k, ioc.Needs(&one, get), ioc.Eager(&one, get))(context.Background(), false); err != nil {
		t.Error(err)
	}
	if _, ok := ioc.Peek(&one); ok {
		t.Error("it was built")
	}
	if v, err := get(&k, nil); v != 1 || err != nil {
		t.Error(v, err)
	}
}
