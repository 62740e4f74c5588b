package faastest

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"reflect"
	"strings"

	"github.com/faasgen/faasgen/framework/trigger/web"
)

// hasForm reports whether a struct, or one embedded in it, has fields that forms fill.
func hasForm(t reflect.Type) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if in, _, _ := place(f.Tag); in == "form" || in == "file" {
			return true
		}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if f.Anonymous && inner.Kind() == reflect.Struct && hasForm(inner) {
			return true
		}
	}
	return false
}

// formBody is the body of a request as a form: urlencoded, or parts if there is a file.
type formBody struct {
	names, values []string
	files         []formFile
	upload        *formFile // the last part
}

// formFile is one file of a form.
type formFile struct {
	field, name, mediaType string
	content                io.Reader
}

// field adds a field of the input.
func (b *formBody) field(f reflect.StructField, v reflect.Value, in, name, options string) error {
	if v.IsZero() && !strings.Contains(options, "required") || !f.IsExported() {
		return nil
	}
	switch in {
	case "":
		if f.Tag.Get("json") == "-" {
			return nil
		}
		return fmt.Errorf("field %s is filled by JSON alone, and the input goes as a form; send the JSON with Do", f.Name)
	case "file":
		if files := reflect.TypeFor[[]web.File](); v.Kind() == reflect.Slice && v.CanConvert(files) {
			v = v.Convert(files)
		}
		b.file(name, v.Interface())
		return nil
	}
	values, err := formTexts(v)
	if err != nil {
		return fmt.Errorf("field %s: %w", f.Name, err)
	}
	for _, text := range values {
		b.names, b.values = append(b.names, name), append(b.values, text)
	}
	return nil
}

// file adds one file, or several.
func (b *formBody) file(field string, v any) {
	switch v := v.(type) {
	case web.File:
		b.files = append(b.files, formFile{field, v.Name, v.Type, v.Open()})
	case *web.File:
		b.file(field, *v)
	case []web.File:
		for _, one := range v {
			b.file(field, one)
		}
	case web.Upload:
		b.upload = &formFile{field, v.Name, v.Type, v}
	case *web.Upload:
		b.file(field, *v)
	}
}

// formTexts writes a field as a form has it: the elements of a list as several values.
func formTexts(v reflect.Value) ([]string, error) {
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() == reflect.Uint8 || asJSON(v.Type()) {
		text, err := formText(v)
		return []string{text}, err
	}
	var all []string
	for i := range v.Len() {
		text, err := formText(v.Index(i))
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// formText writes one value: what has no text of its own as JSON.
func formText(v reflect.Value) (string, error) {
	one := v
	for one.Kind() == reflect.Pointer && !one.IsNil() {
		one = one.Elem()
	}
	isList := one.Kind() == reflect.Slice && one.Type().Elem().Kind() != reflect.Uint8
	if all, err := texts(v); err == nil && len(all) == 1 && !isList && !asJSON(one.Type()) && v.Kind() != reflect.Interface {
		return all[0], nil
	}
	b, err := json.Marshal(v.Interface())
	return string(b), err
}

// asJSON reports whether a type writes itself as JSON and not as text.
func asJSON(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Marshaler]()) && !p.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// body writes the form, and says its type.
func (b *formBody) body() (body []byte, mediaType string, err error) {
	if b.files == nil && b.upload == nil {
		values := url.Values{}
		for i, name := range b.names {
			values.Add(name, b.values[i])
		}
		return []byte(values.Encode()), "application/x-www-form-urlencoded", nil
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for i, name := range b.names {
		if err := w.WriteField(name, b.values[i]); err != nil {
			return nil, "", err
		}
	}
	files := b.files
	if b.upload != nil {
		files = append(files, *b.upload)
	}
	for _, f := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition(f.field, cmp.Or(f.name, "file"))},
			"Content-Type":        {cmp.Or(f.mediaType, "application/octet-stream")},
		})
		if err != nil {
			return nil, "", err
		}
		if _, err := io.Copy(part, f.content); err != nil {
			return nil, "", fmt.Errorf("read the file of field %s: %w", f.field, err)
		}
	}
	err = w.Close()
	return out.Bytes(), w.FormDataContentType(), err
}
