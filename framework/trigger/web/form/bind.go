package form

import (
	"errors"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Value fills dst from the text of a field. Two values where one is expected are reported. An empty text counts as absent where the type has
// no empty value: browsers send every field of a form.
func Value[T any](b *web.Binder, name string, dst *T, parse web.Parser[T]) {
	if text, found := one(b, name); found {
		if v, err := parse(text); err != nil {
			wrong(b, name, text, err)
		} else {
			*dst = v
		}
	}
}

// Optional is [Value] for a pointer, which stays nil where the field is absent.
func Optional[T any](b *web.Binder, name string, dst **T, parse web.Parser[T]) {
	if text, found := one(b, name); found {
		if v, err := parse(text); err != nil {
			wrong(b, name, text, err)
		} else {
			*dst = &v
		}
	}
}

// List fills dst from all values of a field. Each wrong one is reported, with its index.
func List[T any](b *web.Binder, name string, dst *[]T, parse web.Parser[T]) {
	texts := values(b, name)
	if len(texts) == 0 {
		return
	}
	list := make([]T, 0, len(texts))
	for i, text := range texts {
		if v, err := parse(text); err != nil {
			wrong(b, name+"["+strconv.Itoa(i)+"]", text, err)
		} else {
			list = append(list, v)
		}
	}
	*dst = list
}

// Require reports a field as missing that is absent or empty.
func Require(b *web.Binder, name string) {
	for _, text := range values(b, name) {
		if text != "" {
			return
		}
	}
	b.Report(web.InForm, name, missing)
}

// RequireFile reports a file as missing that is absent.
func RequireFile(b *web.Binder, name string) {
	f := b.Form()
	if f == nil || len(f.Files[name]) == 0 && (f.Upload == nil || f.UploadName != name) {
		b.Report(web.InFile, name, missing)
	}
}

const missing = "found nothing, expected a value"

func values(b *web.Binder, name string) []string {
	if f := b.Form(); f != nil {
		return f.Values[name]
	}
	return nil
}

// one is the one value of a field. Several are reported, and none is returned.
func one(b *web.Binder, name string) (text string, found bool) {
	switch texts := values(b, name); len(texts) {
	case 0:
		return "", false
	case 1:
		return texts[0], true
	default:
		b.Report(web.InForm, name, "found "+strconv.Itoa(len(texts))+" values, expected one")
		return "", false
	}
}

// wrong reports a text that did not parse, unless it is what a browser sends of a field that was not filled in.
func wrong(b *web.Binder, name, text string, err error) {
	var expected *web.ExpectedError
	switch {
	case text == "":
	case errors.As(err, &expected):
		b.Report(web.InForm, name, "found "+quote(text)+", expected "+expected.Expected)
	default:
		b.Report(web.InForm, name, err.Error())
	}
}

// Bool takes what [web.Bool] takes, and on and off: a browser sends on for a checkbox that is checked, and nothing for one that is not.
func Bool[T ~bool](text string) (T, error) {
	switch text {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	v, err := web.Bool[T](text)
	if err != nil {
		return false, &web.ExpectedError{Expected: "true, false, on or off"}
	}
	return v, nil
}

// JSON fills dst from a field that holds JSON text, by the rules of JSON bodies: all that is wrong with it is reported. A text that is
// empty counts as absent.
func JSON(b *web.Binder, name string, dst any) {
	texts := filled(b, name)
	switch {
	case len(texts) == 0:
	case len(texts) > 1:
		b.Report(web.InForm, name, "found "+strconv.Itoa(len(texts))+" values, expected one")
	default:
		decodeText(b, name, texts[0], dst)
	}
}

// OptionalJSON is [JSON] for a pointer, which stays nil where the field is absent.
func OptionalJSON[T any](b *web.Binder, name string, dst **T) {
	if len(filled(b, name)) == 0 {
		return
	}
	v := new(T)
	JSON(b, name, v)
	*dst = v
}

// JSONList fills dst from all values of a field, each of which is JSON text of one element, or from one that is a list.
func JSONList[T any](b *web.Binder, name string, dst *[]T) {
	texts := filled(b, name)
	if len(texts) == 1 && strings.HasPrefix(strings.TrimLeft(texts[0], " \t\r\n"), "[") {
		decodeText(b, name, texts[0], dst)
		return
	}
	if len(texts) == 0 {
		return
	}
	list := make([]T, len(texts))
	for i, text := range texts {
		decodeText(b, name+"["+strconv.Itoa(i)+"]", text, &list[i])
	}
	*dst = list
}

// filled are the values of a field that are not empty.
func filled(b *web.Binder, name string) []string {
	var texts []string
	for _, text := range values(b, name) {
		if strings.TrimSpace(text) != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

func decodeText(b *web.Binder, name, text string, dst any) {
	var stated *framework.Error
	if err := web.Decode([]byte(text), dst); errors.As(err, &stated) {
		for _, wrong := range stated.Fields {
			place := name
			switch {
			case strings.HasPrefix(wrong.Name, "["):
				place += wrong.Name
			case wrong.Name != "":
				place += "." + wrong.Name
			}
			b.Report(web.InForm, place, wrong.Message)
		}
	}
}

// File fills dst from the file of a field. Two where one is expected are reported.
func File(b *web.Binder, name string, dst *web.File) {
	if f := file(b, name); f != nil {
		*dst = *f
	}
}

// OptionalFile is [File] for a pointer, which stays nil where there is no file.
func OptionalFile(b *web.Binder, name string, dst **web.File) {
	if f := file(b, name); f != nil {
		*dst = f
	}
}

func file(b *web.Binder, name string) *web.File {
	if b.Form() == nil {
		return nil
	}
	files := b.Form().Files[name]
	switch len(files) {
	case 0:
		return nil
	case 1:
		return &files[0]
	}
	b.Report(web.InFile, name, "found "+strconv.Itoa(len(files))+" files, expected one")
	return nil
}

// Files fills dst from all files of a field.
func Files(b *web.Binder, name string, dst *[]web.File) {
	if f := b.Form(); f != nil && len(f.Files[name]) > 0 {
		*dst = f.Files[name]
	}
}

// Upload fills dst from the upload, if the request has one.
func Upload(b *web.Binder, dst *web.Upload) {
	if f := b.Form(); f != nil && f.Upload != nil {
		*dst = *f.Upload
	}
}

// OptionalUpload is [Upload] for a pointer, which stays nil where there is none.
func OptionalUpload(b *web.Binder, dst **web.Upload) {
	if f := b.Form(); f != nil && f.Upload != nil {
		*dst = f.Upload
	}
}
