package framework_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

func TestHealth(t *testing.T) {
	var check func(context.Context) error
	app := &framework.App{Unit: "u", Health: func(ctx context.Context) error { return check(ctx) }}
	e := framework.NewEngine(&framework.Runtime{}, app)
	if err := e.Health(t.Context()); !errors.Is(err, framework.ErrClosed) {
		t.Errorf("before start: %v", err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	check = func(context.Context) error { return nil }
	if err := e.Health(t.Context()); err != nil {
		t.Error(err)
	}
	check = func(context.Context) error { return errors.New("no database") }
	if err := e.Health(t.Context()); err == nil || err.Error() != "no database" {
		t.Errorf("got %v", err)
	}
	check = func(context.Context) error { panic("gone") }
	if err := e.Health(t.Context()); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("got %v", err)
	}
	hang := make(chan struct{})
	defer close(hang)
	check = func(context.Context) error { <-hang; return nil }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Health(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := e.Health(t.Context()); !errors.Is(err, framework.ErrClosed) {
		t.Errorf("after close: %v", err)
	}
}

func TestHealthOfAUnitThatHasNothingToSay(t *testing.T) {
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u"})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Health(t.Context()); err != nil {
		t.Error(err)
	}
}
