// Package catalog is what the shop sells.
package catalog

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/examples/shop/access"
)

// Product is one thing that is sold.
type Product struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Cents    int      `json:"cents"`
	Pictures []string `json:"pictures,omitempty"`
	Editor   string   `json:"editor,omitempty"`
}

// Store keeps products. It returns access.ErrUnknown for what it does not have.
type Store interface {
	List(ctx context.Context, text string, limit int) ([]Product, error)
	Get(ctx context.Context, id string) (Product, error)
	Save(ctx context.Context, p Product) error
	Remove(ctx context.Context, id string) error
}

// Memory is a Store that begins with two products.
type Memory struct {
	mu       sync.Mutex
	products map[string]Product
}

// NewMemory returns it.
//
//faas:provide as=Store
func NewMemory() *Memory {
	return &Memory{products: map[string]Product{
		"cup": {ID: "cup", Name: "Cup", Cents: 500},
		"tea": {ID: "tea", Name: "Green tea", Cents: 900},
	}}
}

// List implements Store.
func (m *Memory) List(_ context.Context, text string, limit int) ([]Product, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := slices.SortedFunc(maps.Values(m.products), func(a, b Product) int { return cmp.Compare(a.ID, b.ID) })
	found = slices.DeleteFunc(found, func(p Product) bool { return !strings.Contains(p.Name, text) })
	return found[:min(limit, len(found))], nil
}

// Get implements Store.
func (m *Memory) Get(_ context.Context, id string) (Product, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.products[id]
	if !ok {
		return p, fmt.Errorf("product %q: %w", id, access.ErrUnknown)
	}
	return p, nil
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, p Product) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.products[p.ID] = p
	return nil
}

// Remove implements Store.
func (m *Memory) Remove(ctx context.Context, id string) error {
	if _, err := m.Get(ctx, id); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.products, id)
	return nil
}
