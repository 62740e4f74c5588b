package config

import (
	"errors"
	"slices"
)

// Reader reads several keys and collects what is wrong with them, so that one error names it all. Generated code uses it; of a
// Reader without configuration every value is zero.
type Reader struct {
	c        *Config
	unloaded bool // it could not be read, and no key of it is missing
	*collected
}

// collected is what readers of one start have found.
type collected struct {
	missing *MissingError
	errs    []error
	texts   []string // of errs
	visited map[any]bool
}

// NewReader begins to read the configuration that load returns.
func NewReader(load func() (*Config, error)) *Reader {
	return (&Reader{collected: &collected{visited: map[any]bool{}}}).Of(load)
}

// Of is a reader of another configuration which collects in the same place.
func (r *Reader) Of(load func() (*Config, error)) *Reader {
	c, err := load()
	r.note(err)
	return &Reader{c, err != nil, r.collected}
}

// Visit reports whether it is the first time that it is called for key.
func (r *Reader) Visit(key any) bool {
	first := !r.visited[key]
	r.visited[key] = true
	return first
}

// Begin reports whether what a cell holds has still to be built, and has not been looked at.
func (r *Reader) Begin(cell interface{ Done() bool }) bool { return !cell.Done() && r.Visit(cell) }

// Err is nil, or says all that was wrong. Missing keys are one *MissingError.
func (r *Reader) Err() error {
	all := r.errs
	if r.missing != nil {
		all = append(several{r.missing}, all...)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return several(all)
}

// several are errors of one start, each a line.
type several []error

func (s several) Error() string   { return errors.Join(s...).Error() }
func (s several) Unwrap() []error { return s }

// Value is [Get] with the error left to the reader.
func Value[T any](r *Reader, key string) T {
	return kept(r, func() (T, error) { return Get[T](r.c, key) })
}

// ValueOr is [Or] with the error left to the reader.
func ValueOr[T any](r *Reader, key string, def T) T {
	return kept(r, func() (T, error) { return Or(r.c, key, def) })
}

// ValueText is [OrText] with the error left to the reader.
func ValueText[T any](r *Reader, key, def string) T {
	return kept(r, func() (T, error) { return OrText[T](r.c, key, def) })
}

// RequireBelow is [Config.RequireBelow] with the error left to the reader.
func (r *Reader) RequireBelow(key string, members ...string) {
	if !r.unloaded {
		r.note(r.c.RequireBelow(key, members...))
	}
}

func kept[T any](r *Reader, read func() (T, error)) (v T) {
	if r.unloaded {
		return v
	}
	v, err := read()
	r.note(err)
	return v
}

func (r *Reader) note(err error) {
	if err == nil {
		return
	}
	if known, ok := err.(several); ok {
		for _, err := range known {
			r.note(err)
		}
		return
	}
	if missing, ok := errors.AsType[*MissingError](err); ok {
		r.missing = r.missing.with(missing)
		return
	}
	if text := err.Error(); !slices.Contains(r.texts, text) { // functions share what they need
		r.errs, r.texts = append(r.errs, err), append(r.texts, text)
	}
}

// Read is what read returns, and what was wrong.
func Read[T any](load func() (*Config, error), read func(*Reader) T) (T, error) {
	r := NewReader(load)
	v := read(r)
	return v, r.Err()
}

// Checks returns what reports all that is wrong with the configuration that some checks read, after what is known to be wrong.
func Checks[K any](k K, load func() (*Config, error), checks ...func(K, *Reader)) func(known error) error {
	return func(known error) error {
		r := NewReader(load)
		r.note(known)
		for _, check := range checks {
			check(k, r)
		}
		return r.Err()
	}
}
