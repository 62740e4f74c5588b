package web

import (
	"fmt"
	"strings"
)

// relation is how the requests of one route relate to those of another.
type relation uint8

const (
	same     relation = iota // both take the same requests
	wider                    // the first takes all of the second's, and more
	narrower                 // the second takes all of the first's, and more
	apart                    // no request is taken by both
	crossed                  // some are taken by both, some only by the one, some only by the other
)

// and combines the relations of two independent parts of a request, such as method and path.
func (r relation) and(s relation) relation {
	switch {
	case r == apart || s == apart:
		return apart
	case r == same:
		return s
	case s == same || r == s:
		return r
	}
	return crossed
}

func relateMethods(a, b string) relation {
	switch {
	case a == b:
		return same
	case a == "" || a == "GET" && b == "HEAD":
		return wider
	case b == "" || b == "GET" && a == "HEAD":
		return narrower
	}
	return apart
}

func relateSegments(a, b segment) relation {
	switch {
	case a.kind == b.kind && (a.kind != literal || a.text == b.text):
		return same
	case a.kind == rest:
		return wider
	case b.kind == rest:
		return narrower
	case a.kind == wildcard && b.kind == literal:
		return wider
	case a.kind == literal && b.kind == wildcard:
		return narrower
	}
	return apart
}

func relatePaths(a, b []segment) relation {
	r := same
	shared := min(len(a), len(b))
	for i := range shared {
		r = r.and(relateSegments(a[i], b[i]))
	}
	switch {
	case len(a) == len(b):
		return r
	case len(a) < len(b) && a[shared-1].kind == rest:
		return r.and(wider)
	case len(b) < len(a) && b[shared-1].kind == rest:
		return r.and(narrower)
	}
	return apart
}

// ConflictError means that two routes take the same request and neither is more specific, so that which one answers
// would depend on their order.
type ConflictError struct {
	// A and B are the routes.
	A, B Route
	// Functions names the functions they belong to, empty where that is not known.
	Functions [2]string
	// Reason says why neither wins.
	Reason string
}

// Error names both routes and the reason.
func (e *ConflictError) Error() string {
	name := func(r Route, function string) string {
		if function == "" {
			return r.String()
		}
		return r.String() + " of function " + function
	}
	return fmt.Sprintf("route %s conflicts with %s: %s", name(e.A, e.Functions[0]), name(e.B, e.Functions[1]), e.Reason)
}

// String returns method, host and pattern as ServeMux writes them: "GET /books/{id}".
func (r Route) String() string {
	if r.Method == "" {
		return r.Host + r.Pattern
	}
	return r.Method + " " + r.Host + r.Pattern
}

// Conflict reports whether some request is taken by both routes and neither is more specific: the pairs that make
// net/http.ServeMux panic. A pattern that cannot be parsed conflicts with nothing.
func Conflict(a, b Route) bool { return Conflicting(a, b) != nil }

// Conflicting is [Conflict] with the reason; nil means that there is none.
func Conflicting(a, b Route) *ConflictError {
	x, errA := compile(a)
	y, errB := compile(b)
	if errA != nil || errB != nil {
		return nil
	}
	return conflicting(x, y)
}

func conflicting(a, b *route) *ConflictError {
	if a.host != b.host {
		return nil // the one with a host wins, or no request has both
	}
	methods := relateMethods(a.Method, b.Method)
	if methods == apart {
		return nil
	}
	paths := relatePaths(a.segments, b.segments)
	switch methods.and(paths) {
	case same:
		return &ConflictError{A: a.Route, B: b.Route, Reason: "both take the same requests"}
	case crossed:
	default:
		return nil
	}
	e := &ConflictError{A: a.Route, B: b.Route}
	switch {
	case paths == crossed:
		e.Reason = fmt.Sprintf("both take paths like %s, and neither is more specific", commonPath(a.segments, b.segments))
	case methods == wider:
		e.Reason = fmt.Sprintf("%s takes more methods but fewer paths", a)
	default:
		e.Reason = fmt.Sprintf("%s takes fewer methods but more paths", a)
	}
	return e
}

// commonPath returns a path that both take.
func commonPath(a, b []segment) string {
	if len(a) < len(b) {
		a, b = b, a
	}
	var out strings.Builder
	for i, s := range a {
		if i < len(b) && b[i].kind != rest && s.kind != literal {
			s = b[i]
		}
		out.WriteByte('/')
		if s.kind == literal || s.kind == wildcard {
			out.WriteString(s.text)
		}
	}
	return out.String()
}
