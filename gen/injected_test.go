package gen_test

import (
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// TestOneInstanceUnderTwoTypes injects an instance as itself and as an interface into one place. Both come through the
// type of its own that Wire tells it by, of which a provider function can take one only.
func TestOneInstanceUnderTwoTypes(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, small("one"))
	apptest.Write(t, dir, map[string]string{"one/store.go": `package one

import "context"

// Finder finds.
type Finder interface{ Find() string }

// Store is made twice.
type Store struct{ name string }

// Find implements Finder.
func (s *Store) Find() string { return s.name }

// NewPrimary has an id.
//
//faas:provide id=primary
func NewPrimary() *Store { return &Store{"primary"} }

// NewStore has none, but shares the type.
//
//faas:provide
func NewStore() *Store { return &Store{"plain"} }

// NewService takes the plain one twice.
//
//faas:provide
//faas:arg named id=primary
func NewService(store *Store, finder Finder, named *Store) *Service { return &Service{} }

// Service is a service.
type Service struct{}

// Controller has the named one twice.
type Controller struct {
	Service *Service //faas:inject
	Store   *Store   //faas:inject id=primary
	Finder  Finder   //faas:inject id=primary
}

// Get gets.
//
//faas:handler
func (c *Controller) Get(ctx context.Context) string { return c.Finder.Find() }
`})
	commit(t, generate(t, dir)) // without the note that Wire refused
	goCommand(t, dir, "vet", "./...")
}

// TestParametersWithoutNames: what a constructor does not name the provider function has to.
func TestParametersWithoutNames(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, small("one"))
	apptest.Write(t, dir, map[string]string{"one/store.go": `package one

import (
	"context"

	"github.com/faasgen/faasgen/framework/ioc"
)

// Store is a dependency.
//
//faas:provide
type Store struct{}

// Cache is another.
//
//faas:provide
type Cache struct{}

// NewBlank has blank parameters.
//
//faas:provide
func NewBlank(_ *Store, _ *Cache, _ ioc.Lazy[*Cache]) *Blank { return &Blank{} }

// Blank is made from blanks.
type Blank struct{}

// NewUnnamed has parameters that are types alone.
//
//faas:provide scope=prototype
func NewUnnamed(context.Context, *Store, *Blank, ioc.Lazy[*Cache]) (*Unnamed, error) { return &Unnamed{}, nil }

// Unnamed is made from what has no names.
type Unnamed struct{}

// NewCall lives for one request.
//
//faas:provide scope=request
func NewCall(*Unnamed, *Store, ioc.Lazy[*Cache]) *Call { return &Call{} }

// Call is a request's.
type Call struct{}

// Controller uses them.
//
//faas:provide scope=request
type Controller struct {
	Call *Call //faas:inject
}

// Get gets.
//
//faas:handler
func (c *Controller) Get() {}

// Ticker uses one of them in a build.
type Ticker struct {
	Unnamed *Unnamed //faas:inject
}

// Tick ticks.
//
//faas:handler
func (c *Ticker) Tick() {}
`})
	commit(t, generate(t, dir))
	goCommand(t, dir, "vet", "./...")
}
