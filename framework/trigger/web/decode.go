package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// MaxDepth is how deep the arrays and objects of a JSON body may nest.
const MaxDepth = 200

// JSON fills dst from the request's body. An absent body, or one of white space, leaves dst alone. A Content-Type other
// than JSON is a 415 (without one JSON is assumed, unless a page of another origin sends it), a body over [DefaultBodyLimit] a 413. ignore names members that are
// not read from the body, because a path wildcard, query parameter, header or cookie fills them.
//
// The rules are those of encoding/json: unknown members are skipped, of a repeated member the last counts, names match
// without regard to case.
func (b *Binder) JSON(dst any, ignore ...string) {
	body, err := b.r.ReadBody(0)
	if err != nil {
		b.refusal = err
		return
	}
	if empty(body) {
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
	case mediaType == "" && fromElsewhere(b.r):
		// A page may send this to any origin, with the user's cookies and without a preflight, as it may send text/plain.
		return unsupported("found a body without a type from a page of another origin, expected application/json")
	case !isJSON:
		expected := "application/json"
		if b.forms {
			expected += ", application/x-www-form-urlencoded or multipart/form-data"
		}
		return unsupported("found a body of type " + quote(mediaType) + ", expected " + expected)
	case charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii":
		return unsupported("found the charset " + quote(charset) + ", expected utf-8")
	}
	if c := strings.ToLower(b.r.Header.Get("Content-Encoding")); c != "" && c != "identity" {
		return unsupported("found the content encoding " + quote(c) + ", expected none")
	}
	return nil
}

func unsupported(message string) error {
	return &framework.Error{Status: 415, Code: "unsupported_media_type", Message: message}
}

// Decode fills dst from a JSON event by the rules of [Binder.JSON]. Its error is a *framework.Error with status 400.
func Decode(raw []byte, dst any) error {
	if empty(raw) {
		return nil
	}
	if fields := decodeJSON(raw, dst, nil); len(fields) > 0 {
		return invalid(fields)
	}
	return nil
}

// empty reports whether there is nothing but white space.
func empty(body []byte) bool {
	for _, c := range body {
		if c > ' ' {
			return false
		}
	}
	return true
}

// decodeJSON decodes a body and returns everything that is wrong with it.
func decodeJSON(body []byte, dst any, ignore []string) []framework.FieldError {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // some editors and Windows clients send it
	if tooDeep(body) {
		return []framework.FieldError{bodyError("", fmt.Sprintf("found arrays or objects more than %d deep", MaxDepth))}
	}
	if len(ignore) > 0 {
		body = dropMembers(body, ignore)
	}
	err := json.Unmarshal(body, dst)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && !json.Valid(body) {
		return []framework.FieldError{bodyError("", syntaxMessage(body, syntax))}
	}
	d := diagnosis{dst: dst, budget: diagnosisBudget + 4*len(body)}
	return d.run(body, err)
}

func bodyError(name, message string) framework.FieldError {
	return framework.FieldError{In: "body", Name: name, Message: message}
}

func syntaxMessage(body []byte, err *json.SyntaxError) string {
	at := min(int(err.Offset), len(body))
	read := body[:at]
	line := bytes.Count(read, []byte("\n")) + 1
	column := at - (bytes.LastIndexByte(read, '\n') + 1)
	return fmt.Sprintf("found invalid JSON at line %d, column %d: %s", line, max(column, 1), err)
}

// tooDeep finds a body that nests too deep before anything recurses into it.
func tooDeep(body []byte) bool {
	if len(body) <= MaxDepth || bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) <= MaxDepth {
		return false
	}
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '[', '{':
			if depth++; depth > MaxDepth {
				return true
			}
		case ']', '}':
			depth--
		case '"':
			i = stringEnd(body, i) - 1
		}
	}
	return false
}

// dropMembers removes the members of the top-level object that have one of the names, by the rules that encoding/json
// matches names with: a body must not fill a field that belongs to another part of the request by writing it "ID". What
// is not valid JSON stays as it is, for encoding/json to refuse.
func dropMembers(body []byte, names []string) []byte {
	drop := false
	topMembers(body, func(key, _ []byte) { drop = drop || anyKey(key, names) })
	if !drop || !json.Valid(body) {
		return body
	}
	out := append(make([]byte, 0, len(body)), '{')
	topMembers(body, func(key, member []byte) {
		if anyKey(key, names) {
			return
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, member...)
	})
	return append(out, '}')
}

// anyKey reports whether encoding/json would take the key for one of the names.
func anyKey(quoted []byte, names []string) bool {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		text := keyText(quoted)
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(text, name) })
	}
	for _, name := range names {
		if strings.EqualFold(string(quoted[1:max(1, len(quoted)-1)]), name) {
			return true
		}
	}
	return false
}
