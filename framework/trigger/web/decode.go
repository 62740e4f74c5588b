package web

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// MaxDepth is how deep the arrays and objects of a JSON body may nest.
const MaxDepth = 200

// JSON fills dst from the request's body. An absent body, or one of white space, leaves dst alone. A Content-Type other
// than JSON is a 415, a body over [DefaultBodyLimit] a 413. ignore names members that are not read from the body,
// because a path wildcard, query parameter, header or cookie fills them.
func (b *Binder) JSON(dst any, ignore ...string) {
	body, err := b.r.ReadBody(0)
	if err != nil {
		b.refusal = err
		return
	}
	if len(body) == 0 || len(bytes.TrimSpace(body)) == 0 {
		return
	}
	if err := b.acceptable(); err != nil {
		b.refusal = err
		return
	}
	b.fields = append(b.fields, decodeJSON(body, dst, ignore)...)
}

func (b *Binder) acceptable() error {
	mediaType, charset := b.r.MediaType()
	isJSON := mediaType == "" || mediaType == "application/json" || mediaType == "text/json" || strings.HasSuffix(mediaType, "+json")
	switch {
	case !isJSON:
		return &framework.Error{Status: 415, Code: "unsupported_media_type", Message: "found a body of type " + quote(mediaType) + ", expected application/json"}
	case charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii":
		return &framework.Error{Status: 415, Code: "unsupported_media_type", Message: "found the charset " + quote(charset) + ", expected utf-8"}
	}
	if c := strings.ToLower(b.r.Header.Get("Content-Encoding")); c != "" && c != "identity" {
		return &framework.Error{Status: 415, Code: "unsupported_media_type", Message: "found the content encoding " + quote(c) + ", expected none"}
	}
	return nil
}

// Decode fills dst from a JSON event by the rules of [Binder.JSON]. Its error is a *framework.Error with status 400.
func Decode(raw []byte, dst any) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	if fields := decodeJSON(raw, dst, nil); len(fields) > 0 {
		return invalid(fields)
	}
	return nil
}

func decodeJSON(body []byte, dst any, ignore []string) []framework.FieldError {
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(dst); err != nil {
		return []framework.FieldError{{In: "body", Message: err.Error()}}
	}
	if _, err := d.Token(); err != io.EOF {
		return []framework.FieldError{{In: "body", Message: "found more after the JSON value"}}
	}
	return nil
}
