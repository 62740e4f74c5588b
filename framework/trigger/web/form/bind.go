package form

import (
	"errors"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

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
	f := b.Form()
	if f == nil {
		return nil
	}
	var texts []string
	for _, text := range f.Values[name] {
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
