package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
)

// hash makes a key of any texts: short, of the same length, and without what may be private in them.
func hash(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strconv.Itoa(len(p)))
		b.WriteByte(' ')
		b.WriteString(p)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// errLost is what Finish returns when another owner has claimed the message meanwhile.
var errLost = errors.New("the claim was lost: the lease ended before the function did")

// Memory is a store in the memory of one process: for tests, and for functions that never run in two at once. The zero
// value is ready to use.
type Memory struct {
	// Limit is how many messages are remembered; the oldest are forgotten first. Zero is 100,000.
	Limit int

	mu      sync.Mutex
	entries map[string]entry
	order   []string // keys as they were first claimed; some may be gone
}

type entry struct {
	owner string
	done  bool
	until time.Time
}

// Claim implements Store.
func (m *Memory) Claim(_ context.Context, key, owner string, now, lease time.Time) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, known := m.entries[key]
	switch {
	case known && e.until.After(now) && e.done:
		return Done, nil
	case known && e.until.After(now) && e.owner != owner:
		return Busy, nil
	}
	if m.entries == nil {
		m.entries = map[string]entry{}
	}
	if !known {
		m.order = append(m.order, key)
	}
	m.entries[key] = entry{owner: owner, until: lease}
	m.forget()
	return Claimed, nil
}

// forget drops the oldest entries that are over the limit. The caller holds mu.
func (m *Memory) forget() {
	limit := m.Limit
	if limit <= 0 {
		limit = 100_000
	}
	for len(m.order) > limit {
		delete(m.entries, m.order[0])
		m.order = m.order[1:]
	}
}

// Finish implements Store.
func (m *Memory) Finish(_ context.Context, key, owner string, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, known := m.entries[key]; !known || e.owner != owner || e.done {
		return errLost
	}
	m.entries[key] = entry{owner: owner, done: true, until: until}
	return nil
}

// Release implements Store.
func (m *Memory) Release(_ context.Context, key, owner string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, known := m.entries[key]; known && e.owner == owner && !e.done {
		m.entries[key] = entry{owner: owner} // its lease is over; it keeps its place in the order
	}
	return nil
}
