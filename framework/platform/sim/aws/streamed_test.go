package aws

import (
	"fmt"
	"strings"
	"testing"
)

func TestPrelude(t *testing.T) {
	for raw, want := range map[string]string{
		`{"statusCode":201,"headers":{"x-a":"1"},"cookies":["a=1","b=2"]}`: "201 [[X-A 1] [Set-Cookie a=1] [Set-Cookie b=2] [Content-Type application/json] [Transfer-Encoding chunked]]",
		`{"statusCode":200,"headers":{"Content-Type":"text/css"}}`:         "200 [[Content-Type text/css] [Transfer-Encoding chunked]]",
		`{"statusCode":200,"headers":{"Content-Length":"1"}}`:              "the header Content-Length is the ingress's own",
		`{"statusCode":200,"body":"x"}`:                                    "the member body means nothing",
		`{"statusCode":42}`:                                                "statusCode is 42",
		`{"statusCode":200,"headers":{"a":["1"]}}`:                         "headers.a is not a string",
		`{"statusCode":200,"cookies":"a"}`:                                 "cookies: ",
		`x`:                                                                "invalid character",
	} {
		response, err := prelude([]byte(raw))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprint(response.Status, " ", response.Header)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: found %s, want %s", raw, got, want)
		}
	}
}

// The separator may come in pieces.
func TestFlow(t *testing.T) {
	whole := "{}" + separator + "body\x00"
	for cut := range whole {
		var got string
		f := &flow{on: func(piece []byte) { got += string(piece) }}
		f.take([]byte(whole[:cut]))
		f.take([]byte(whole[cut:]))
		if got != "body\x00" || string(f.prelude) != "{}" || string(f.body) != got {
			t.Errorf("cut at %d: the client got %q after the prelude %q", cut, got, f.prelude)
		}
	}
	if f := new(flow); f.whole() {
		t.Error("an empty answer has a prelude")
	}
}
