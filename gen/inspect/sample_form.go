package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// SampleForm returns a body with made-up values for a function whose body is a form and nothing else, and its media type: parts
// if there are files, the upload last, else pairs. The body is nil for any other function.
func (a *Application) SampleForm(function string) (body []byte, mediaType string, err error) {
	for _, f := range a.graph.App.Functions {
		if f.Name == function && f.Bind != nil && f.Bind.Form && !f.Bind.Body {
			return sampleForm(f.Bind.Params)
		}
	}
	return nil, "", nil
}

func sampleForm(params []model.Param) (body []byte, mediaType string, err error) {
	values, names := url.Values{}, []string{}
	var files []model.Param
	var upload []model.Param
	for _, p := range params {
		switch {
		case p.Upload:
			upload = append(upload, p)
		case p.In == "file":
			files = append(files, p)
		case p.In == "form":
			if text, ok := sampleText(p); ok {
				values.Set(p.Name, text)
				names = append(names, p.Name)
			}
		}
	}
	files = append(files, upload...)
	if files == nil {
		return []byte(values.Encode()), "application/x-www-form-urlencoded", nil
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary("sample"); err != nil {
		return nil, "", err
	}
	for _, name := range names {
		if err := w.WriteField(name, values.Get(name)); err != nil {
			return nil, "", err
		}
	}
	for _, p := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition(p.Name, "sample.txt")}, "Content-Type": {"text/plain"},
		})
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write([]byte("text")); err != nil {
			return nil, "", err
		}
	}
	err = w.Close()
	return out.Bytes(), w.FormDataContentType(), err
}

// sampleText is a value of a field as a form has it, false where there is none.
func sampleText(p model.Param) (string, bool) {
	v, ok := sample(p.Elem, nil)
	if !ok {
		return "", false
	}
	if b, isBytes := v.([]byte); isBytes {
		return string(b), true
	}
	if text, isText := v.(string); isText && p.Parser != "" {
		return text, true
	}
	if p.Parser == "Duration" {
		return "1s", true
	}
	if p.Parser != "" {
		return fmt.Sprint(v), true
	}
	b, err := json.Marshal(v)
	return string(b), err == nil
}
