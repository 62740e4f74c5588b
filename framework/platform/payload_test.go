package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestField(t *testing.T) {
	p := &Payload{Raw: []byte(" {\n\"a\" : 1 ,\t\"b\":\"x\\\"},{\",\"c\":{\"d\":[1,{\"e\":\"]}\"}]},\"\\u0066\":null,\"a\":2,\"\":true,\"\\\\\":[]}\r\n")}
	for name, want := range map[string]string{
		"a": "2", "b": `"x\"},{"`, "c": `{"d":[1,{"e":"]}"}]}`, "f": "null", "": "true", `\`: "[]", "d": "", "A": "",
	} {
		if got := string(p.Field(name)); got != want {
			t.Errorf("member %q is %s, want %s", name, got, want)
		}
	}
	if !p.Has("a", "b") || p.Has("a", "missing") || p.Has() {
		t.Error("Has")
	}
}

func TestBrokenOutlines(t *testing.T) {
	for _, raw := range []string{
		``, ` `, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a" 1}`, `{a:1}`, `{"a":}`, `{"a":tru}`, `{"a":"}`, `{"a":"\"}`, `{"a":{}`, `{"a":[}`,
		`{"a":1}x`, `{"a":1}{}`, `[]`, `"a"`, `1`, `null`, `{,}`, `{"a":1 "b":2}`, `{"a":01}`, "{\"a\n\":1}", `{"\x":1}`,
	} {
		if got := (&Payload{Raw: []byte(raw)}).Field("a"); got != nil {
			t.Errorf("%s: member a is %s, want none", raw, got)
		}
	}
}

func TestMembersAndElements(t *testing.T) {
	var seen []string
	see := func(name string, v json.RawMessage) error { seen = append(seen, name+"="+string(v)); return nil }
	if err := Members("headers", json.RawMessage(`{"b":1,"a":[2],"b":{}}`), see); err != nil || strings.Join(seen, " ") != "b=1 a=[2] b={}" {
		t.Errorf("members %q, %v", seen, err)
	}
	seen = nil
	one := func(v json.RawMessage) error { return see("", v) }
	if err := Elements("cookies", json.RawMessage(` [1, "a,]", [], {} ] `), one); err != nil || strings.Join(seen, " ") != `=1 ="a,]" =[] ={}` {
		t.Errorf("elements %q, %v", seen, err)
	}
	for _, raw := range []string{"", "null"} {
		if Members("x", json.RawMessage(raw), see) != nil || Elements("x", json.RawMessage(raw), one) != nil {
			t.Errorf("%q is an error, want nothing", raw)
		}
	}
	for _, tt := range []struct{ err, want string }{
		{text(Members("headers", json.RawMessage(`[]`), see)), "invalid_event: headers: found an array, expected an object"},
		{text(Members("headers", json.RawMessage(`{"a":`), see)), "invalid_event: headers: found broken JSON, expected an object"},
		{text(Elements("cookies", json.RawMessage(`"a"`), one)), "invalid_event: cookies: found a string, expected an array"},
		{text(Elements("cookies", json.RawMessage(`[1,]`), one)), "invalid_event: cookies: found broken JSON, expected an array"},
		{text(Elements("cookies", json.RawMessage(`[1}`), one)), "invalid_event: cookies: found broken JSON, expected an array"},
	} {
		if tt.err != tt.want {
			t.Errorf("error %q, want %q", tt.err, tt.want)
		}
	}
	stop := errors.New("stop")
	if err := Members("x", json.RawMessage(`{"a":1}`), func(string, json.RawMessage) error { return stop }); err != stop {
		t.Errorf("visit's error became %v", err)
	}
	if err := Elements("x", json.RawMessage(`[1]`), func(json.RawMessage) error { return stop }); err != stop {
		t.Errorf("visit's error became %v", err)
	}
	if got := string(Member(json.RawMessage(`{"a":{"b":1},"b":2}`), "b")); got != "2" {
		t.Errorf("member b is %s", got)
	}
	if Member(json.RawMessage(`[]`), "b") != nil || Member(nil, "b") != nil {
		t.Error("member of what is not an object")
	}
}

// FuzzField has encoding/json as its oracle: a valid object has the members that it finds, and their text is the same.
func FuzzField(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":"x","c":[{}],"d":{"e":null}}`, ` { "\u0061" : -1.5e3 , "":"" } `, `{"a":"\\","a":"\""}`, `[1,2]`, `{"a":`, "{\"\xff\":1}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := &Payload{Raw: raw}
		p.Field("")
		var want map[string]json.RawMessage
		if json.Unmarshal(raw, &want) != nil || want == nil {
			return
		}
		for name, value := range want {
			if got := p.Field(name); !bytes.Equal(got, value) {
				t.Fatalf("member %q is %q, want %q", name, got, value)
			}
		}
		for _, m := range p.members {
			if _, ok := want[string(m.name)]; !ok {
				t.Fatalf("member %q is not there", m.name)
			}
			var s string
			if err := json.Unmarshal(m.value, &s); err == nil && m.value[0] == '"' {
				if got, err := DecodeText("x", m.value); err != nil || got != s {
					t.Fatalf("text %q, %v, want %q", got, err, s)
				}
			}
		}
	})
}

func BenchmarkField(b *testing.B) {
	p := []byte(`{"version":"2.0","routeKey":"$default","rawPath":"/my/path","rawQueryString":"a=1&b=2","headers":{"accept":"*/*","host":"x"},"requestContext":{"http":{"method":"GET"}},"body":"` + strings.Repeat("x", 1000) + `","isBase64Encoded":false}`)
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		if (&Payload{Raw: p}).Field("isBase64Encoded") == nil {
			b.Fatal("not found")
		}
	}
}
