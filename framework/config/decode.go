package config

import (
	"encoding"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"
)

// decodeKey stores the value of key in dst and reports whether there was one.
func (c *Config) decodeKey(key string, dst reflect.Value) (bool, error) {
	return c.decode(c.find(key), key, dst)
}

// decode stores v in dst; the variable of key, and of the keys below it, wins. v is nil when the files do not have it. An
// empty key, that of a list's item, has no variable.
func (c *Config) decode(v *value, key string, dst reflect.Value) (found bool, err error) {
	if key != "" {
		set, err := c.variable(key, v, dst.Type())
		if err != nil {
			return false, err
		}
		if set != nil {
			v = set
		}
	}
	if dst.Kind() == reflect.Pointer {
		return c.decodePointer(v, key, dst)
	}
	if v.null() {
		// Variables alone may fill a struct. The depth ends types that contain themselves.
		if dst.Kind() == reflect.Struct && key != "" && strings.Count(key, ".") < 8 && !isWhole(dst) {
			return c.decodeStruct(nil, key, dst)
		}
		return false, nil
	}
	if err := c.decodeValue(v, key, dst); err != nil {
		return false, err
	}
	return true, nil
}

func (c *Config) decodePointer(v *value, key string, dst reflect.Value) (bool, error) {
	p := reflect.New(dst.Type().Elem())
	if !dst.IsNil() {
		p.Elem().Set(dst.Elem()) // a copy: the default may be shared
	}
	found, err := c.decode(v, key, p.Elem())
	if found {
		dst.Set(p)
	}
	return found, err
}

func (c *Config) decodeValue(v *value, key string, dst reflect.Value) error {
	if dst.Type() == reflect.TypeFor[time.Duration]() {
		return decodeDuration(v, key, dst)
	}
	if dst.Type() == reflect.TypeFor[Size]() {
		return decodeSize(v, key, dst)
	}
	if isHidden(dst.Type()) {
		return c.decodeHidden(v, key, dst)
	}
	if isText(dst) {
		if v.kind != scalar {
			return wrong(v, key, "a text")
		}
		if err := dst.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(v.text)); err != nil {
			return v.errorf("key %s: found a text that is not a valid %s", name(key), dst.Type())
		}
		return nil
	}
	switch dst.Kind() {
	case reflect.Struct:
		v, err := structured(v, key, mapping)
		if err == nil && key == "" {
			err = v.unknownMember(dst.Type())
		}
		if err != nil {
			return err
		}
		_, err = c.decodeStruct(v, key, dst)
		return err
	case reflect.Map:
		return c.decodeMap(v, key, dst)
	case reflect.Slice:
		if dst.Type().Elem().Kind() == reflect.Uint8 && v.kind == scalar {
			return decodeBytes(v, key, dst)
		}
		return c.decodeSlice(v, key, dst)
	case reflect.Interface:
		if dst.NumMethod() == 0 {
			x, err := c.decodeAny(v, key)
			if err == nil && x != nil {
				dst.Set(reflect.ValueOf(x))
			}
			return err
		}
	}
	return decodeScalar(v, key, dst)
}

func decodeScalar(v *value, key string, dst reflect.Value) error {
	switch dst.Kind() {
	case reflect.String:
		if v.kind != scalar {
			return wrong(v, key, "a text")
		}
		dst.SetString(v.text)
	case reflect.Bool:
		b, err := strconv.ParseBool(v.text)
		if v.kind != scalar || !v.is("!!bool") || err != nil {
			return wrong(v, key, "true or false")
		}
		dst.SetBool(b)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(digits(v), 0, 64)
		if v.kind != scalar || !v.is("!!int") && !outOfRange(err) || err != nil && !outOfRange(err) {
			return wrong(v, key, "a whole number")
		}
		if err != nil || dst.OverflowInt(n) {
			return v.errorf("key %s: the number does not fit into %s", name(key), dst.Type())
		}
		dst.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(digits(v), 0, 64)
		if v.kind != scalar || !v.is("!!int") && !outOfRange(err) || err != nil && !outOfRange(err) {
			return wrong(v, key, "a whole number that is not negative")
		}
		if err != nil || dst.OverflowUint(n) {
			return v.errorf("key %s: the number does not fit into %s", name(key), dst.Type())
		}
		dst.SetUint(n)
	case reflect.Float32, reflect.Float64:
		n, err := parseFloat(v.text)
		if v.kind != scalar || !v.is("!!float") && !v.is("!!int") || err != nil && !outOfRange(err) {
			return wrong(v, key, "a number")
		}
		if err != nil || dst.OverflowFloat(n) {
			return v.errorf("key %s: the number does not fit into %s", name(key), dst.Type())
		}
		dst.SetFloat(n)
	default:
		return v.errorf("key %s: a %s cannot be configured", name(key), dst.Type())
	}
	return nil
}

