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
