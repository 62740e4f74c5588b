package web

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Redirect sends the client to another place: with 303 to look at the outcome of a form, with 302 and 307 for now, with 301 and 308 for
// good. 307 and 308 repeat method and body. Another status is logged, and becomes a 500.
//
// to is a URL or an absolute path such as /thanks. What is not ASCII is percent-encoded. One that comes from the request may lead
// anywhere: take a path that you know.
func Redirect(status int, to string) *Response {
	r := &Response{Status: status, Header: Header{"Location": {encodeLocation(to)}}}
	switch status {
	case 301, 302, 303, 307, 308:
	default:
		r.err = fmt.Errorf("redirect: found status %d, expected 301, 302, 303, 307 or 308", status)
	}
	if to == "" {
		r.err = fmt.Errorf("redirect: found no place to go to")
	}
	return r
}

// encodeLocation percent-encodes what no header can hold. A line break stays, to be refused: it is a mistake, or an attack.
func encodeLocation(to string) string {
	var b strings.Builder
	for i := range len(to) {
		switch c := to[i]; {
		case c >= 0x80 || c == ' ' || c == '"' || c == '<' || c == '>' || c == '\\':
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// HTML answers with a page that is ready. [Render] makes one from a template, which escapes what users wrote.
func HTML(page string) *Response {
	return &Response{Header: Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte(page)}
}

// Template is what [Render] needs of a template: a *template.Template of html/template or text/template is one, and so is what its
// Lookup returns.
type Template interface {
	Execute(w io.Writer, data any) error
}

// Render answers with the HTML of a template. It is executed to its end first, so that an error of the template is an error
// of the handler, and no page is cut short.
func Render(t Template, data any) (*Response, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("render a page: %w", err)
	}
	return &Response{Header: Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: b.Bytes()}, nil
}

// Download has the browser save content as a file of that name, which may be any text. An empty media type is
// application/octet-stream. The length is sent if content knows it, as bytes.Reader and strings.Reader do; content is closed if it is
// an io.Closer.
func Download(name, mediaType string, content io.Reader) *Response {
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	r := &Response{Reader: content, Header: Header{
		"Content-Type": {mediaType}, "Content-Disposition": {disposition(name)}, "X-Content-Type-Options": {"nosniff"},
	}}
	if known, ok := content.(interface{ Len() int }); ok {
		r.Header["Content-Length"] = []string{strconv.Itoa(known.Len())}
	}
	return r
}

// disposition is the header of an attachment by RFC 6266: a name in ASCII for old clients, and the whole one.
func disposition(name string) string {
	var plain, whole strings.Builder
	same := true
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0:
			whole.WriteByte(c)
		default:
			whole.WriteByte('%')
			whole.WriteByte("0123456789ABCDEF"[c>>4])
			whole.WriteByte("0123456789ABCDEF"[c&15])
		}
		switch {
		case ' ' <= c && c < 0x7f && c != '"' && c != '\\' && c != '%' && c != '/':
			plain.WriteByte(c)
		case c < 0x80 || utf8.RuneStart(c): // one for each character
			plain.WriteByte('_')
			same = false
		default:
			same = false
		}
	}
	if same && name != "" {
		return `attachment; filename="` + plain.String() + `"`
	}
	if name == "" {
		return "attachment"
	}
	return `attachment; filename="` + plain.String() + `"; filename*=UTF-8''` + whole.String()
}
