package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// In is where a value of a request is looked for.
type In uint8

// The places of a request. Their words are those of the struct tags and of the problem document.
const (
	InPath In = iota
	InQuery
	InHeader
	InCookie
	InBody
	InForm
	InFile
)

// String returns the word: path, query, header, cookie, body, form, file.
func (in In) String() string {
	switch in {
	case InPath:
		return "path"
	case InQuery:
		return "query"
	case InHeader:
		return "header"
	case InCookie:
		return "cookie"
	case InForm:
		return "form"
	case InFile:
		return "file"
	}
	return "body"
}

// Binder fills a user's struct from a request and remembers everything that is wrong with it, so that one response lists
// it all. Generated code uses it as
//
//	b := web.NewBinder(&x.Request)
//	b.JSON(&in, "id")
//	web.Value(b, web.InPath, "id", &in.ID, web.Int[int64])
//	if err := b.Err(); err != nil {
//		return err
//	}
//
// What is absent leaves its field as it is, so that defaults may be set before. Package form does the same for the fields and files of
// a form.
type Binder struct {
	r        *Request
	fields   []framework.FieldError
	refusal  error // a body that cannot be looked at: 413, 415
	badQuery bool  // reported
	form     *Form // nil where the body is none, or was not read as one
	forms    bool  // the body might have been one
}

// NewBinder returns a binder of r for one call.
func NewBinder(r *Request) *Binder { return &Binder{r: r} }

// Value fills dst from one value. A query parameter or path wildcard given twice is an error; several lines of one
// header are one value, joined by commas; of several cookies of one name the first counts.
func Value[T any](b *Binder, in In, name string, dst *T, parse Parser[T]) {
	text, found := b.one(in, name)
	if !found {
		return
	}
	v, err := parse(text)
	if err != nil {
		b.wrong(in, name, text, err)
		return
	}
	*dst = v
}

// Optional is [Value] for a pointer, which stays nil where the value is absent.
func Optional[T any](b *Binder, in In, name string, dst **T, parse Parser[T]) {
	text, found := b.one(in, name)
	if !found {
		return
	}
	v, err := parse(text)
	if err != nil {
		b.wrong(in, name, text, err)
		return
	}
	*dst = &v
}

// List fills dst from all values of a query parameter (?tag=a&tag=b), or from the comma-separated values of a header.
// Each wrong value is reported, with its index.
func List[T any](b *Binder, in In, name string, dst *[]T, parse Parser[T]) {
	texts := b.all(in, name)
	if len(texts) == 0 {
		return
	}
	list := make([]T, 0, len(texts))
	for i, text := range texts {
		v, err := parse(text)
		if err != nil {
			b.wrong(in, name+"["+strconv.Itoa(i)+"]", text, err)
			continue
		}
		list = append(list, v)
	}
	*dst = list
}

// Require reports the value as missing if it is absent.
func (b *Binder) Require(in In, name string) {
	found := false
	if in == InQuery {
		found = len(b.queryValues(name)) > 0 // several are reported where the value is read
	} else {
		_, found = b.one(in, name)
	}
	if !found {
		b.report(in, name, "found nothing, expected a value")
	}
}

// Err returns nil, or a *framework.Error that lists all that was wrong.
func (b *Binder) Err() error {
	if b.refusal != nil {
		return b.refusal
	}
	if len(b.fields) == 0 {
		return nil
	}
	return invalid(b.fields)
}

func invalid(fields []framework.FieldError) error {
	return &framework.Error{Status: 400, Code: "invalid_request", Message: "the request has fields that are not valid", Fields: fields}
}

func (b *Binder) report(in In, name, message string) {
	b.fields = append(b.fields, framework.FieldError{In: in.String(), Name: name, Message: message})
}

// wrong reports a value that did not parse. What a header or cookie held is not repeated: it may be a secret, and
// responses are logged and shown more often than requests.
func (b *Binder) wrong(in In, name, text string, err error) {
	var expected *ExpectedError
	switch {
	case !errors.As(err, &expected) && (in == InHeader || in == InCookie): // the text of a user's type may repeat the value
		b.report(in, name, "found a value that is not valid")
	case !errors.As(err, &expected):
		b.report(in, name, err.Error())
	case in == InHeader || in == InCookie:
		b.report(in, name, "found another value, expected "+expected.Expected)
	default:
		b.report(in, name, "found "+quote(text)+", expected "+expected.Expected)
	}
}

// quote shows a value, cut to 40 bytes.
func quote(text string) string {
	const limit = 40
	if len(text) > limit {
		return strconv.Quote(strings.ToValidUTF8(text[:limit], "")) + "..."
	}
	return strconv.Quote(text)
}

// one returns the value of name. Two values where one is expected are reported, and none is returned.
func (b *Binder) one(in In, name string) (string, bool) {
	switch in {
	case InPath:
		return b.r.pathValue(name)
	case InCookie:
		return b.r.Cookie(name)
	case InHeader:
		vs := b.r.Header.Values(name)
		if canonicalName(name) == "Host" && len(vs) == 0 && b.r.Host != "" {
			return b.r.Host, true
		}
		if len(vs) > 1 {
			return strings.Join(vs, ", "), true
		}
		return first(vs)
	case InQuery:
		vs := b.queryValues(name)
		if len(vs) > 1 {
			b.report(in, name, "found "+strconv.Itoa(len(vs))+" values, expected one")
			return "", false
		}
		return first(vs)
	}
	return "", false
}

func first(vs []string) (string, bool) {
	if len(vs) == 0 {
		return "", false
	}
	return vs[0], true
}

// all returns all values of name.
func (b *Binder) all(in In, name string) []string {
	switch in {
	case InQuery:
		return b.queryValues(name)
	case InHeader:
		var all []string
		for _, line := range b.r.Header.Values(name) {
			for text := range strings.SplitSeq(line, ",") {
				if text = strings.TrimSpace(text); text != "" {
					all = append(all, text)
				}
			}
		}
		return all
	}
	if v, found := b.one(in, name); found {
		return []string{v}
	}
	return nil
}

// queryValues returns the values of a parameter. A query that cannot be decoded may have lost it, so that is reported.
func (b *Binder) queryValues(name string) []string {
	values, err := b.r.query()
	if err != nil && !b.badQuery {
		b.badQuery = true
		b.report(InQuery, "", "found a query that cannot be decoded, expected name=value pairs joined by & and percent-encoded")
	}
	return values[name]
}

// Check turns what a Validate method returned into a response: nil and a *framework.Error stay what they are, any other
// error is a 400 that shows its text.
func Check(err error) error {
	var stated *framework.Error
	if err == nil || errors.As(err, &stated) {
		return err
	}
	return &framework.Error{Status: 400, Code: "invalid_request", Message: strings.ReplaceAll(err.Error(), "\n", "; ")}
}
