// Package carry makes copies what JSON would make of them, without JSON, for calls between functions of one unit. Generated code names
// its functions for the fields of an input or a result that are not copied by assigning alone. Each takes the address of a copy, makes it
// share nothing with the original, and reports false for a value that JSON changes or refuses: the call goes through JSON then. What
// types there are, and that JSON carries their fields at all, is for the generator to know.
package carry

import (
	"math"
	"slices"
	"unicode/utf8"
)

// Text is for strings: JSON replaces what is not UTF-8.
func Text[S ~string](v *S) bool { return utf8.ValidString(string(*v)) }

// Number is for floats: JSON has no infinity, and nothing that is not a number.
func Number[F ~float32 | ~float64](v *F) bool {
	return !math.IsInf(float64(*v), 0) && !math.IsNaN(float64(*v))
}

// Slice copies a slice and, unless element is nil, its elements. No slice at all is null, which an empty one is not.
func Slice[S ~[]E, E any](v *S, element func(*E) bool) bool {
	*v = slices.Clone(*v)
	return Each(*v, element)
}

// SliceOrNil is [Slice] for a field with omitempty, whose empty slice is left out.
func SliceOrNil[S ~[]E, E any](v *S, element func(*E) bool) bool {
	if len(*v) == 0 {
		*v = nil
		return true
	}
	return Slice(v, element)
}

// Each is for the elements of an array.
func Each[E any](s []E, element func(*E) bool) bool {
	if element == nil {
		return true
	}
	for i := range s {
		if !element(&s[i]) {
			return false
		}
	}
	return true
}

// Map copies a map and, unless value is nil, its values. No map at all is null, which an empty one is not.
func Map[M ~map[K]V, K ~string, V any](v *M, value func(*V) bool) bool {
	if *v == nil {
		return true
	}
	m := make(M, len(*v))
	for k, e := range *v {
		if !Text(&k) || value != nil && !value(&e) {
			return false
		}
		m[k] = e
	}
	*v = m
	return true
}

// MapOrNil is [Map] for a field with omitempty, whose empty map is left out.
func MapOrNil[M ~map[K]V, K ~string, V any](v *M, value func(*V) bool) bool {
	if len(*v) == 0 {
		*v = nil
		return true
	}
	return Map(v, value)
}

// Pointer copies what a pointer points to, unless it is nil, and has the copy carried.
func Pointer[E any](v **E, pointee func(*E) bool) bool { return Plain(v) && (*v == nil || pointee(*v)) }

// Plain is [Pointer] for what is copied by assigning alone.
func Plain[E any](v **E) bool {
	if *v != nil {
		e := **v
		*v = &e
	}
	return true
}
