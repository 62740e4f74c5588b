package tencent

import (
	"strings"
	"testing"
)

// What is exactly as large as the vendor carries goes through, both ways; one byte more is a 413 or a 500.
func TestPayloadsAtTheLimit(t *testing.T) {
	decode := bind(t, HTTP(), httpUnit())
	reply := func(raw string, result any) string {
		t.Helper()
		p, _ := payload(raw)
		call, _, err := decode(p)
		if err != nil {
			t.Fatal(err)
		}
		b, err := call.Reply(t.Context(), result, nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const frame = `{"httpMethod":"POST","path":"/books","body":""}`
	request := func(size int) string {
		return strings.Replace(frame, `"body":"`, `"body":"`+strings.Repeat("x", size-len(frame)), 1)
	}
	for over, want := range []string{`"statusCode":201`, `"statusCode":413`} {
		if got := reply(request(MaxPayload+over), "x"); !strings.Contains(got, want) {
			t.Errorf("a request %d bytes over the limit: found %.200s, want %s", over, got, want)
		}
	}
	const get = `{"httpMethod":"GET","path":"/books/1"}`
	around := len(reply(get, "x")) - 1
	if got := reply(get, strings.Repeat("x", MaxPayload-around)); len(got) != MaxPayload {
		t.Errorf("a response of the limit: found %.200s", got)
	}
	if got := reply(get, strings.Repeat("x", MaxPayload-around+1)); !strings.Contains(got, `"statusCode":500`) || !strings.Contains(got, "response_too_large") {
		t.Errorf("a response one byte over the limit: found %.200s", got)
	}
}
