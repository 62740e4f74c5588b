package sim

import (
	"fmt"
	"slices"
	"sync"
)

// Violations collects the rules that a process broke. The zero value is ready to use; it is safe for concurrent use.
type Violations struct {
	mu    sync.Mutex
	rules []string
}

// Add records a broken rule. A rule is listed once, however often it is broken.
func (v *Violations) Add(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if rule := fmt.Sprintf(format, args...); !slices.Contains(v.rules, rule) {
		v.rules = append(v.rules, rule)
	}
}

// Err returns a *ViolationError, or nil when no rule was broken.
func (v *Violations) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.rules) == 0 {
		return nil
	}
	return &ViolationError{Rules: slices.Clone(v.rules)}
}
