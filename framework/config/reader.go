package config

import "errors"

// Reader reads several keys and collects what is wrong with them.
type Reader struct {
	c      *Config
	absent []string
	errs   []error
}

// Reader begins to read.
func (c *Config) Reader() *Reader { return &Reader{c: c} }

// Err is nil, or says all that was wrong. Missing keys are one *MissingError.
func (r *Reader) Err() error {
	if r.absent != nil {
		return errors.Join(append([]error{r.c.missing(r.absent...)}, r.errs...)...)
	}
	return errors.Join(r.errs...)
}

// Value is [Get] with the error left to the reader.
func Value[T any](r *Reader, key string) T {
	v, err := Get[T](r.c, key)
	r.note(key, err)
	return v
}

// ValueOr is [Or] with the error left to the reader.
func ValueOr[T any](r *Reader, key string, def T) T {
	v, err := Or(r.c, key, def)
	r.note(key, err)
	return v
}

func (r *Reader) note(key string, err error) {
	var missing *MissingError
	switch {
	case errors.As(err, &missing):
		r.absent = append(r.absent, missing.Keys...)
	case err != nil:
		r.errs = append(r.errs, err)
	}
}

// Read is what read returns, and what was wrong.
func Read[T any](c *Config, read func(*Reader) T) (T, error) {
	r := c.Reader()
	v := read(r)
	return v, r.Err()
}
