package ioc

// Call is what one invocation has made, shared by the guards, the middleware and the handler of a function. Generated structs
// embed it. One goroutine uses it.
type Call struct {
	ends []func()
	room [4]func() // most calls have no more
}

// End undoes what was made, the last first.
func (c *Call) End() {
	for _, end := range c.ends {
		defer end()
	}
	c.ends = nil
}

// keep has End run a clean-up function.
func (c *Call) keep(end func()) {
	if end == nil {
		return
	}
	if c.ends == nil {
		c.ends = c.room[:0]
	}
	c.ends = append(c.ends, end)
}

func (c *Call) call() *Call { return c }

// Scoped holds one value of a call.
type Scoped[K interface{ call() *Call }, T any] struct {
	made  bool
	value T
}

// Get returns the value, which the first request makes. After an error the next one tries again.
func (s *Scoped[K, T]) Get(k K, build func(K) (T, error)) (T, error) {
	if s.made {
		return s.value, nil
	}
	v, err := build(k)
	if err == nil {
		s.value, s.made = v, true
	}
	return v, err
}

// Open is Get for an injector that returns a clean-up function, which runs when the call ends.
func (s *Scoped[K, T]) Open(k K, build func(K) (T, func(), error)) (T, error) {
	if s.made {
		return s.value, nil
	}
	v, end, err := build(k)
	if err == nil {
		k.call().keep(end)
		s.value, s.made = v, true
	}
	return v, err
}
