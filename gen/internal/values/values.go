// Package values tells whether configuration fits the Go types that it is for, before anything runs: it makes of each type one
// that the reader of the run time can fill, and lets that read. It knows types from go/types only and runs no user code.
package values

import (
	"errors"
	"fmt"
	"go/types"
	"log/slog"
	"math"
	"math/big"
	"net"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/framework/config"
)

// Text writes a value in one line, as YAML that reads as the same.
func Text(n *yaml.Node) (string, error) {
	text, err := yaml.Marshal(flow(n))
	return strings.TrimSuffix(string(text), "\n"), err
}

func flow(n *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value}
	switch {
	case n.Kind != yaml.ScalarNode:
		out.Style = yaml.FlowStyle
	case n.ShortTag() == "!!null":
		out.Value = "null"
	case n.ShortTag() == "!!str" && (strings.ContainsAny(n.Value, "\n\r\t") || len(n.Value) > 60):
		out.Style = yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		out.Content = append(out.Content, flow(c))
	}
	return out
}

// Check reports what is wrong with the value of a key for what has type t and is read from the key at, which is key or above it.
// The error shows no value.
func Check(t types.Type, at, key, text string) error {
	const file = "f.yml"
	c, err := (*config.Config)(nil).Overlay(file, map[string]string{key: text})
	if err != nil {
		return err
	}
	rt := Type(t)
	if !Has(t, at, key) {
		return ErrUnknown
	}
	if err := c.Inspect(at, rt); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), file+": "))
	}
	return nil
}

// ErrUnknown is returned by Check for a key below a struct that has no such member.
var ErrUnknown = errors.New("no member of that name")

// Member is a value that a struct takes from configuration.
type Member struct {
	Key  string
	Type types.Type
}

// Members are what a struct and the structs in it take from below a key; none for another type.
func Members(t types.Type, key string) []Member { return members(t, key, 0) }

// maxMembers is how many structs deep Members looks, as does the reader.
const maxMembers = 8

func members(t types.Type, key string, depth int) []Member {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || Whole(t) || depth == maxMembers {
		return nil
	}
	var list []Member
	for i := range st.NumFields() {
		f := st.Field(i)
		name, inline := FieldName(st, i)
		switch {
		case inline:
			list = append(list, members(f.Type(), key, depth+1)...)
		case name != "":
			below := key + "." + name
			list = append(append(list, Member{below, f.Type()}), members(f.Type(), below, depth+1)...)
		}
	}
	return list
}

// FieldName is the key of a field, empty if configuration leaves it alone; inline says that its own fields stand in its place.
func FieldName(st *types.Struct, i int) (name string, inline bool) {
	f := st.Field(i)
	name, options, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("yaml"), ",")
	_, isStruct := f.Type().Underlying().(*types.Struct)
	isStruct = isStruct && !Whole(f.Type())
	switch {
	case name == "-":
		return "", false
	case isStruct && (f.Embedded() && name == "" || slices.Contains(strings.Split(options, ","), "inline")):
		return "", true
	case !f.Exported():
		return "", false
	case name == "":
		name = config.FieldKey(f.Name())
	}
	return name, false
}

// Whole reports whether a type is read as one value, although it may be a struct.
func Whole(t types.Type) bool {
	if hidden(known(t)) {
		return true
	}
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, nil, "UnmarshalText")
	return obj != nil
}

// Type is a type that the reader of the run time can fill as it would one of t.
func Type(t types.Type) reflect.Type { return builder{seen: map[*types.TypeName]int{}}.of(t) }

// Has reports whether what has type t, and is read from the key at, may take something from a key, which is at or below it.
func Has(t types.Type, at, key string) bool {
	path := strings.TrimPrefix(key, at)
	return path == "" || has(Type(t), strings.Split(path[1:], "."))
}

// Int is the whole number at a key in a value that was read from the key at, which is key or above it; ok is false for anything else,
// and where a pointer on the way is nil. The value is of a type that [Type] made.
func Int(v reflect.Value, at, key string) (n int64, ok bool) {
	var path []string
	if below := strings.TrimPrefix(key, at); below != "" {
		path = strings.Split(below[1:], ".")
	}
	return integer(v, path)
}

func integer(v reflect.Value, path []string) (int64, bool) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem() // of nil it is invalid, and no kind below
	}
	switch {
	case len(path) == 0 && v.CanInt():
		return v.Int(), true
	case len(path) == 0 && v.CanUint():
		return int64(min(v.Uint(), math.MaxInt64)), true
	case len(path) == 0 || v.Kind() != reflect.Struct || whole(v.Type()):
		return 0, false
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if strings.Contains(options, "inline") {
			if n, ok := integer(v.Field(i), path); ok {
				return n, true
			}
		} else if name == path[0] || name == "" && config.FieldKey(f.Name) == path[0] {
			return integer(v.Field(i), path[1:])
		}
	}
	return 0, false
}

// has reports whether a value of type t may have something at a path below it.
func has(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case len(path) == 0, t.Kind() == reflect.Interface, hidden(t) && len(path) == 1 && path[0] == "from":
		return true
	case t.Kind() == reflect.Map:
		return has(t.Elem(), path[1:])
	case t.Kind() != reflect.Struct || whole(t):
		return false
	}
	for f := range fields(t) {
		if f.name == path[0] || !f.tagged && strings.EqualFold(f.name, path[0]) {
			return has(f.typ, path[1:])
		}
	}
	return false
}

