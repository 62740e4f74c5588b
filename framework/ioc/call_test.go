package ioc_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/faasgen/faasgen/framework/ioc"
)

// call is what generated code makes for one invocation.
type call struct {
	ioc.Call
	user    ioc.Scoped[*call, *int]
	session ioc.Scoped[*call, string]
	more    [8]ioc.Scoped[*call, int]
}

func TestScopedIsMadeOnceACall(t *testing.T) {
	c, made := &call{}, 0
	build := func(got *call) (*int, error) {
		if got != c {
			t.Error("another call")
		}
		if made++; made == 1 {
			return new(int), errors.New("not yet")
		}
		return new(int), nil
	}
	if _, err := c.user.Get(c, build); err == nil || err.Error() != "not yet" {
		t.Error(err)
	}
	first, err := c.user.Get(c, build)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.user.Get(c, build); again != first || err != nil || made != 2 {
		t.Error(again, err, made)
	}
	c.End() // has nothing to do
}

func TestCallEndsInReverse(t *testing.T) {
	c := &call{}
	var order []string
	open := func(name string, err error) func(*call) (string, func(), error) {
		return func(*call) (string, func(), error) {
			return name, func() { order = append(order, name) }, err
		}
	}
	if _, err := c.session.Open(c, open("failed", errors.New("no"))); err == nil || err.Error() != "no" {
		t.Error(err)
	}
	for range 2 {
		if v, err := c.session.Open(c, open("session", nil)); v != "session" || err != nil {
			t.Error(v, err)
		}
	}
	for i := range c.more { // more than there is room for
		_, err := c.more[i].Open(c, func(*call) (int, func(), error) {
			if i == 2 {
				return i, nil, nil
			}
			return i, func() {
				if order = append(order, fmt.Sprint(i)); i == 5 {
					panic("five")
				}
			}, nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	func() {
		defer func() {
			if p := recover(); p != "five" {
				t.Errorf("the panic became %v", p)
			}
		}()
		c.End()
	}()
	wantOrder(t, order, "7, 6, 5, 4, 3, 1, 0, session")
	if c.End(); len(order) != 8 {
		t.Errorf("ended again: %v", order)
	}
}

// Something that is needed by what is opened ends after it, as it does in a container.
func TestCallEndsWhatANeedsAfterA(t *testing.T) {
	c := &call{}
	var order []string
	_, err := c.session.Open(c, func(c *call) (string, func(), error) {
		_, err := c.more[0].Open(c, func(*call) (int, func(), error) { return 1, func() { order = append(order, "user") }, nil })
		return "s", func() { order = append(order, "session") }, err
	})
	if err != nil {
		t.Error(err)
	}
	c.End()
	wantOrder(t, order, "session, user")
}

func TestACallAllocatesNothingOfItsOwn(t *testing.T) {
	end := func() {}
	open := func(*call) (string, func(), error) { return "s", end, nil }
	get := func(*call) (int, error) { return 1, nil }
	var c *call
	if n := testing.AllocsPerRun(100, func() {
		c = &call{}
		_, err := c.session.Open(c, open)
		_, err2 := c.more[0].Get(c, get)
		if err != nil || err2 != nil {
			t.Error(err, err2)
		}
		c.End()
	}); n != 1 { // the call itself
		t.Errorf("%v allocations", n)
	}
}
