package schema

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// field is a member of the JSON object that a struct is.
type field struct {
	name   string
	v      *types.Var
	tag    reflect.StructTag
	tagged bool // the name is that of the tag
	// index leads to the field, through embedded structs; path is the same as a selector: Page.Size.
	index []int
	path  string
	// options of the json tag.
	omit, quoted bool
	// optional says that an embedded pointer leads to it, which may be nil.
	optional bool
}

// fieldsOf lists the members as encoding/json chooses them: of one name the one that is embedded least deeply, then one that a tag names;
// none where several are left.
func fieldsOf(st *types.Struct) []field {
	var all []field
	collect(st, nil, "", false, map[*types.Struct]bool{}, &all)
	byName := map[string][]field{}
	for _, f := range all {
		byName[f.name] = append(byName[f.name], f)
	}
	var chosen []field
	for _, candidates := range byName {
		slices.SortStableFunc(candidates, func(a, b field) int {
			if c := cmp.Compare(len(a.index), len(b.index)); c != 0 {
				return c
			}
			switch {
			case a.tagged == b.tagged:
				return 0
			case a.tagged:
				return -1
			}
			return 1
		})
		if len(candidates) > 1 && len(candidates[0].index) == len(candidates[1].index) && candidates[0].tagged == candidates[1].tagged {
			continue
		}
		chosen = append(chosen, candidates[0])
	}
	slices.SortFunc(chosen, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return chosen
}

// collect adds the fields of a struct and those of what is embedded in it.
func collect(st *types.Struct, index []int, path string, optional bool, above map[*types.Struct]bool, all *[]field) {
	if above[st] {
		return
	}
	above[st] = true
	defer delete(above, st)
	for i := range st.NumFields() {
		v, tag := st.Field(i), reflect.StructTag(st.Tag(i))
		text := tag.Get("json")
		if text == "-" {
			continue
		}
		name, options, _ := strings.Cut(text, ",")
		if !validName(name) {
			name = ""
		}
		inner, pointer := embedded(v)
		if !v.Exported() && inner == nil {
			continue
		}
		f := field{
			name: cmp.Or(name, v.Name()), v: v, tag: tag, tagged: name != "", optional: optional,
			index: append(index[:len(index):len(index)], i), path: path + v.Name(),
		}
		for option := range strings.SplitSeq(options, ",") {
			f.omit = f.omit || option == "omitempty" || option == "omitzero"
			f.quoted = f.quoted || option == "string"
		}
		if inner != nil && name == "" {
			collect(inner, f.index, f.path+".", optional || pointer, above, all)
			continue
		}
		*all = append(*all, f) // also a struct that is embedded under a name and not exported
	}
}

// embedded is the struct that a field embeds, nil if it embeds none, and whether through a pointer.
func embedded(v *types.Var) (st *types.Struct, pointer bool) {
	if !v.Embedded() {
		return nil, false
	}
	t := types.Unalias(v.Type())
	if p, ok := t.(*types.Pointer); ok {
		t, pointer = p.Elem(), true
	}
	st, _ = t.Underlying().(*types.Struct)
	return st, pointer
}

// validName reports whether encoding/json takes a name in a tag.
func validName(s string) bool {
	for _, c := range s {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
	}
	return s != ""
}