// is reports whether the scalar may be read as tag.
func (v *value) is(tag string) bool { return v.loose || v.tag == tag }

// decodeDuration reads "5s", "1m30s", or a number of seconds.
func decodeDuration(v *value, key string, dst reflect.Value) error {
	const expected = "a duration such as 5s or a number of seconds"
	if v.kind != scalar {
		return wrong(v, key, expected)
	}
	if d, err := time.ParseDuration(v.text); err == nil {
		dst.SetInt(int64(d))
		return nil
	}
	n, err := parseFloat(v.text)
	if err != nil || v.tag != "!!int" && v.tag != "!!float" && !v.loose {
		return wrong(v, key, expected)
	}
	if n = n * float64(time.Second); math.IsNaN(n) || math.Abs(n) >= math.MaxInt64 {
		return v.errorf("key %s: the duration is too long", name(key))
	}
	dst.SetInt(int64(n))
	return nil
}

// decodeSize reads what [ParseSize] does.
func decodeSize(v *value, key string, dst reflect.Value) error {
	const expected = "a size such as 64KiB, 10MB or a number of bytes"
	if v.kind != scalar {
		return wrong(v, key, expected)
	}
	size, err := ParseSize(v.text)
	if errors.Is(err, ErrSizeRange) {
		return v.errorf("key %s: %w", name(key), err)
	}
	if err != nil {
		return wrong(v, key, expected)
	}
	dst.SetInt(int64(size))
	return nil
}

func decodeBytes(v *value, key string, dst reflect.Value) error {
	b := []byte(v.text)
	if v.tag == "!!binary" {
		var err error
		if b, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(v.text), "")); err != nil {
			return v.errorf("key %s: found !!binary that is not base64", name(key))
		}
	}
	dst.SetBytes(b)
	return nil
}

func (c *Config) decodeSlice(v *value, key string, dst reflect.Value) error {
	if v.loose && v.kind == scalar && !strings.HasPrefix(strings.TrimSpace(v.text), "[") {
		v = split(v)
	}
	v, err := structured(v, key, sequence)
	if err != nil {
		return err
	}
	s := reflect.MakeSlice(dst.Type(), len(v.items), len(v.items))
	for i, item := range v.items {
		if _, err := c.decode(item, "", s.Index(i)); err != nil {
			return fmt.Errorf("%w (item %d of %s)", err, i, name(key))
		}
	}
	dst.Set(s)
	return nil
}

// split reads a variable such as TAGS=a,b.
func split(v *value) *value {
	list := &value{kind: sequence, from: v.from, loose: true}
	if strings.TrimSpace(v.text) == "" {
		return list
	}
	for item := range strings.SplitSeq(v.text, ",") {
		list.items = append(list.items, &value{from: v.from, loose: true, text: strings.TrimSpace(item), tag: "!!str"})
	}
	return list
}

func (c *Config) decodeMap(v *value, key string, dst reflect.Value) error {
	v, err := structured(v, key, mapping)
	if err != nil {
		return err
	}
	t := dst.Type()
	if t.Key().Kind() != reflect.String {
		return v.errorf("key %s: a %s cannot be configured: its keys are not strings", name(key), t)
	}
	m := reflect.MakeMapWithSize(t, len(v.keys))
	for _, k := range v.keys {
		item := reflect.New(t.Elem()).Elem()
		if _, err := c.decode(v.named[k], below(key, k), item); err != nil {
			return err
		}
		m.SetMapIndex(reflect.ValueOf(k).Convert(t.Key()), item)
	}
	dst.Set(m)
	return nil
}

// decodeStruct fills the fields; what is not configured stays as it is. v is nil when only variables may have values.
func (c *Config) decodeStruct(v *value, key string, dst reflect.Value) (found bool, err error) {
	t := dst.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if tag == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		if inlined(f, tag) {
			inner, err := c.decodeStruct(v, key, dst.Field(i))
			if err != nil {
				return false, err
			}
			found = found || inner
			continue
		}
		if !f.IsExported() {
			continue
		}
		k, written := tag, tag
		if tag == "" { // the variable does not depend on how the file writes the key
			k, written = FieldKey(f.Name), fieldKey(v, f.Name)
		}
		set, err := c.decode(v.field(written), below(key, k), dst.Field(i))
		if err != nil {
			return false, err
		}
		found = found || set
	}
	return found, nil
}

