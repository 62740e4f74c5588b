package framework_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
)

// point is a JoinPoint of func(name string, n int) results, as generated code makes it.
func point(name *string, n *int, out *string, ok *bool, results int) framework.JoinPoint {
	return adapter.NewJoinPoint(func() (string, string) { return "book.Store", "Find" }, 2, results, func(i int) any {
		switch i {
		case 0:
			return *name
		case 1:
			return *n
		case 2:
			return *out
		}
		return *ok
	}, func(i int, v any) error {
		switch i {
		case 0:
			return adapter.Assign(name, v)
		case 1:
			return adapter.Assign(n, v)
		case 2:
			return adapter.Assign(out, v)
		}
		return adapter.Assign(ok, v)
	})
}

func TestJoinPoint(t *testing.T) {
	name, n, out, ok := "a", 1, "b", true
	j := point(&name, &n, &out, &ok, 1)
	if j.Target() != "book.Store" || j.Method() != "Find" {
		t.Errorf("%s %s", j.Target(), j.Method())
	}
	if got := j.Args(); !slices.Equal(got, []any{"a", 1}) || j.Arg(1) != 1 || j.Arg(2) != nil || j.Arg(-1) != nil || j.Result() != "b" {
		t.Errorf("%v %v %v", got, j.Arg(1), j.Result())
	}
	if err := errors.Join(j.SetArg(0, "x"), j.SetArg(1, nil), j.SetResult("y")); err != nil || name != "x" || n != 0 || out != "y" {
		t.Errorf("%v: %s %d %s", err, name, n, out)
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{j.SetArg(2, "x"), "argument 2 of Find of book.Store: it takes 2"},
		{j.SetArg(-1, "x"), "argument -1 of Find of book.Store: it takes 2"},
		{j.SetArg(1, "x"), "argument 1 of Find of book.Store: found string, expected int"},
		{j.SetResult(7), "result of Find of book.Store: found int, expected string"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("got %v, want %s", tt.err, tt.want)
		}
	}
}

func TestJoinPointResults(t *testing.T) {
	name, n, out, ok := "a", 1, "b", true
	two := point(&name, &n, &out, &ok, 2)
	if got, is := two.Result().([]any); !is || !slices.Equal(got, []any{"b", true}) {
		t.Errorf("%v", two.Result())
	}
	if err := two.SetResult([]any{"c", false}); err != nil || out != "c" || ok {
		t.Errorf("%v: %s %v", err, out, ok)
	}
	if err := two.SetResult(nil); err != nil || out != "" {
		t.Errorf("%v: %s", err, out)
	}
	for v, want := range map[any]string{"c": "found string, expected a []any of 2 values", 1: "found int, expected a []any of 2 values"} {
		if err := two.SetResult(v); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v: %v", v, err)
		}
	}
	for _, v := range [][]any{{"c"}, {"c", 1}} {
		if err := two.SetResult(v); err == nil {
			t.Errorf("%v was taken", v)
		}
	}
	none := point(&name, &n, &out, &ok, 0)
	if err := none.SetResult("x"); none.Result() != nil || err == nil || err.Error() != "result of Find of book.Store: it returns nothing" {
		t.Errorf("%v %v", none.Result(), err)
	}
}

func TestAssign(t *testing.T) {
	var r io.Reader = strings.NewReader("x")
	if err := adapter.Assign(&r, any(7)); err == nil || err.Error() != "found int, expected io.Reader" || r == nil {
		t.Errorf("%v", err)
	}
	if err := adapter.Assign(&r, nil); err != nil || r != nil {
		t.Errorf("%v %v", r, err)
	}
}

// TestWithContext calls the methods of a Context whose values and deadline come from another.
func TestWithContext(t *testing.T) {
	type key struct{}
	type late struct{}
	f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error {
		if c.WithContext(c) != c {
			t.Error("a Context is not its own")
		}
		derived, cancel := context.WithTimeout(context.WithValue(c, key{}, "derived"), time.Hour)
		d := c.WithContext(derived)
		if d.Value(key{}) != "derived" || c.Value(key{}) != nil || framework.From(d) != d || framework.From(context.WithValue(d, key{}, "x")) != d {
			t.Errorf("values: %v", d.Value(key{}))
		}
		if at, ok := d.Deadline(); !ok || time.Until(at) < 30*time.Minute {
			t.Errorf("deadline: %v %v", at, ok)
		}
		if d.RequestID() != "id" || d.FunctionName() != "f" || d.Unit() != "u" || string(d.Event().([]byte)) != "event" || d.Logger() != c.Logger() {
			t.Error("it is of another invocation")
		}
		d.SetValue(late{}, 1)
		if d.Value(late{}) != 1 || c.Value(late{}) != 1 {
			t.Error("a value that was set on one does not hold for both")
		}
		d.SetValue(key{}, "later")
		if d.Value(key{}) != "later" {
			t.Errorf("a value that was set is hidden by %v", d.Value(key{}))
		}
		d.SetResult("result")
		if c.Result() != "result" || d.Result() != "result" {
			t.Error("the results differ")
		}
		d.SetEvent([]byte("replaced"))
		if string(d.Event().([]byte)) != "replaced" || string(c.Event().([]byte)) != "replaced" {
			t.Errorf("events: %s and %s", d.Event(), c.Event())
		}
		c.SetEvent([]byte("again"))
		if string(d.Event().([]byte)) != "again" {
			t.Errorf("event: %s", d.Event())
		}
		cancel()
		<-d.Done()
		if d.Err() == nil || c.Err() != nil {
			t.Errorf("%v %v", d.Err(), c.Err())
		}
		return nil
	}}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer e.Close(context.Background())
	out, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: []byte("event"), RequestID: "id"})
	if out != "result" || err != nil {
		t.Errorf("%v %v", out, err)
	}
}

// timing is an aspect that says how long calls take; it is marked //faas:aspect match="book-*,book.Store".
type timing struct{ log io.Writer }

func (t timing) Around(ctx context.Context, j *framework.JoinPoint, next func(context.Context) error) error {
	start := time.Now()
	err := next(ctx)
	if took := time.Since(start); took < time.Hour {
		fmt.Fprintf(t.log, "%s of %s(%v) = %v, %v\n", j.Method(), j.Target(), j.Arg(0), j.Result(), err)
	}
	return err
}

// Generated code makes the JoinPoint, and so can the test of an aspect.
func ExampleJoinPoint() {
	var out strings.Builder
	name, title := "dune", ""
	j := adapter.NewJoinPoint(
		func() (string, string) { return "book.Store", "Find" }, 1, 1,
		func(i int) any { return []any{name, title}[i] },
		func(i int, v any) error { return adapter.Assign([]*string{&name, &title}[i], v) },
	)
	err := timing{&out}.Around(context.Background(), &j, func(context.Context) error {
		title = "Dune"
		return nil
	})
	fmt.Print(out.String(), err)
	// Output:
	// Find of book.Store(dune) = Dune, <nil>
	// <nil>
}
