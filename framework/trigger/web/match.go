package web

import (
	"net/url"
	"strings"
)

// matcher walks one path through trees. It keeps where the wildcards' values lie instead of the values, so that a walk
// that backs out of a branch has allocated nothing.
type matcher struct {
	path    string
	encoded bool // path is percent-encoded, and its segments are decoded one by one
	spans   [8]span
	more    []span // those beyond the eighth
	n       int
}

type span struct{ from, to int }

func (m *matcher) match(root *node) *route {
	if root == nil {
		return nil
	}
	m.n = 0
	return m.walk(root, 0)
}

// walk matches path[at:], which is empty or starts with a slash. Literals go first, then {name}, then {rest...}: any
// other order between two routes that both match is a conflict, and refused when the router is made.
func (m *matcher) walk(n *node, at int) *route {
	if at == len(m.path) {
		return n.leaf
	}
	from := at + 1
	to := len(m.path)
	if i := strings.IndexByte(m.path[from:], '/'); i >= 0 {
		to = from + i
	}
	text := m.path[from:to]
	if m.encoded && (len(n.literals) > 0 || len(text) == len("%2F")) { // else nothing is compared with it
		text = decode(text)
	}
	switch {
	case from == len(m.path) || text == "/": // ServeMux takes an encoded slash alone for a trailing one
		if n.end != nil && to == len(m.path) {
			return n.end
		}
	default:
		if i, found := n.find(text); found {
			if c := m.walk(n.literals[i].node, to); c != nil {
				return c
			}
		}
		if n.wild != nil {
			kept := m.n
			m.push(span{from, to})
			if c := m.walk(n.wild, to); c != nil {
				return c
			}
			m.n = kept
		}
	}
	if n.rest != nil {
		m.push(span{from, len(m.path)})
	}
	return n.rest
}

func (m *matcher) push(s span) {
	if m.n < len(m.spans) {
		m.spans[m.n] = s
	} else {
		m.more = append(m.more[:m.n-len(m.spans)], s)
	}
	m.n++
}

func (m *matcher) pathValues(c *route) []PathValue {
	if len(c.names) == 0 {
		return nil
	}
	values := make([]PathValue, len(c.names))
	for i, name := range c.names {
		s := m.spans[min(i, len(m.spans)-1)]
		if i >= len(m.spans) {
			s = m.more[i-len(m.spans)]
		}
		text := m.path[s.from:s.to]
		if m.encoded {
			text = decode(text)
		}
		values[i] = PathValue{name, text}
	}
	return values
}

// decode undoes percent-encoding. What is not correctly percent-encoded stays as it is; [Router.Match] has excluded it.
func decode(text string) string {
	if strings.IndexByte(text, '%') < 0 {
		return text
	}
	if s, err := url.PathUnescape(text); err == nil {
		return s
	}
	return text
}