// fieldKey is the key of a field without a tag: the one in v that differs in case only, or else [FieldKey].
func fieldKey(v *value, field string) string {
	if v != nil {
		if i := slices.IndexFunc(v.keys, func(k string) bool { return strings.EqualFold(k, field) }); i >= 0 {
			return v.keys[i]
		}
	}
	return FieldKey(field)
}

// FieldKey is the key of a struct's field that has no yaml tag: maxItems of MaxItems, httpPort of HTTPPort, url of URL. Case
// does not matter in the files.
func FieldKey(field string) string {
	rs := []rune(field)
	for i, r := range rs {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(rs) && unicode.IsLower(rs[i+1]) {
			break
		}
		rs[i] = unicode.ToLower(r)
	}
	return string(rs)
}

// decodeAny makes bool, int64, float64, string, []any and map[string]any.
func (c *Config) decodeAny(v *value, key string) (any, error) {
	switch v.kind {
	case mapping:
		m := make(map[string]any, len(v.keys))
		return m, c.decodeMap(v, key, reflect.ValueOf(&m).Elem())
	case sequence:
		var s []any
		err := c.decodeSlice(v, key, reflect.ValueOf(&s).Elem())
		return s, err
	}
	if !v.loose {
		switch v.tag {
		case "!!null":
			return nil, nil
		case "!!bool":
			return strconv.ParseBool(v.text)
		case "!!int":
			if n, err := strconv.ParseInt(digits(v), 0, 64); err == nil {
				return n, nil
			}
		case "!!float":
			if n, err := parseFloat(v.text); err == nil {
				return n, nil
			}
		}
	}
	return v.text, nil
}

// structured returns v if it is of that kind. The text of a variable is read as YAML, of which JSON is a part.
func structured(v *value, key string, k kind) (*value, error) {
	expected := map[kind]string{mapping: "a mapping", sequence: "a list"}[k]
	if v.loose && v.kind == scalar {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(v.text), &doc); err != nil || len(doc.Content) == 0 {
			return nil, wrong(v, key, expected)
		}
		r := reader{}
		parsed, err := r.read(doc.Content[0])
		if err != nil || parsed.kind != k {
			return nil, wrong(v, key, expected)
		}
		return adopt(parsed, v.from), nil
	}
	if v.kind != k {
		return nil, wrong(v, key, expected)
	}
	return v, nil
}

// adopt marks everything below v as coming from the variable, or from a default if from is empty.
func adopt(v *value, from string) *value {
	v.from, v.loose = from, true
	for _, k := range v.keys {
		adopt(v.named[k], from)
	}
	for _, item := range v.items {
		adopt(item, from)
	}
	return v
}

func wrong(v *value, key, expected string) error {
	return v.errorf("key %s: expected %s, found %s", name(key), expected, v.describe())
}

func name(key string) string {
	if key == "" {
		return "of a list item"
	}
	return key
}

func below(key, name string) string {
	if key == "" {
		return ""
	}
	return key + "." + name
}

// isWhole reports whether dst is one value, although it may be a struct.
func isWhole(dst reflect.Value) bool {
	return isHidden(dst.Type()) || isText(dst)
}

func isText(dst reflect.Value) bool {
	return dst.CanAddr() && dst.Addr().Type().Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// digits is the number as strconv reads it with base 0. In a file a leading zero means octal, as in file modes; in a
// variable it means nothing.
func digits(v *value) string {
	s := strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(v.text), "+"), "_", "")
	if !v.loose {
		return s
	}
	if trimmed := strings.TrimLeft(s, "0"); trimmed != "" && '0' <= trimmed[0] && trimmed[0] <= '9' {
		return trimmed
	}
	return s
}

func parseFloat(s string) (float64, error) {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "")
	switch strings.ToLower(s) {
	case ".inf", "+.inf":
		return math.Inf(1), nil
	case "-.inf":
		return math.Inf(-1), nil
	case ".nan":
		return math.NaN(), nil
	}
	return strconv.ParseFloat(s, 64)
}

func outOfRange(err error) bool {
	ne, ok := err.(*strconv.NumError)
	return ok && ne.Err == strconv.ErrRange
}
