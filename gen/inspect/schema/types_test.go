package schema_test

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"time"
)

// Here is what the tests describe: they read this very file, and encode values of its types.

// Kind is what a book is made of.
type Kind string

// The kinds.
const (
	Paper Kind = "paper"
	Sound Kind = "sound"
)

// Level counts from zero.
type Level int

// The levels.
const (
	Low Level = iota
	High
)

// Size has units, which are no enumeration.
type Size int64

// Units.
const (
	KB Size = 1 << 10
	MB Size = 1 << 20
)

// Flags are bits.
type Flags uint8

// The bits.
const (
	First Flags = 1 << iota
	Second
)

// Numbers are of every kind.
type Numbers struct {
	I   int
	I8  int8
	I32 int32
	U   uint
	U8  uint8
	F32 float32
	F64 float64
	Of  [2]int
	S   Size
	F   Flags
}

// Texts are what is written as text.
type Texts struct {
	S     string
	B     []byte
	Named Octets
	Raw   json.RawMessage
	T     time.Time
	D     time.Duration
	Addr  netip.Addr
	Big   *big.Int
	Code  Code
}

// Octets are bytes of a name.
type Octets []byte

// Code writes itself as text.
type Code struct{}

// MarshalText writes it.
func (c Code) MarshalText() ([]byte, error) { return []byte("code"), nil }

// Odd writes its own JSON.
type Odd struct{}

// MarshalJSON writes it.
func (o Odd) MarshalJSON() ([]byte, error) { return []byte(`[1,"odd"]`), nil }

// Options are those of the json tag.
type Options struct {
	Plain   *string
	Omitted *string        `json:"omitted,omitempty"`
	Zero    time.Time      `json:"zero,omitzero"`
	Count   int            `json:"count,string"`
	Maybe   *bool          `json:"maybe,string"`
	List    []string       `json:"list,omitempty"`
	Null    []string       `json:"null"`
	Map     map[string]int `json:"map"`
	ByInt   map[int]Kind   `json:"byInt,omitempty"`
	Skipped string         `json:"-"`
	hidden  string         //lint:ignore U1000 encoding/json does not see it
	Any     any
	Odd     Odd
}

// Page is generic.
type Page[T any] struct {
	// Items are on it.
	Items []T `json:"items"`
	Next  int `json:"next"` // the number of the next one
}

// Book is recursive.
type Book struct {
	Title string `json:"title"`
	Kind  Kind   `json:"kind,omitempty"`
	Level Level  `json:"level,omitempty"`
	// Deprecated: use Title.
	Name   string            `json:"name"`
	Parts  []Book            `json:"parts"`
	Next   *Book             `json:"next"`
	ByName map[string][]Book `json:"byName,omitempty"`
	Anon   struct {
		X, Y int
	} `json:"anon"`
}

// Base is embedded.
type Base struct {
	ID   string `json:"id"`
	Both string
	Deep string
}

// Other is, too.
type Other struct {
	Both string
	Base2
}

// Base2 is embedded deeper.
type Base2 struct{ Deep, Deeper string }

type small struct{ Promoted string }

// Embedding has the members of what it embeds, by the rules of encoding/json.
type Embedding struct {
	Base
	*Other
	small
	Named Base `json:"named"`
	ID    string
}

// Tagged embeds a struct that is not exported, under a name.
type Tagged struct {
	small `json:"small"`
}

// Figure writes its own JSON, which the option string leaves as it is.
type Figure int

// MarshalJSON writes it.
func (f Figure) MarshalJSON() ([]byte, error) { return []byte("[1]"), nil }

// Figures has one.
type Figures struct {
	F Figure  `json:",string"`
	P *Figure `json:",string"`
}

// Tree is a list of itself.
type Tree []Tree

// Catalogue is a map of a name.
type Catalogue map[string]*Page[Book]

// All has one of each.
type All struct {
	Numbers   Numbers
	Texts     Texts
	Options   Options
	Embedding Embedding
	Tree      Tree
	Catalogue Catalogue
	Strings   Page[string]
	Nested    Page[Page[Book]]
	Pointers  **int
	Kinds     map[Kind]Level
}

// Ruled has validate tags.
type Ruled struct {
	Name  string   `json:"name" validate:"required,min=3,max=20"`
	Email string   `json:"email" validate:"omitempty,email"`
	Age   int      `json:"age" validate:"gte=18,lt=130"`
	Color string   `json:"color" validate:"oneof=red green"`
	Tags  []string `json:"tags" validate:"max=3,dive,alphanum"`
	Sub   struct {
		Host string `json:"host" validate:"required|eq=x"`
	} `json:"sub"`
}

// Edges has rules whose words have a meaning elsewhere, and pointers.
type Edges struct {
	Sport  string   `json:"sport" validate:"oneof=skydive swim"`
	Pair   string   `json:"pair" validate:"oneof=a0x2Cb c"`
	Choice *string  `json:"choice" validate:"omitempty,oneof=a b"`
	Given  *string  `json:"given" validate:"required"`
	Words  []string `json:"words" validate:"dive,oneof=dive run"`
}

// Impossible is what encoding/json does not write.
type Impossible struct {
	C    chan int
	F    func()
	X    complex128
	Keys map[float64]string
	Ok   int
}
