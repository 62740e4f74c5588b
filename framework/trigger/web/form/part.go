package form

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	maxBoundary = 70       // RFC 2046, 5.1.1
	maxHead     = 16 << 10 // bytes of the names and values that head one part
)

// bounded ends the body of a form in a 413. An upload has it read without a limit.
type bounded struct {
	from io.Reader
	left int64 // negative: no limit
}

func (l *bounded) Read(p []byte) (int, error) {
	if l.left < 0 {
		return l.from.Read(p)
	}
	if l.left == 0 {
		// The body may end here, just as long as it may be.
		if n, err := l.from.Read(make([]byte, 1)); n == 0 {
			return 0, err
		}
		return 0, tooLarge("the form is larger than %d bytes", web.DefaultBodyLimit)
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.from.Read(p)
	l.left -= int64(n)
	return n, err
}

// errCut is how the body ends for the parser of the standard library, which takes io.EOF in the head of a part for the end of all parts.
var errCut = errors.New("the body ends before its parts do")

// cut ends a body in [errCut]. The line break before it completes the last boundary, after which none is needed.
type cut struct {
	from io.Reader
	rest string
}

func newCut(from io.Reader) *cut { return &cut{from, "\r\n"} }

func (c *cut) Read(p []byte) (int, error) {
	if c.from != nil {
		n, err := c.from.Read(p)
		if err != io.EOF {
			return n, err
		}
		c.from = nil
		if n > 0 {
			return n, nil
		}
	}
	if c.rest == "" {
		return 0, errCut
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// taken stands for a body that has been read as a form.
type taken struct{}

func (taken) Read([]byte) (int, error) {
	return 0, &framework.Error{Status: 500, Code: "internal", Message: "the function failed; its log has the reason",
		Err: errors.New("the body of the request was asked for after it had been read as a form: use the form's fields, or read the body in a middleware")}
}

// parser reads the parts of one body.
type parser struct {
	binder *web.Binder
	parts  []Part
	body   *bounded
	reader *multipart.Reader
	form   *web.Form
	n      int // parts so far
}

// readParts reads a multipart body.
func readParts(b *web.Binder, parts []Part) (*web.Form, error) {
	r := b.Request()
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	boundary := params["boundary"]
	switch {
	case err != nil || boundary == "":
		return nil, malformed("found the type multipart/form-data without its boundary")
	case len(boundary) > maxBoundary:
		return nil, malformed("found a boundary of %d bytes, expected at most %d", len(boundary), maxBoundary)
	}
	p := parser{binder: b, parts: parts, form: &web.Form{Values: web.Values{}}}
	if r.Reader == nil {
		if r.Body == nil {
			if _, err := r.ReadBody(0); err != nil { // which a middleware has read in vain
				return nil, err
			}
			return p.form, nil
		}
		p.body = &bounded{bytes.NewReader(r.Body), web.DefaultBodyLimit}
	} else {
		p.body = &bounded{r.Reader, web.DefaultBodyLimit}
		r.Reader = taken{}
	}
	p.reader = multipart.NewReader(newCut(p.body), boundary)
	for {
		done, err := p.next()
		if err != nil {
			return nil, err
		}
		if done {
			return p.form, nil
		}
	}
}

// head is what heads one part.
type head struct{ name, file, mediaType string }

// open starts the next part, nil after the last.
func (p *parser) open() (*multipart.Part, head, error) {
	var h head
	part, err := p.reader.NextRawPart()
	if err == io.EOF {
		return nil, h, nil
	}
	if err != nil {
		return nil, h, broken(err)
	}
	if p.n++; p.n > MaxValues {
		return nil, h, tooMany()
	}
	size := 0
	for name, values := range part.Header {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > maxHead {
		return nil, h, malformed("found a part whose head has more than %d bytes", maxHead)
	}
	disposition, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil || disposition != "form-data" || params["name"] == "" {
		return nil, h, malformed("found part %d without the name of a field: expected Content-Disposition: form-data; name=\"...\"", p.n)
	}
	h = head{name: params["name"], file: params["filename"], mediaType: part.Header.Get("Content-Type")}
	if _, isFile := params["filename"]; isFile && h.file == "" {
		h.file = noFile
	}
	if e := strings.ToLower(part.Header.Get("Content-Transfer-Encoding")); e != "" && e != "binary" && e != "8bit" && e != "7bit" {
		return nil, h, malformed("found the transfer encoding %s of field %s, expected none", quote(e), quote(h.name))
	}
	if strings.HasPrefix(strings.ToLower(h.mediaType), "multipart/") {
		return nil, h, malformed("found parts within field %s, expected one part for each file", quote(h.name))
	}
	return part, h, nil
}

// noFile is the name of the file of a file field in which nothing was chosen: browsers send one without a name and content.
const noFile = "/"

// next reads one part, and reports whether nothing is left to read here.
func (p *parser) next() (done bool, err error) {
	part, h, err := p.open()
	if part == nil || err != nil {
		return true, err
	}
	i := slices.IndexFunc(p.parts, func(q Part) bool { return q.Name == h.name })
	switch {
	case i < 0:
		return false, p.value(part, h)
	case h.file == "":
		p.binder.Report(web.InFile, h.name, "found a text, expected a file")
		return false, skip(part)
	case p.parts[i].Upload:
		return p.upload(part, h, p.parts[i].Max)
	}
	content, err := p.content(part, h.name, p.parts[i].Max)
	if err != nil || h.file == noFile && len(content) == 0 {
		return false, err
	}
	if p.form.Files == nil {
		p.form.Files = map[string][]web.File{}
	}
	p.form.Files[h.name] = append(p.form.Files[h.name], web.File{Name: base(h.file), Type: h.mediaType, Size: int64(len(content)), Content: content})
	return false, nil
}

func skip(part io.Reader) error {
	if _, err := io.Copy(io.Discard, part); err != nil {
		return broken(err)
	}
	return nil
}

// content reads a part of max bytes at most.
func (p *parser) content(part io.Reader, name string, max int64) ([]byte, error) {
	from := part
	if max > 0 {
		from = io.LimitReader(part, max+1)
	}
	content, err := io.ReadAll(from)
	switch {
	case err != nil:
		return nil, broken(err)
	case max > 0 && int64(len(content)) > max:
		return nil, fileTooLarge(name, max)
	}
	return slices.Clip(content), nil
}

func fileTooLarge(name string, max int64) error {
	return tooLarge("the file of field %s is larger than %d bytes", quote(name), max)
}

// value keeps a text. A file that no field takes is skipped, unless it is text that a script has sent as a Blob.
func (p *parser) value(part io.Reader, h head) error {
	mediaType, params, _ := mime.ParseMediaType(h.mediaType)
	if h.file != "" && mediaType != "application/json" && mediaType != "text/plain" {
		return skip(part)
	}
	if c := strings.ToLower(params["charset"]); c != "" && c != "utf-8" && c != "us-ascii" {
		p.binder.Report(web.InForm, h.name, "found the charset "+quote(c)+", expected utf-8")
		return skip(part)
	}
	text, err := io.ReadAll(part)
	if err != nil {
		return broken(err)
	}
	p.form.Values[h.name] = append(p.form.Values[h.name], string(text))
	return nil
}

// base is the name of a file without the folders that some clients put before it.
func base(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if name == "." || name == ".." {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
}

// upload leaves the part to the handler. One of a field in which nothing was chosen is skipped.
func (p *parser) upload(part *multipart.Part, h head, max int64) (done bool, err error) {
	var first []byte
	if h.file == noFile {
		one := make([]byte, 1)
		n, err := io.ReadFull(part, one)
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, broken(err)
		}
		first = one[:n]
	}
	p.body.left = -1
	from := io.MultiReader(bytes.NewReader(first), part)
	p.form.UploadName = h.name
	p.form.Upload = web.NewUpload(base(h.file), h.mediaType, &uploading{parser: p, part: from, name: h.name, max: max})
	return true, nil
}

// uploading is the content of an upload.
type uploading struct {
	parser *parser
	part   io.Reader
	name   string
	max    int64
	read   int64
	err    error
}

func (u *uploading) Read(b []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.part.Read(b)
	u.read += int64(n)
	switch {
	case u.max > 0 && u.read > u.max:
		n -= int(u.read - u.max)
		u.err = fileTooLarge(u.name, u.max)
	case err == io.EOF:
		u.err = u.end()
	case err != nil:
		u.err = broken(err)
	}
	if n > 0 {
		return n, nil
	}
	return 0, u.err
}

// end is io.EOF if nothing follows.
func (u *uploading) end() error {
	u.parser.body.left = 2 * maxHead // for the head of a part that should not be there
	part, err := u.parser.reader.NextRawPart()
	switch {
	case err == io.EOF:
		return io.EOF
	case err != nil && u.parser.body.left > 0:
		return broken(err)
	case err != nil:
		return malformed("found more than %d bytes after the file of field %s, expected the end of the form", 2*maxHead, quote(u.name))
	}
	return malformed("found field %s after the file of field %s, expected the file last: the handler gets the fields before it", quote(part.FormName()), quote(u.name))
}
