// Package order takes orders and follows them.
package order

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/faasgen/faasgen/examples/shop/access"
)

// The states of an order.
const (
	Placed    = "placed"
	Paid      = "paid"
	Cancelled = "cancelled"
	Expired   = "expired"
)

// Order is what a customer wants.
type Order struct {
	ID       string    `json:"id"`
	Customer string    `json:"customer"`
	Product  string    `json:"product"`
	Count    int       `json:"count"`
	Cents    int       `json:"cents"`
	State    string    `json:"state"`
	Placed   time.Time `json:"placed"`
}

// Store keeps orders. It returns access.ErrUnknown for what it does not have.
type Store interface {
	All(ctx context.Context) ([]Order, error)
	Get(ctx context.Context, id string) (Order, error)
	Save(ctx context.Context, o Order) error
}

// Memory is a Store that forgets.
type Memory struct {
	mu     sync.Mutex
	orders map[string]Order
}

// NewMemory returns an empty store.
//
//faas:provide as=Store
func NewMemory() *Memory { return &Memory{orders: map[string]Order{}} }

// All implements Store.
func (m *Memory) All(context.Context) ([]Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.orders), func(a, b Order) int { return cmp.Compare(a.ID, b.ID) }), nil
}

// Get implements Store.
func (m *Memory) Get(_ context.Context, id string) (Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.orders[id]
	if !ok {
		return o, fmt.Errorf("order %q: %w", id, access.ErrUnknown)
	}
	return o, nil
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, o Order) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.orders[o.ID] = o
	return nil
}
