// Package stock counts what the shop has.
package stock

import (
	"context"
	"fmt"
	"maps"
	"sync"
)

// Shelf knows how many there are of each product.
type Shelf interface {
	// Add adds items, or takes some with a number below 0. It takes none if there are not enough.
	Add(ctx context.Context, product string, count int) (left int, err error)
	// All returns how many there are of each product.
	All(ctx context.Context) (map[string]int, error)
}

// Memory is a Shelf that begins with ten cups.
type Memory struct {
	mu     sync.Mutex
	counts map[string]int
}

// NewMemory returns it.
//
//faas:provide as=Shelf
func NewMemory() *Memory { return &Memory{counts: map[string]int{"cup": 10}} }

// Add implements Shelf.
func (m *Memory) Add(_ context.Context, product string, count int) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	left := m.counts[product] + count
	if left < 0 {
		return m.counts[product], fmt.Errorf("product %q: found %d, expected %d", product, m.counts[product], -count)
	}
	m.counts[product] = left
	return left, nil
}

// All implements Shelf.
func (m *Memory) All(context.Context) (map[string]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.counts), nil
}
