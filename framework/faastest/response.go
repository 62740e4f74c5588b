package faastest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// Response reads the answer of [App.Deliver] to a request as the cloud reads it for its client. What is none ends the
// test.
func Response(t testing.TB, platform string, answer []byte) *http.Response {
	t.Helper()
	r, err := response(platform, answer)
	if err != nil {
		t.Fatalf("faastest: found no http answer of %s: %v\n%.2000s", platform, err, answer)
	}
	return r
}

func response(platform string, answer []byte) (*http.Response, error) {
	if c, ok := clouds()[platform]; ok {
		r, err := c.Response(answer)
		if err != nil {
			return nil, err
		}
		return received(r), nil
	}
	switch platform {
	case AWS, Tencent:
		r, err := sim.Integrated(answer)
		if err != nil {
			return nil, err
		}
		return received(r), nil
	case Local:
		var o envelope.Outcome
		if err := json.Unmarshal(answer, &o); err != nil {
			return nil, err
		}
		body, err := o.Bytes()
		return newResponse(o.Status, o.Headers, body), err
	}
	return nil, unknownPlatform(platform)
}

func received(r *sim.Response) *http.Response {
	header := http.Header{}
	for _, h := range r.Header {
		header.Add(h[0], h[1])
	}
	return newResponse(r.Status, header, r.Body)
}

func newResponse(status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}
