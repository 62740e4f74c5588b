package ioc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

// thing notes when it begins and ends.
type thing struct {
	name          string
	order         *[]string
	fail, destroy error
}

func (t *thing) Init(ctx context.Context) error {
	*t.order = append(*t.order, "init "+t.name)
	if t.fail != nil && t.fail.Error() == "panics" {
		panic(t.fail)
	}
	return t.fail
}

func (t *thing) Destroy(context.Context) error {
	*t.order = append(*t.order, "destroy "+t.name)
	if t.destroy != nil && t.destroy.Error() == "panics" {
		panic("late")
	}
	return t.destroy
}

func wantOrder(t *testing.T, order []string, want string) {
	t.Helper()
	if got := strings.Join(order, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestInitAndDestroyInExactReverse(t *testing.T) {
	var k ioc.Container
	var a, b, c cell[*thing]
	var order []string
	var fail error
	note := func(name string) func() { return func() { order = append(order, name) } }
	getA := func(k *ioc.Container, b *ioc.Build) (*thing, error) {
		return a.Get(k, b, value(&thing{name: "a", order: &order}))
	}
	getB := func(k *ioc.Container, build *ioc.Build) (*thing, error) {
		return b.Open(k, build, func(k *ioc.Container, build *ioc.Build) (*thing, func(), error) {
			_, err := getA(k, build)
			return &thing{name: "b", order: &order}, note("clean b"), err
		})
	}
	getC := func(k *ioc.Container, build *ioc.Build) (*thing, error) {
		return c.Open(k, build, func(k *ioc.Container, build *ioc.Build) (*thing, func(), error) {
			_, err := getB(k, build)
			return &thing{name: "c", order: &order, fail: fail}, note("clean c"), err
		})
	}
	// An Init that fails, or panics, leaves nothing to destroy, but what the constructor opened.
	for _, fail = range []error{errors.New("bad"), errors.New("panics")} {
		order = nil
		_, err := getC(&k, nil)
		if !errors.Is(err, fail) || !strings.HasPrefix(err.Error(), "build ioc_test.thing: ") {
			t.Errorf("error = %v", err)
		}
		if !slices.Equal(order[len(order)-2:], []string{"init c", "clean c"}) {
			t.Errorf("order = %v", order)
		}
	}
	order, fail = nil, nil
	if _, err := getC(&k, nil); err != nil {
		t.Error(err)
	}
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wantOrder(t, order, "init c, destroy c, clean c, destroy b, clean b, destroy a")
}

func TestDestroyRunsInReverseOrderOfCreationAndAllRun(t *testing.T) {
	var k ioc.Container
	var a cell[*busy]
	var b cell[*shaky]
	var c cell[*busy]
	var order []string
	_, err := c.Get(&k, nil, func(k *ioc.Container, build *ioc.Build) (*busy, error) {
		if _, err := a.Get(k, build, value(&busy{"a", &order})); err != nil {
			return nil, err
		}
		_, err := b.Get(k, build, value(&shaky{&order}))
		return &busy{"c", &order}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = k.Close(context.WithValue(t.Context(), markKey{}, "!"))
	if want := []string{"c!", "shaky!", "a!"}; !slices.Equal(order, want) {
		t.Errorf("order = %v, want %v", order, want)
	}
	for _, want := range []string{"destroy ioc_test.busy: a is busy", "destroy ioc_test.busy: c is busy", "destroy ioc_test.shaky: panic: late"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v misses %q", err, want)
		}
	}
	if err := k.Close(t.Context()); err != nil || len(order) != 3 {
		t.Errorf("second close: %v, %v", err, order)
	}
	var late cell[int]
	if _, err := late.Get(&k, nil, value(1)); !errors.Is(err, framework.ErrClosed) {
		t.Errorf("build after close: %v", err)
	}
	if v, err := c.Get(&k, nil, nil); v == nil || err != nil {
		t.Errorf("what was built before: %v, %v", v, err)
	}
}

type markKey struct{}

type busy struct {
	name  string
	order *[]string
}

func (b *busy) Destroy(ctx context.Context) error {
	*b.order = append(*b.order, fmt.Sprint(b.name, ctx.Value(markKey{})))
	return errors.New(b.name + " is busy")
}

type shaky struct{ order *[]string }

func (s *shaky) Destroy(ctx context.Context) error {
	*s.order = append(*s.order, fmt.Sprint("shaky", ctx.Value(markKey{})))
	panic("late")
}

// namer is what thing is injected as.
type namer interface{ Init(context.Context) error }

func TestAnInterfaceBeginsWhatIsInIt(t *testing.T) {
	var k ioc.Container
	var real cell[*thing]
	var as, alone cell[namer]
	var none cell[fmt.Stringer]
	var order []string
	getReal := func(k *ioc.Container, b *ioc.Build) (*thing, error) {
		return real.Get(k, b, value(&thing{name: "real", order: &order}))
	}
	// A decorator, or an interface of what has a cell: Init and Destroy are that cell's.
	for range 2 {
		if _, err := as.Wrap(&k, nil, func(k *ioc.Container, b *ioc.Build) (namer, error) { return getReal(k, b) }); err != nil {
			t.Error(err)
		}
	}
	if _, err := alone.Get(&k, nil, value[namer](&thing{name: "alone", order: &order})); err != nil {
		t.Error(err)
	}
	if v, err := none.Get(&k, nil, value[fmt.Stringer](nil)); v != nil || err != nil {
		t.Errorf("nil: %v, %v", v, err)
	}
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wantOrder(t, order, "init real, init alone, destroy alone, destroy real")
}

func TestWrapFailsAndIsTriedAgain(t *testing.T) {
	var k ioc.Container
	var as cell[left]
	if _, err := as.Wrap(&k, nil, func(*ioc.Container, *ioc.Build) (left, error) { return 1, errors.New("no") }); err == nil || err.Error() != "build ioc_test.left: no" {
		t.Errorf("error = %v", err)
	}
	if v, err := as.Wrap(&k, nil, value(left(2))); v != 2 || err != nil {
		t.Error(v, err)
	}
}

func TestOpenWithoutACleanUpFunctionOrWithAnError(t *testing.T) {
	var k ioc.Container
	var a cell[int]
	open := func(cleanup func(), err error) (int, error) {
		return a.Open(&k, nil, func(*ioc.Container, *ioc.Build) (int, func(), error) { return 1, cleanup, err })
	}
	if v, err := open(func() { t.Error("cleaned up what the injector has ended itself") }, errors.New("no")); v != 0 || err == nil || err.Error() != "build int: no" {
		t.Error(v, err)
	}
	for range 2 {
		if v, err := open(nil, nil); v != 1 || err != nil {
			t.Error(v, err)
		}
	}
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// What has no cell begins and ends with what it was made for, each end where its creation was.
func TestMadeAndOpened(t *testing.T) {
	for _, fail := range []string{"", "made", "opened", "constructor", "owner"} {
		var k ioc.Container
		var owner cell[*thing]
		var order []string
		bad := func(name string) (err error) {
			if name == fail {
				err = errors.New(name + " is bad")
			}
			return err
		}
		note := func(name string) func() { return func() { order = append(order, name) } }
		_, err := owner.Open(&k, nil, func(_ *ioc.Container, b *ioc.Build) (*thing, func(), error) {
			if v, err := ioc.Made(b, &thing{name: "made", order: &order, fail: bad("made")}); err != nil {
				return nil, nil, err
			} else if v.name != "made" {
				t.Error(v)
			}
			if _, err := ioc.Opened[*thing](b)(&thing{name: "opened", order: &order, fail: bad("opened")}, note("clean opened"), bad("constructor")); err != nil {
				return nil, nil, err
			}
			if _, err := ioc.Opened[int](b)(1, nil, nil); err != nil {
				return nil, nil, err
			}
			return &thing{name: "owner", order: &order, fail: bad("owner")}, note("clean owner"), nil
		})
		if fail == "" {
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Close(t.Context()); err != nil {
				t.Errorf("close: %v", err)
			}
		} else if err == nil || !strings.HasSuffix(err.Error(), fail+" is bad") {
			t.Errorf("%s: error = %v", fail, err)
		}
		want := map[string]string{
			"":            "init made, init opened, init owner, destroy owner, clean owner, destroy opened, clean opened, destroy made",
			"made":        "init made",
			"opened":      "init made, init opened, clean opened, destroy made",
			"constructor": "init made, destroy made",
			"owner":       "init made, init opened, init owner, clean owner, destroy opened, clean opened, destroy made",
		}[fail]
		wantOrder(t, order, want)
		if closed := k.Close(t.Context()); closed != nil || strings.Join(order, ", ") != want {
			t.Errorf("%s: close: %v, %v", fail, closed, order)
		}
	}
}

func TestClosed(t *testing.T) {
	v, cleanup, err := ioc.Closed(1, nil, nil)
	cleanup()
	if v != 1 || err != nil {
		t.Error(v, err)
	}
	bad, ran := errors.New("bad"), false
	if _, cleanup, err = ioc.Closed(1, func() { ran = true }, bad); err != bad {
		t.Error(err)
	}
	if cleanup(); !ran {
		t.Error("another function")
	}
}
