package model

import "go/types"

// ConfigMember is a member of a struct that is read from configuration as a whole, of which a directive says something.
type ConfigMember struct {
	// Fields lead to it from the struct, Types are theirs.
	Fields []string
	Types  []types.Type
	// Key is dotted, below that of the struct.
	Key string
	// Default is a constant of the last of Types, nil if there is none.
	Default *string
	// Required says that it must have a value.
	Required bool
}
