package spec

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// Setting is one setting with its value as text.
type Setting struct {
	// Key is dotted: memorySize, vpc.subnets, environment.TABLE.
	Key string
	// Text is the value; lists are separated by commas.
	Text string
}

// Flatten returns the keys of a structure with faas tags that are set, sorted: [Settings], or the marker of a trigger. The values
// of environment variables are among them: they must not be shown.
func Flatten(s any) []Setting {
	var out []Setting
	flatten(reflect.ValueOf(s), "", &out)
	slices.SortFunc(out, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func flatten(v reflect.Value, key string, to *[]Setting) {
	if _, ok := v.Interface().(fmt.Stringer); ok && !v.IsZero() {
		*to = append(*to, Setting{key, fmt.Sprint(v.Interface())})
		return
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok && !v.IsZero() {
		if text, err := m.MarshalText(); err == nil {
			*to = append(*to, Setting{key, string(text)})
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Elem().Kind() != reflect.Struct {
			*to = append(*to, Setting{key, fmt.Sprint(v.Elem().Interface())})
			return
		}
		flatten(v.Elem(), key, to)
	case reflect.Struct:
		for _, f := range annotations.Fields(v.Type()) {
			name := f.Name
			if key != "" {
				name = key + "." + f.Name
			}
			flatten(v.FieldByIndex(f.Index), name, to)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			flatten(it.Value(), key+"."+it.Key().String(), to)
		}
	case reflect.Slice:
		var texts []string
		for i := range v.Len() {
			if item := v.Index(i); item.Kind() == reflect.Struct {
				flatten(item, fmt.Sprintf("%s.%d", key, i), to)
			} else {
				texts = append(texts, fmt.Sprint(item.Interface()))
			}
		}
		if len(texts) > 0 {
			*to = append(*to, Setting{key, strings.Join(texts, ",")})
		}
	default:
		if !v.IsZero() {
			*to = append(*to, Setting{key, fmt.Sprint(v.Interface())})
		}
	}
}
