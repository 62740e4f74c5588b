package annotations

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Tag is the struct tag that describes an argument: faas:"name[,option...]".
const Tag = "faas"

// Field is one argument of a marker, or one key of a structure in f.yml: what its faas tag says.
type Field struct {
	// Name is what the user writes; it is empty for an inline struct that Fields has not flattened.
	Name string
	// GoName is the name of the struct field, GoType the name of the struct that declares it: its help is found by them.
	GoName, GoType string
	// Index leads from the outer struct to the field, as reflect.Value.FieldByIndex takes it.
	Index []int
	// Type is the field's type.
	Type reflect.Type
	// Positional arguments are words without a key, in the order of the fields. They may be given by key too.
	Positional bool
	// Rest takes all further positional words; its type is a slice of strings.
	Rest bool
	// Required arguments must be given.
	Required bool
	// Enum lists the allowed values, if there are only a few.
	Enum []string
}

// Flag reports whether the argument is given by its name alone.
func (f Field) Flag() bool { return f.Type.Kind() == reflect.Bool }

// Set writes a text into the field of a struct value, allocating on the way. Its error reads well behind "name: ".
func (f Field) Set(structure reflect.Value, text string) error {
	if len(f.Enum) > 0 && !slices.Contains(f.Enum, text) {
		return unknownValue(f.Name, text, f.Enum)
	}
	return SetText(structure.FieldByIndex(f.Index), text)
}

// Fields lists what the faas tags of a struct type describe, inline structs flattened, in source order. Fields without the
// tag are left out. A malformed tag is a bug in the struct and panics; NewRegistry returns it as an error.
func Fields(t reflect.Type) []Field {
	fields, err := fieldsOf(t)
	if err != nil {
		panic("annotations: " + err.Error())
	}
	return fields
}

func fieldsOf(t reflect.Type) ([]Field, error) {
	if t == nil || t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%v is not a struct", t)
	}
	fields, err := appendFields(nil, t, nil)
	if err != nil {
		return nil, err
	}
	rest, optional := "", ""
	for i, f := range fields {
		switch {
		case slices.ContainsFunc(fields[:i], func(g Field) bool { return g.Name == f.Name }):
			return nil, fmt.Errorf("%v: two fields are called %q", t, f.Name)
		case f.Positional && rest != "":
			return nil, fmt.Errorf("%v: %q can never be reached behind %q, which takes the rest", t, f.Name, rest)
		case f.Positional && f.Required && optional != "":
			return nil, fmt.Errorf("%v: %q is required, but %q before it is not", t, f.Name, optional)
		}
		if f.Rest {
			rest = f.Name
		} else if f.Positional && !f.Required {
			optional = f.Name
		}
	}
	return fields, nil
}

func appendFields(fields []Field, t reflect.Type, index []int) ([]Field, error) {
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, ok := sf.Tag.Lookup(Tag)
		if !ok || tag == "-" {
			continue
		}
		at := append(slices.Clone(index), i)
		name, options, _ := strings.Cut(tag, ",")
		if name == "" && options == "inline" && sf.Type.Kind() == reflect.Struct {
			var err error
			if fields, err = appendFields(fields, sf.Type, at); err != nil {
				return nil, err
			}
			continue
		}
		f := Field{Name: name, GoName: sf.Name, GoType: t.Name(), Index: at, Type: sf.Type}
		if name == "" || !sf.IsExported() {
			return nil, fmt.Errorf("%v.%s: a faas tag needs a name and an exported field", t, sf.Name)
		}
		for option := range strings.SplitSeq(options, ",") {
			key, value, _ := strings.Cut(option, "=")
			switch key {
			case "":
			case "pos":
				f.Positional = true
			case "rest":
				f.Positional, f.Rest = true, true
			case "required":
				f.Required = true
			case "enum":
				f.Enum = strings.Split(value, "|")
			default:
				return nil, fmt.Errorf("%v.%s: unknown option %q in its faas tag", t, sf.Name, option)
			}
		}
		if f.Rest && (sf.Type.Kind() != reflect.Slice || sf.Type.Elem().Kind() != reflect.String) {
			return nil, fmt.Errorf("%v.%s: rest needs a slice of strings, found %v", t, sf.Name, sf.Type)
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// SetText writes a text into v, which must be settable: a string, bool, number, encoding.TextUnmarshaler, or a pointer to
// one of them, which is allocated. Its error says what was found and what was expected and is made for users.
func SetText(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		if err := SetText(p.Elem(), text); err != nil {
			return err
		}
		v.Set(p)
		return nil
	}
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr()); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		// Only these two: what yaml and strconv accept beyond them (yes, on, 1, T) differs from tool to tool.
		if text != "true" && text != "false" {
			return &valueError{fmt.Sprintf("%q is not true or false", text), ""}
		}
		v.SetBool(text == "true")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return numberError(text, "a whole number", err)
		}
		v.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(text, 10, v.Type().Bits())
		if err != nil {
			return numberError(text, "a whole number that is not negative", err)
		}
		v.SetUint(n)
	case reflect.Float32, reflect.Float64:
		n, err := strconv.ParseFloat(text, v.Type().Bits())
		if err != nil || n != n || n-n != 0 {
			return numberError(text, "a number", err)
		}
		v.SetFloat(n)
	default:
		return fmt.Errorf("%q: a %v cannot be given as text", text, v.Type())
	}
	return nil
}

func numberError(text, expected string, err error) error {
	if errors.Is(err, strconv.ErrRange) {
		return &valueError{fmt.Sprintf("%q is out of range, expected %s that fits", text, expected), ""}
	}
	return &valueError{fmt.Sprintf("%q is not %s", text, expected), ""}
}