// Secret reports a secret or a DSN.
func Secret(t types.Type) bool {
	known := known(t)
	return known != nil && hidden(known)
}

type member struct {
	name   string
	tagged bool
	typ    reflect.Type
}

// fields are the members of a struct that a builder made, those of inlined structs in their place.
func fields(t reflect.Type) func(func(member) bool) {
	return func(yield func(member) bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			tag, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if strings.Contains(options, "inline") && f.Type.Kind() == reflect.Struct {
				for m := range fields(f.Type) {
					if !yield(m) {
						return
					}
				}
				continue
			}
			m := member{name: tag, tagged: true, typ: f.Type}
			if tag == "" {
				m = member{name: config.FieldKey(f.Name), typ: f.Type}
			}
			if !yield(m) {
				return
			}
		}
	}
}

// text stands for a type of the user's that reads itself from text: what it takes only it knows.
type text string

func (t *text) UnmarshalText(b []byte) error { *t = text(b); return nil }

func whole(t reflect.Type) bool {
	_, reads := reflect.New(t).Interface().(interface{ UnmarshalText([]byte) error })
	return reads || hidden(t)
}

// hidden reports a secret or a DSN, which a reference in a file may stand for.
func hidden(t reflect.Type) bool {
	return t == reflect.TypeFor[config.Secret]() || t == reflect.TypeFor[config.DSN]()
}

// builder makes types.
type builder struct{ seen map[*types.TypeName]int }

// maxDepth is how often a type that contains itself is looked into.
const maxDepth = 4

func (b builder) of(t types.Type) reflect.Type {
	if known := known(t); known != nil {
		return known
	}
	if obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, nil, "UnmarshalText"); obj != nil {
		return reflect.TypeFor[text]()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if b.seen[n.Obj()] == maxDepth {
			return reflect.TypeFor[any]()
		}
		b.seen[n.Obj()]++
		defer func() { b.seen[n.Obj()]-- }()
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basic(u)
	case *types.Slice:
		return reflect.SliceOf(b.of(u.Elem()))
	case *types.Pointer:
		return reflect.PointerTo(b.of(u.Elem()))
	case *types.Map:
		return reflect.MapOf(reflect.TypeFor[string](), b.of(u.Elem()))
	case *types.Struct:
		return b.structure(u)
	}
	return reflect.TypeFor[any]()
}

func (b builder) structure(t *types.Struct) reflect.Type {
	var list []reflect.StructField
	for i := range t.NumFields() {
		f := t.Field(i)
		name, inline := FieldName(t, i)
		if name == "" && !inline {
			continue
		}
		out := reflect.StructField{Name: fmt.Sprint("F", i, f.Name()), Type: b.of(f.Type())}
		switch tag := reflect.StructTag(t.Tag(i)).Get("yaml"); {
		case inline:
			out.Tag = `yaml:",inline"`
		case tag == "": // the reader looks for the name in any case
			out.Name = f.Name()
		default:
			out.Tag = reflect.StructTag(`yaml:"` + name + `"`)
		}
		list = append(list, out)
	}
	return reflect.StructOf(list)
}

func basic(b *types.Basic) reflect.Type {
	switch b.Kind() {
	case types.Bool:
		return reflect.TypeFor[bool]()
	case types.Int:
		return reflect.TypeFor[int]()
	case types.Int8:
		return reflect.TypeFor[int8]()
	case types.Int16:
		return reflect.TypeFor[int16]()
	case types.Int32:
		return reflect.TypeFor[int32]()
	case types.Int64:
		return reflect.TypeFor[int64]()
	case types.Uint:
		return reflect.TypeFor[uint]()
	case types.Uint8:
		return reflect.TypeFor[uint8]()
	case types.Uint16:
		return reflect.TypeFor[uint16]()
	case types.Uint32:
		return reflect.TypeFor[uint32]()
	case types.Uint64:
		return reflect.TypeFor[uint64]()
	case types.Float32:
		return reflect.TypeFor[float32]()
	case types.Float64:
		return reflect.TypeFor[float64]()
	}
	return reflect.TypeFor[string]()
}

// known are the types that can be read here as they are.
func known(t types.Type) reflect.Type {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	size, secret, dsn := reflect.TypeFor[config.Size](), reflect.TypeFor[config.Secret](), reflect.TypeFor[config.DSN]()
	switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
	case "time.Duration":
		return reflect.TypeFor[time.Duration]()
	case size.PkgPath() + "." + size.Name():
		return size
	case secret.PkgPath() + "." + secret.Name():
		return secret
	case dsn.PkgPath() + "." + dsn.Name():
		return dsn
	case "net/netip.Addr":
		return reflect.TypeFor[netip.Addr]()
	case "net/netip.AddrPort":
		return reflect.TypeFor[netip.AddrPort]()
	case "net/netip.Prefix":
		return reflect.TypeFor[netip.Prefix]()
	case "net.IP":
		return reflect.TypeFor[net.IP]()
	case "log/slog.Level":
		return reflect.TypeFor[slog.Level]()
	case "time.Time":
		return reflect.TypeFor[time.Time]()
	case "math/big.Int":
		return reflect.TypeFor[big.Int]()
	case "math/big.Float":
		return reflect.TypeFor[big.Float]()
	case "math/big.Rat":
		return reflect.TypeFor[big.Rat]()
	case "regexp.Regexp":
		return reflect.TypeFor[regexp.Regexp]()
	}
	return nil
}
