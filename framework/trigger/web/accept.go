package web

import "strings"

// Accepts returns the one of the media types that the client wants most by its Accept header: the first of those that it wants equally,
// or without a header, and "" if it takes none of them. A range of the header counts for a type if it is the most specific one that
// fits, as RFC 9110, 12.5.1 has it; what is no range is passed over. Types are in lower case, without parameters.
func (r *Request) Accepts(types ...string) string {
	lines := r.Header["Accept"]
	best, most := "", 0
	for _, t := range types {
		q := 1000
		if len(lines) > 0 {
			q = quality(lines, t)
		}
		if q > most {
			best, most = t, q
		}
	}
	return best
}

// quality is how much the client wants a type, in thousandths.
func quality(lines []string, mediaType string) int {
	q, specific := 0, 0
	for _, line := range lines {
		for line != "" {
			var one, accepted string
			one, line = next(line, ',')
			accepted, one = next(one, ';')
			if rank := fit(accepted, mediaType); rank > specific {
				q, specific = weight(one), rank
			}
		}
	}
	return q
}

// fit is how specific a range is that takes the type: 3 for the type itself, 2 for text/*, 1 for */*, 0 for one that does not.
func fit(accepted, mediaType string) int {
	kind := strings.IndexByte(mediaType, '/') + 1
	switch {
	case strings.EqualFold(accepted, mediaType):
		return 3
	case len(accepted) == kind+1 && accepted[kind] == '*' && strings.EqualFold(accepted[:kind], mediaType[:kind]):
		return 2
	case accepted == "*/*":
		return 1
	}
	return 0
}

// weight is the q of a range in thousandths: 0 or 1 with three decimals at most. It is 1000 where there is none, or what is none.
func weight(parameters string) int {
	for parameters != "" {
		var p string
		p, parameters = next(parameters, ';')
		if len(p) < 3 || p[0]|' ' != 'q' || p[1] != '=' {
			continue
		}
		if p[2] != '0' || len(p) > len("q=0.999") {
			break
		}
		q := 0
		for i := len("q=0."); i < len("q=0.999"); i++ {
			q *= 10
			if i < len(p) {
				q += int(p[i]-'0') % 10
			}
		}
		return q
	}
	return 1000
}

// next cuts off what stands before a separator, without white space. Every unit with an http function links it, once.
//
//go:noinline
func next(list string, separator byte) (first, rest string) {
	if i := strings.IndexByte(list, separator); i >= 0 {
		list, rest = list[:i], list[i+1:]
	}
	return strings.TrimSpace(list), rest
}
