// Package form reads the bodies that forms send, urlencoded and multipart, into a [web.Binder]: fields, files in memory, and one
// file that the handler reads while it arrives. Generated code calls it, in functions whose input has fields with a form or file
// tag, and nothing else links it. What a value is parsed into is the binder's business.
//
// A body is read once, up to its end or to the upload. Its limits, all of them 413:
//
//   - [web.DefaultBodyLimit] bytes, an upload not counted, and what the platform carries,
//   - [MaxValues] fields and files,
//   - for a file, the size that its tag says (max=2MB).
//
// The head of a part is 16 KB at most, and a boundary has 70 bytes, as RFC 2046 says. Fields that the input does not have are
// skipped, as members of JSON are.
package form

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// MaxValues is how many fields and files a form may have.
const MaxValues = 1000

const (
	urlencoded = "application/x-www-form-urlencoded"
	multi      = "multipart/form-data"
)

// Part says of a file field how it is read.
type Part struct {
	// Name is the name of the field.
	Name string
	// Max is the size of one file in bytes; zero sets no limit of its own.
	Max int64
	// Upload leaves the file to the handler.
	Upload bool
}

// Sent reports whether the body is a form by its Content-Type. If it is not, it is JSON's to read.
func Sent(b *web.Binder) bool {
	if t, _ := b.Request().MediaType(); t == urlencoded || t == multi {
		return true
	}
	b.OrForm()
	return false
}

// Read reads the form of the request for [Value], [File] and their like. An absent body is a form
// without fields. A body that is no form is a 415. What is wrong with the body alone, such as an end that does not come, is a
// 400, and nothing else of the request is reported then.
func Read(b *web.Binder, parts ...Part) {
	if b.Form() != nil {
		return
	}
	f, err := read(b, parts)
	if err != nil {
		b.Refuse(err)
	}
	if f == nil {
		f = &web.Form{}
	}
	b.SetForm(f)
}

func read(b *web.Binder, parts []Part) (*web.Form, error) {
	r := b.Request()
	mediaType, charset := r.MediaType()
	switch {
	case mediaType != urlencoded && mediaType != multi:
		return nil, unknown(r, mediaType)
	case charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii":
		return nil, unsupported("found the charset %.40q, expected utf-8", charset)
	}
	if c := strings.ToLower(r.Header.Get("Content-Encoding")); c != "" && c != "identity" {
		return nil, unsupported("found the content encoding %.40q, expected none", c)
	}
	if mediaType == multi {
		return readParts(b, parts)
	}
	body, err := r.ReadBody(0)
	if err != nil {
		return nil, err
	}
	return decode(b, body)
}

// unknown refuses a body that is no form, if there is one.
func unknown(r *web.Request, mediaType string) error {
	body, err := r.ReadBody(0)
	switch {
	case err != nil:
		return err
	case len(body) == 0:
		return nil
	case mediaType == "":
		return unsupported("found a body without a type, expected %s or %s", urlencoded, multi)
	}
	return unsupported("found a body of type %.60q, expected %s or %s", mediaType, urlencoded, multi)
}

// decode reads an urlencoded body by the rules of the URL standard: pairs joined by &, a plus is a space.
func decode(b *web.Binder, body []byte) (*web.Form, error) {
	f := &web.Form{Values: web.Values{}}
	n := 0
	for rest, more := string(body), true; more; {
		var pair string
		if pair, rest, more = strings.Cut(rest, "&"); pair == "" {
			continue
		}
		if n++; n > MaxValues {
			return nil, tooMany()
		}
		name, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(name)
		if err != nil {
			b.Report(web.InForm, "", "found the field name "+quote(name)+", which is not correctly percent-encoded")
			continue
		}
		text, err := url.QueryUnescape(value)
		if err != nil {
			b.Report(web.InForm, key, "found a value that is not correctly percent-encoded")
			continue
		}
		f.Values[key] = append(f.Values[key], text)
	}
	return f, nil
}

// quote shows a text of the request, cut to 40 bytes.
func quote(text string) string {
	const limit = 40
	if len(text) > limit {
		return strconv.Quote(strings.ToValidUTF8(text[:limit], "")) + "..."
	}
	return strconv.Quote(text)
}

func unsupported(format string, args ...any) error {
	return &framework.Error{Status: 415, Code: "unsupported_media_type", Message: fmt.Sprintf(format, args...)}
}

func tooLarge(format string, args ...any) error {
	return &framework.Error{Status: 413, Code: "form_too_large", Message: fmt.Sprintf(format, args...)}
}

func tooMany() error { return tooLarge("the form has more than %d fields and files", MaxValues) }

func malformed(format string, args ...any) error {
	return &framework.Error{Status: 400, Code: "invalid_form", Message: fmt.Sprintf(format, args...)}
}

// broken is the error of a body that cannot be read on: what its reader says, if that is meant for the caller.
func broken(err error) error {
	var stated *framework.Error
	if errors.As(err, &stated) {
		return stated
	}
	if errors.Is(err, errCut) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("found the end of the body before the last boundary of its parts")
	}
	return &framework.Error{Status: 400, Code: "invalid_form", Message: "the body cannot be read as a form of parts", Err: err}
}
