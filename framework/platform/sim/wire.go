package sim

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
)

// WriteRequest writes a request as it goes over the wire to a function that gets requests as they are, with the headers that the
// ingress adds to it.
func WriteRequest(s *Request, added map[string]string) ([]byte, error) {
	path, err := url.PathUnescape(s.Path())
	if err != nil {
		path = s.Path()
	}
	r := &http.Request{Method: s.Method, URL: &url.URL{Path: path, RawPath: s.Path(), RawQuery: s.Query()}, Host: s.Host, Header: http.Header{},
		ContentLength: int64(len(s.Body)), Body: io.NopCloser(bytes.NewReader(s.Body))}
	for _, h := range s.Header {
		r.Header.Add(h[0], h[1])
	}
	for name, value := range added {
		r.Header.Set(name, value)
	}
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "") // which keeps Go's own away
	}
	if len(s.Body) == 0 {
		r.Body = http.NoBody
	}
	var b bytes.Buffer
	err = r.Write(&b)
	return b.Bytes(), err
}

// ReadResponse reads a response as it comes over the wire.
func ReadResponse(payload []byte) (*Response, error) {
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(payload)), nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	out := &Response{Status: r.StatusCode}
	for name, values := range r.Header {
		for _, v := range values {
			out.Header = append(out.Header, [2]string{name, v})
		}
	}
	out.Body, err = io.ReadAll(r.Body)
	return out, err
}
