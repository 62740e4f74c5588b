package web

import (
	"bytes"
	"errors"
	"io"
)

// File is a file of a form, whole in memory. Package form reads it, and has the limits.
type File struct {
	// Name is the file's name as the client says it, without folders. It is the client's word: do not make a path of it.
	Name string
	// Type is the media type as the client says it, with its parameters; empty if it does not.
	Type string
	// Size is the length of Content in bytes.
	Size int64
	// Content is the file.
	Content []byte
}

// Open returns a reader of the content from its beginning.
func (f *File) Open() *bytes.Reader { return bytes.NewReader(f.Content) }

// Upload is a file of a form that is read while it arrives, once, in the handler. It has no size, as nothing knows it yet. It is the last part
// of its form: the fields of the form have been read when the handler begins, and a part that follows it makes Read fail. Where
// bodies arrive whole, it is read from memory.
//
// The error of Read is a *framework.Error, to be returned as it is: with status 400 for a body that is cut short or has another
// part, with 413 for one over the limit.
type Upload struct {
	// Name and Type are those of a [File].
	Name, Type string

	content io.Reader
}

// NewUpload returns an upload that reads content: what package form binds, and what a test calls a handler with.
func NewUpload(name, mediaType string, content io.Reader) *Upload {
	return &Upload{Name: name, Type: mediaType, content: content}
}

// Read reads the file. There is nothing to be read where the request had no such file.
func (u Upload) Read(p []byte) (int, error) {
	if u.content == nil {
		return 0, io.EOF
	}
	return u.content.Read(p)
}

var errUpload = errors.New("an upload is read while its request arrives, and cannot be in JSON; use web.File")

// MarshalJSON fails: what calls another function with an upload would lose it.
func (u Upload) MarshalJSON() ([]byte, error) { return nil, errUpload }

// UnmarshalJSON fails for all but null.
func (u *Upload) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return errUpload
}

// Form is what a form of a request holds. Package form reads it.
type Form struct {
	// Values are the fields, all values of each in order.
	Values Values
	// Files are those that are in memory.
	Files map[string][]File
	// Upload is the file that is read by the handler, nil if there was none, and UploadName the name of its field.
	Upload     *Upload
	UploadName string
}

// Request is what the binder reads from.
func (b *Binder) Request() *Request { return b.r }

// Form is what [Binder.SetForm] was given, nil if the request has no form.
func (b *Binder) Form() *Form { return b.form }

// SetForm keeps a form, of which package form binds the fields and files.
func (b *Binder) SetForm(f *Form) { b.form = f }

// OrForm has [Binder.JSON] say, of a body that is none, that it may be a form, too.
func (b *Binder) OrForm() { b.forms = true }

// Report adds to what is wrong with the request.
func (b *Binder) Report(in In, name, message string) { b.report(in, name, message) }

// Refuse makes err the response, whatever else is wrong: of a body that cannot be looked at. The first one counts.
func (b *Binder) Refuse(err error) {
	if b.refusal == nil {
		b.refusal = err
	}
}
