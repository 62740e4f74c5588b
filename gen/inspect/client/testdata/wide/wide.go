// Package wide has a type with every kind of a field, for a test that compares its JSON with that of a client's type.
package wide

import (
	"encoding/json"
	"math/big"
	"time"
)

// Level counts.
type Level int

// The levels.
const (
	Low Level = iota
	Middle
	High
)

// Base is embedded.
type Base struct {
	ID   string `json:"id"`
	Note string `json:"note,omitempty"`
}

// Extra is embedded through a pointer.
type Extra struct{ Extra string }

// Page is generic.
type Page[T any] struct {
	Items []T `json:"items"`
	Next  *T  `json:"next"`
}

// Node is made of nodes.
type Node struct {
	Left, Right *Node
	Children    []Node          `json:"children,omitempty"`
	ByName      map[string]Node `json:"byName,omitempty"`
}

// Text writes itself as text.
type Text struct{ A, B byte }

// MarshalText writes it.
func (t Text) MarshalText() ([]byte, error) { return []byte{'a' + t.A, 'a' + t.B}, nil }

// UnmarshalText reads it.
func (t *Text) UnmarshalText(b []byte) error { t.A, t.B = b[0]-'a', b[1]-'a'; return nil }

// All has every kind of a field.
type All struct {
	Base
	*Extra
	Bool    bool            `json:"bool,omitempty"`
	Int     int             `json:"int"`
	Int8    int8            `json:"int8,omitzero"`
	Uint64  uint64          `json:"uint64"`
	Float   float64         `json:"float"`
	Single  float32         `json:"single"`
	Pointer *int            `json:"pointer"`
	Maybe   *int            `json:"maybe,omitempty"`
	Quoted  int64           `json:"quoted,string"`
	Bytes   []byte          `json:"bytes"`
	Time    time.Time       `json:"time"`
	Due     time.Time       `json:"due,omitzero"`
	Wait    time.Duration   `json:"wait"`
	Raw     json.RawMessage `json:"raw,omitempty"`
	Any     any             `json:"any"`
	Number  json.Number     `json:"number"`
	Big     *big.Int        `json:"big"`
	Array   [2]Level        `json:"array"`
	Level   *Level          `json:"level,omitempty"`
	Map     map[int]string  `json:"map"`
	Text    Text            `json:"text"`
	Texts   []*Text         `json:"texts"`
	Pages   Page[Base]      `json:"pages"`
	Node    *Node           `json:"node"`
	Inline  struct {
		X, Y int
	} `json:"inline"`
	Dash string `json:"-,"`
	Odd  string `json:"odd name!"`
}
