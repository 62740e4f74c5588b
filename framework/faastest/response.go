package faastest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/local/envelope"
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
	switch platform {
	case AWS, Tencent:
		return integrated(answer)
	case Aliyun:
		if bytes.HasPrefix(answer, []byte("{")) { // to an API gateway
			return integrated(answer)
		}
		r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
		if err != nil {
			return nil, err
		}
		r.Header.Del("X-Fc-Status") // the vendor's own
		body, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		return r, err
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

// integrated reads the form that answers to events have in common: status, headers, cookies, a body that may be base64.
func integrated(answer []byte) (*http.Response, error) {
	var form struct {
		StatusCode      int                        `json:"statusCode"`
		Headers         map[string]json.RawMessage `json:"headers"`
		Multi           map[string][]string        `json:"multiValueHeaders"`
		Cookies         []string                   `json:"cookies"`
		Body            string                     `json:"body"`
		IsBase64Encoded bool                       `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(answer, &form); err != nil {
		return nil, err
	}
	header := http.Header{}
	for name, raw := range form.Headers {
		var one string
		if json.Unmarshal(raw, &one) == nil {
			header.Add(name, one)
			continue
		}
		var many []string
		if err := json.Unmarshal(raw, &many); err != nil {
			return nil, fmt.Errorf("header %s: %w", name, err)
		}
		for _, value := range many {
			header.Add(name, value)
		}
	}
	for name, values := range form.Multi {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	for _, c := range form.Cookies {
		header.Add("Set-Cookie", c)
	}
	body := []byte(form.Body)
	if form.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(form.Body); err != nil {
			return nil, err
		}
	}
	if form.StatusCode == 0 {
		return nil, errors.New("it has no statusCode")
	}
	return newResponse(form.StatusCode, header, body), nil
}

func newResponse(status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}
