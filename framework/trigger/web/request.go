package web

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// DefaultBodyLimit is the size that [Request.ReadBody] and the binder accept by default.
const DefaultBodyLimit = 32 << 20

// Values holds decoded query parameters, all values of each name in order.
type Values map[string][]string

// Get returns the first value of name, empty if there is none.
func (v Values) Get(name string) string {
	if vs := v[name]; len(vs) > 0 {
		return vs[0]
	}
	return ""
}

// Has reports whether name is there, be it empty.
func (v Values) Has(name string) bool { return len(v[name]) > 0 }

// SetTarget fills Path, RawPath and RawQuery from a request target as it stands in a request line, such as
// "/a%2Fb?x=1". An absolute one ("http://host/a") fills Host, too.
func (r *Request) SetTarget(target string) error {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return &framework.Error{Status: 400, Code: "invalid_request", Message: "the request target is not a valid path", Err: err}
	}
	r.Path, r.RawPath, r.RawQuery = u.Path, u.RawPath, u.RawQuery
	if u.Host != "" {
		r.Host = u.Host
	}
	if r.Path == "" {
		r.Path = "/"
	}
	return nil
}

// EscapedPath is the path as the client encoded it, or its default encoding.
func (r *Request) EscapedPath() string {
	u := url.URL{Path: r.Path, RawPath: r.RawPath}
	return u.EscapedPath()
}

// Query returns the decoded query. It is decoded once; pairs that cannot be decoded are left out, as net/http does.
func (r *Request) Query() Values {
	v, _ := r.query()
	return v
}

func (r *Request) query() (Values, error) {
	if r.parsed.values == nil || r.parsed.raw != r.RawQuery {
		r.parsed.raw = r.RawQuery
		v, err := url.ParseQuery(r.RawQuery)
		r.parsed.values, r.parsed.err = Values(v), err
	}
	return r.parsed.values, r.parsed.err
}

// parsedQuery is a RawQuery, decoded.
type parsedQuery struct {
	raw    string
	values Values
	err    error
}

// PathValue returns the value of the route's wildcard of that name, empty if it has none.
func (r *Request) PathValue(name string) string {
	v, _ := r.pathValue(name)
	return v
}

func (r *Request) pathValue(name string) (string, bool) {
	for _, v := range r.PathValues {
		if v.Name == name {
			return v.Value, true
		}
	}
	return "", false
}

// MediaType returns the type of the body in lower case without parameters, and its charset, both empty if not given.
func (r *Request) MediaType() (mediaType, charset string) {
	mediaType, rest, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	for rest != "" {
		var parameter string
		parameter, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") {
			charset = strings.ToLower(strings.Trim(strings.TrimSpace(value), `"'`))
		}
	}
	return strings.ToLower(strings.TrimSpace(mediaType)), charset
}

// ReadBody returns the whole body, read and kept by the first call. A body over limit bytes, or over
// [DefaultBodyLimit] when limit is zero or less, is a *framework.Error with status 413.
func (r *Request) ReadBody(limit int64) ([]byte, error) {
	if limit <= 0 {
		limit = DefaultBodyLimit
	}
	if r.bodyErr != nil {
		return nil, r.bodyErr
	}
	if r.Reader != nil {
		r.Body, r.bodyErr = readAll(r.Reader, limit)
		if r.bodyErr != nil {
			return nil, r.bodyErr
		}
		r.Reader = nil
	}
	if int64(len(r.Body)) > limit {
		return nil, tooLarge(limit)
	}
	return r.Body, nil
}

func readAll(from io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(from, limit+1))
	var stated *framework.Error
	switch {
	case errors.As(err, &stated):
		return nil, err
	case err != nil:
		return nil, &framework.Error{Status: 400, Code: "body_incomplete", Message: "the request body could not be read to its end", Err: err}
	case int64(len(body)) > limit:
		return nil, tooLarge(limit)
	}
	return body, nil
}

// tooLarge is the response to a body over the limit.
func tooLarge(limit int64) *framework.Error {
	return &framework.Error{Status: 413, Code: "body_too_large", Message: fmt.Sprintf("the request body is larger than %d bytes", limit)}
}
