package ioc

import "reflect"

// Override puts v in the place of what would be built, unless v is nil. It is for the Overrides of tests, before anything is
// requested: the real value is never built, and the one who sets v also ends it.
func Override[K Owner, T any](s *Cell[K, T], v T) {
	if !reflect.ValueOf(&v).Elem().IsZero() {
		s.set(v)
	}
}

// OverrideValue is [Override] for types that nil does not belong to.
func OverrideValue[K Owner, T any](s *Cell[K, T], v *T) {
	if v != nil {
		s.set(*v)
	}
}

func (s *Cell[K, T]) set(v T) {
	s.value, s.Slot.replaced = v, true
	s.Slot.ready.Store(true)
}

// Skip says that the start of a unit need not build the cell: the middleware or guard that it is for was replaced.
func (s *Slot) Skip() { s.unneeded = true }
