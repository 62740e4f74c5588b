package faastest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// Response reads the response of [App.Deliver] to a request as the cloud reads it for its client. What is none ends the
// test.
func Response(t testing.TB, platform string, payload []byte) *http.Response {
	t.Helper()
	return known().response(t, platform, payload)
}

// Response is the function of that name, for the clouds of [Cloud] too.
func (a *App) Response(platform string, payload []byte) *http.Response {
	a.t.Helper()
	return a.clouds.response(a.t, platform, payload)
}

func (all clouds) response(t testing.TB, platform string, payload []byte) *http.Response {
	t.Helper()
	var r *sim.Response
	c, err := all.of(platform)
	if err == nil {
		r, err = c.Response(payload)
	}
	if err != nil {
		t.Fatalf("faastest: found no http response of %s: %v\n%.2000s", platform, err, payload)
	}
	header := http.Header{}
	for _, h := range r.Header {
		header.Add(h[0], h[1])
	}
	return &http.Response{
		StatusCode: r.Status, Status: fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(r.Body)), ContentLength: int64(len(r.Body)),
	}
}
