package config

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Live is a value that is read again on a schedule, so that a process that runs sees a secret that was changed in its store:
//
//	type Desk struct {
//		Token config.Live[config.Secret] //faas:config key=auth.token refresh=5m
//	}
//
// It is read at the start like any other, and what is wrong with it then stops the start. From there on [Live.Get] tells when it is due:
// the first invocation that gets it then reads it again in its background, with [framework.Context.Go], and until that has ended all get the
// value that was there. What is read again is what references lead to, those of variables and those in files: a store, a file, another variable. Configuration
// files do not change while a unit runs.
//
// A value that cannot be read again, or is wrong, changes nothing: one line in the log says so, without it, and the next try is
// due after twice the time, at most 10 minutes or the interval, if that is longer. A Live is copied by assignment; the copies are one. The zero Live has the zero value.
type Live[T any] struct{ cell *cell[T] }

// cell is what the copies of a Live share.
type cell[T any] struct {
	schedule
	value atomic.Pointer[T]
	read  func(context.Context) (T, error) // nil for a value that stays
}

// schedule says when a value is due.
type schedule struct {
	key      string
	interval time.Duration
	clock    framework.Clock
	due      atomic.Int64 // in nanoseconds since 1970: the time goes on while a process is frozen
	busy     atomic.Bool
	failures int // of whoever has made it busy
}

const (
	// maxRefresh is how long one reading may take. A process that is frozen between requests keeps back the end of a response for as long.
	maxRefresh = 2 * time.Second
	// maxBackoff is how far failures move the next reading, unless the interval is longer.
	maxBackoff = 10 * time.Minute
)

// NewLive returns a value that stays as it is, for tests.
func NewLive[T any](value T) Live[T] {
	c := &cell[T]{}
	c.value.Store(&value)
	return Live[T]{c}
}

// Get returns the value as it was last read. In the context of an invocation it has it read again where that is due, and never waits for it.
func (l Live[T]) Get(ctx context.Context) T {
	c := l.cell
	if c == nil {
		var zero T
		return zero
	}
	value := c.value.Load() // before, so that how fast a store is does not decide
	if c.read != nil && c.late() {
		c.refresh(ctx)
	}
	return *value
}

func (s *schedule) late() bool { return s.clock.Now().UnixNano() >= s.due.Load() }

// refresh reads the value in the background of an invocation, one at a time.
func (c *cell[T]) refresh(ctx context.Context) {
	invocation := framework.From(ctx)
	if invocation == nil || !c.busy.CompareAndSwap(false, true) {
		return
	}
	if !c.late() { // another has just done it
		c.busy.Store(false)
		return
	}
	invocation.Go(func(ctx context.Context) error {
		defer c.busy.Store(false)
		c.failures++ // until it has succeeded: code of the user's may panic in it
		c.due.Store(c.clock.Now().Add(c.backoff()).UnixNano())
		ctx, cancel := context.WithTimeout(ctx, maxRefresh)
		defer cancel()
		value, err := c.read(ctx)
		if err != nil {
			invocation.Logger().Warn("configuration key "+c.key+" could not be read again and keeps its value", "error", err.Error())
			return nil
		}
		c.failures = 0
		c.value.Store(&value)
		c.due.Store(c.clock.Now().Add(c.interval).UnixNano())
		return nil
	})
}

// backoff is when to try again after failures.
func (s *schedule) backoff() time.Duration {
	wait, most := s.interval, max(s.interval, maxBackoff)
	for range s.failures {
		if wait = min(2*wait, most); wait == most {
			break
		}
	}
	return wait
}

// ReadLive is a value that read makes, to be read again when it is older than an interval, with the error left to the reader. Generated
// code uses it. The key is for the log.
func ReadLive[T any](r *Reader, key string, interval time.Duration, read func(*Reader) T) Live[T] {
	value := read(r)
	c := &cell[T]{schedule: schedule{key: key, interval: interval}}
	c.value.Store(&value)
	source := r.c
	if source == nil || source.clock == nil {
		return Live[T]{c}
	}
	c.clock = source.clock
	c.due.Store(c.clock.Now().Add(interval).UnixNano())
	c.read = func(ctx context.Context) (T, error) {
		again := source.again(ctx)
		return Read(func() (*Config, error) { return again, nil }, read)
	}
	return Live[T]{c}
}

// again returns a configuration that asks the stores anew, for as long as ctx lets it.
func (c *Config) again(ctx context.Context) *Config {
	out := *c
	out.stores = nil
	for _, s := range c.stores {
		if anew := s.ReadAgain; anew != nil {
			s.Read = func(name string) (string, error) { return anew(ctx, name) }
		}
		out.stores = append(out.stores, s)
	}
	return &out
}
