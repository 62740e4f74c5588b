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
	kind, _, _ := strings.Cut(mediaType, "/")
	for _, line := range lines {
		for line != "" {
			var one string
			one, line, _ = strings.Cut(line, ",")
			accepted, parameters, _ := strings.Cut(one, ";")
			accepted = strings.TrimSpace(accepted)
			rank := 0
			switch {
			case strings.EqualFold(accepted, mediaType):
				rank = 3
			case len(accepted) == len(kind)+2 && strings.HasSuffix(accepted, "/*") && strings.EqualFold(accepted[:len(kind)], kind):
				rank = 2
			case accepted == "*/*":
				rank = 1
			}
			if rank > specific {
				q, specific = weight(parameters), rank
			}
		}
	}
	return q
}

// weight is the q of a range in thousandths, 1000 where it says none.
func weight(parameters string) int {
	for parameters != "" {
		var p string
		p, parameters, _ = strings.Cut(parameters, ";")
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		return thousandths(value)
	}
	return 1000
}

// thousandths reads a weight: 0 or 1 with three decimals at most. Anything else is no weight, and counts as 1.
func thousandths(text string) int {
	whole, decimals, _ := strings.Cut(text, ".")
	if whole != "0" || len(decimals) > 3 {
		return 1000
	}
	q := 0
	for i := range 3 {
		q *= 10
		if i < len(decimals) {
			c := decimals[i]
			if c < '0' || c > '9' {
				return 1000
			}
			q += int(c - '0')
		}
	}
	return q
}
