package web

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// This file finds places in JSON that encoding/json says too little about. It decodes nothing, and never fails: what is
// not JSON gives places without meaning, so its callers know that it is JSON or check.

// stringEnd returns the index after the string that starts at data[at].
func stringEnd(data []byte, at int) int {
	for i := at + 1; i < len(data); i++ {
		switch data[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(data)
}

func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\n' || data[at] == '\r') {
		at++
	}
	return at
}

// valueEnd returns the index after the value that starts at data[at].
func valueEnd(data []byte, at int) int {
	depth := 0
	for i := at; i < len(data); {
		switch data[i] {
		case '"':
			i = stringEnd(data, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		default:
			if depth == 0 {
				return scalarEnd(data, i)
			}
			i++
			continue
		}
		if depth <= 0 {
			return i
		}
	}
	return len(data)
}

// scalarEnd returns the index after a number, true, false or null, and moves by one byte at least.
func scalarEnd(data []byte, at int) int {
	if i := bytes.IndexAny(data[at:], ",]}: \t\r\n"); i >= 0 {
		return at + max(i, 1)
	}
	return len(data)
}

// topMembers visits the members of the object that data is: the key in its quotes, and the bytes from key to value.
func topMembers(data []byte, visit func(key, member []byte)) {
	at := skipSpace(data, 0)
	if at == len(data) || data[at] != '{' {
		return
	}
	for at = skipSpace(data, at+1); at < len(data) && data[at] == '"'; at = skipSpace(data, at+1) {
		start := at
		keyEnd := stringEnd(data, at)
		at = skipSpace(data, keyEnd)
		if at == len(data) || data[at] != ':' {
			return
		}
		at = valueEnd(data, skipSpace(data, at+1))
		visit(data[start:keyEnd], data[start:at])
		if at = skipSpace(data, at); at == len(data) || data[at] != ',' {
			return
		}
	}
}

// keyText decodes a key.
func keyText(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1:max(1, len(quoted)-1)])
	}
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return string(quoted)
	}
	return s
}

// place is where a value stands in valid JSON.
type place struct {
	start, end int
	path       string // items[2].price
	isKey      bool   // it is the key of the member at path
}

// step is one part of a path.
type step struct {
	key   []byte // quoted; nil in an array
	index int
}

// walker visits every value of valid JSON.
type walker struct {
	data  []byte
	steps []step
	visit func(w *walker, start int) bool // false ends the walk
	key   func(w *walker, start int) bool
}

// value walks the value at at and returns the index after it, and false if the walk ended.
func (w *walker) value(at int) (int, bool) {
	at = skipSpace(w.data, at)
	if at >= len(w.data) || !w.visit(w, at) {
		return at, false
	}
	open := w.data[at]
	if open != '{' && open != '[' {
		return valueEnd(w.data, at), true
	}
	at = skipSpace(w.data, at+1)
	for i := 0; at < len(w.data) && w.data[at] != '}' && w.data[at] != ']'; i++ {
		s := step{index: i}
		if open == '{' {
			end := stringEnd(w.data, at)
			s.key = w.data[at:end]
			w.steps = append(w.steps, s)
			if w.key != nil && !w.key(w, at) {
				return at, false
			}
			at = skipSpace(w.data, end) + 1 // the colon
		} else {
			w.steps = append(w.steps, s)
		}
		end, ok := w.value(at)
		if !ok {
			return end, false
		}
		w.steps = w.steps[:len(w.steps)-1]
		if at = skipSpace(w.data, end); at < len(w.data) && w.data[at] == ',' {
			at = skipSpace(w.data, at+1)
		}
	}
	return at + 1, true
}

// locate finds the value that encoding/json means by an offset: just after a literal, or after the bracket that opens an
// array or object, or after the quote that opens a key.
func locate(data []byte, offset int) (p place, found bool) {
	w := walker{data: data}
	w.visit = func(w *walker, start int) bool {
		c := data[start]
		composite := c == '{' || c == '['
		if start >= offset {
			return false
		}
		if composite && start+1 != offset {
			return true
		}
		if end := valueEnd(data, start); composite || end == offset {
			p, found = place{start: start, end: end, path: w.path()}, true
		}
		return !found
	}
	w.key = func(w *walker, start int) bool {
		if start+1 == offset {
			p, found = place{start: start, end: stringEnd(data, start), path: w.path(), isKey: true}, true
		}
		return !found
	}
	w.value(0)
	return p, found
}

// values lists every value, outer before inner.
func values(data []byte) []place {
	var list []place
	w := walker{data: data}
	w.visit = func(_ *walker, start int) bool {
		list = append(list, place{start: start, end: valueEnd(data, start)})
		return true
	}
	w.value(0)
	return list
}

// path writes the steps: items[2].price, and names["two words"] where a key is not a word.
func (w *walker) path() string {
	var b strings.Builder
	for _, s := range w.steps {
		if s.key == nil {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		key := keyText(s.key)
		switch {
		case !isWord(key):
			if len(key) > 40 {
				key = strings.ToValidUTF8(key[:40], "")
			}
			b.WriteString("[" + strconv.Quote(key) + "]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		b.WriteString(key)
	}
	return b.String()
}

func isWord(key string) bool {
	for i := range len(key) {
		c := key[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '$') {
			return false
		}
	}
	return key != "" && len(key) <= 64
}
