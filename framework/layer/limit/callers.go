package limit

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// callers are those of one function, by key. All but those with invocations under way are in a list, the last seen first, whose length
// is bounded; those at its end that have all their tokens again are as good as new, and are forgotten early.
type callers struct {
	rate       rate.Limit // zero is unlimited
	burst      int
	concurrent int // zero is unlimited
	most       int
	full       time.Duration // in which a caller has all its tokens again

	mu    sync.Mutex
	byKey map[string]*caller
	idle  int
	first caller // of the list, a ring: first.next was seen last
}

// caller is one of them.
type caller struct {
	key        string
	tokens     *rate.Limiter
	running    int
	seen       time.Time
	prev, next *caller // in the list, nil while invocations are under way
}

func newCallers(c *Config) *callers {
	cs := &callers{rate: rate.Limit(c.KeyRate), burst: c.KeyBurst, concurrent: c.KeyConcurrency, most: c.Keys, byKey: map[string]*caller{}}
	if c.KeyRate > 0 {
		cs.full = time.Duration(min(float64(c.KeyBurst)/c.KeyRate, 1e6) * float64(time.Second))
	}
	cs.first.prev, cs.first.next = &cs.first, &cs.first
	return cs
}

// enter lets an invocation of a caller begin, or says which limit it is over and in what time it may be tried again.
func (cs *callers) enter(key string, now time.Time) (of *caller, over string, after time.Duration) {
	key = bounded(key)
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c := cs.byKey[key]
	if c == nil {
		cs.forget(now)
		c = &caller{key: strings.Clone(key)} // a part of the request's memory would keep all of it
		if cs.rate > 0 {
			c.tokens = rate.NewLimiter(cs.rate, cs.burst)
		}
		cs.byKey[c.key] = c
	} else if c.running == 0 {
		cs.unlink(c)
	}
	c.seen = now
	switch {
	case cs.concurrent > 0 && c.running >= cs.concurrent:
		over, after = codeOverloaded, time.Second
	case c.tokens != nil && !c.tokens.AllowN(now, 1):
		over, after = codeRate, untilToken(c.tokens, now)
	default:
		c.running++
		return c, "", 0
	}
	if c.running == 0 {
		cs.link(c)
	}
	return nil, over, after
}

// leave ends an invocation that began.
func (cs *callers) leave(c *caller) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if c.running--; c.running == 0 {
		cs.link(c)
	}
}

func (cs *callers) link(c *caller) {
	c.prev, c.next = &cs.first, cs.first.next
	c.prev.next, c.next.prev = c, c
	cs.idle++
	for cs.idle > cs.most {
		cs.drop(cs.first.prev)
	}
}

func (cs *callers) unlink(c *caller) {
	c.prev.next, c.next.prev = c.next, c.prev
	c.prev, c.next = nil, nil
	cs.idle--
}

func (cs *callers) drop(c *caller) {
	cs.unlink(c)
	delete(cs.byKey, c.key)
}

// forget makes room for a new caller: at most two old ones go for each that comes, so that no invocation pays for many.
func (cs *callers) forget(now time.Time) {
	for range 2 {
		if last := cs.first.prev; last != &cs.first && now.Sub(last.seen) > cs.full {
			cs.drop(last)
		}
	}
}

// untilToken is when there will be a token.
func untilToken(l *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - l.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(missing / float64(l.Limit()) * float64(time.Second))
}
