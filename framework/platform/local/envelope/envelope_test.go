package envelope_test

import (
	"bytes"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/trigger/raw"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func TestParseRequest(t *testing.T) {
	post := []web.Route{{Method: "POST", Pattern: "/books"}, {Method: "GET", Pattern: "/never"}}
	get := []web.Route{{Method: "GET", Pattern: "/shelves/{shelf}/books/{id}", Host: "api.test"}}
	files := []web.Route{{Pattern: "/files/{path...}"}}
	json := [][2]string{{"Content-Type", "application/json"}}
	text, pairs := [][2]string{{"Content-Type", "text/plain; charset=utf-8"}}, [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}}
	const parts = "--b-1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b-1--\r\n"
	for name, tc := range map[string]struct {
		routes []web.Route
		event  string
		want   envelope.Request
	}{
		"nothing":        {post, "", envelope.Request{Method: "POST", Target: "/books"}},
		"body":           {post, ` {"title":"Go"} `, envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte(`{"title":"Go"}`)}},
		"list":           {post, `[1]`, envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte(`[1]`)}},
		"path only":      {post, `{"path":"/x"}`, envelope.Request{Method: "POST", Target: "/x"}},
		"path member":    {post, `{"path":"x"}`, envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte(`{"path":"x"}`)}},
		"any method":     {files, `{"path":"/files/a","body":"x"}`, envelope.Request{Method: "POST", Target: "/files/a", Body: []byte("x")}},
		"one too many":   {post, `{"method":"GET","path":"/x","title":1}`, envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte(`{"method":"GET","path":"/x","title":1}`)}},
		"wildcards":      {get, `{"shelf":"a/b c","id":12345678901}`, envelope.Request{Method: "GET", Target: "/shelves/a%2Fb%20c/books/12345678901", Host: "api.test", Header: json, Body: []byte(`{"shelf":"a/b c","id":12345678901}`)}},
		"rest":           {files, `{"path":"a b/c"}`, envelope.Request{Method: "POST", Target: "/files/a%20b/c", Header: json, Body: []byte(`{"path":"a b/c"}`)}},
		"rest unsaid":    {files, ``, envelope.Request{Method: "GET", Target: "/files/"}},
		"exact":          {[]web.Route{{Method: "GET", Pattern: "/a/{$}"}}, ``, envelope.Request{Method: "GET", Target: "/a/"}},
		"request":        {post, `{"method":"get","path":"/x?a=1&b=%20"}`, envelope.Request{Method: "GET", Target: "/x?a=1&b=%20"}},
		"no route":       {nil, `{"path":"/"}`, envelope.Request{Method: "GET", Target: "/"}},
		"headers":        {post, `{"method":"PUT","path":"/x","headers":{"X-B":["1","2"],"Host":"h.test","Accept":"*/*"},"body":"hi"}`, envelope.Request{Method: "PUT", Target: "/x", Host: "h.test", Header: [][2]string{{"Accept", "*/*"}, {"X-B", "1"}, {"X-B", "2"}}, Body: []byte("hi")}},
		"json body":      {post, `{"method":"PUT","path":"/x","body":{"a":1}}`, envelope.Request{Method: "PUT", Target: "/x", Header: json, Body: []byte(`{"a":1}`)}},
		"own type":       {post, `{"method":"PUT","path":"/x","headers":{"content-type":"a/b"},"body":[]}`, envelope.Request{Method: "PUT", Target: "/x", Header: [][2]string{{"content-type", "a/b"}}, Body: []byte(`[]`)}},
		"null body":      {post, `{"method":"PUT","path":"/x","body":null}`, envelope.Request{Method: "PUT", Target: "/x"}},
		"binary":         {post, `{"method":"PUT","path":"/x","body":"/w==","isBase64Encoded":true}`, envelope.Request{Method: "PUT", Target: "/x", Body: []byte{0xff}}},
		"body only":      {post, `{"body":{"title":"Go"}}`, envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte(`{"title":"Go"}`)}},
		"JSON text":      {post, `{"body":"{\"a\":1}"}`, envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte(`{"a":1}`)}},
		"text only":      {post, `{"body":"hello there"}`, envelope.Request{Method: "POST", Target: "/books", Header: text, Body: []byte("hello there")}},
		"form only":      {post, `{"body":"a=1&b%5B%5D=%20","method":"PUT"}`, envelope.Request{Method: "PUT", Target: "/books", Header: pairs, Body: []byte("a=1&b%5B%5D=%20")}},
		"null only":      {post, `{"body":null}`, envelope.Request{Method: "POST", Target: "/books"}},
		"typed body":     {post, `{"body":"a=1","headers":{"content-type":"a/b"}}`, envelope.Request{Method: "POST", Target: "/books", Header: [][2]string{{"content-type", "a/b"}}, Body: []byte("a=1")}},
		"bytes only":     {post, `{"body":"/w==","isBase64Encoded":true}`, envelope.Request{Method: "POST", Target: "/books", Header: [][2]string{{"Content-Type", "application/octet-stream"}}, Body: []byte{0xff}}},
		"wildcard in it": {get, `{"body":{"shelf":"a","id":7}}`, envelope.Request{Method: "GET", Target: "/shelves/a/books/7", Host: "api.test", Header: json, Body: []byte(`{"shelf":"a","id":7}`)}},
		"body and more":  {post, `{"body":1,"title":2}`, envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte(`{"body":1,"title":2}`)}},
		"text":           {post, "hello there\n", envelope.Request{Method: "POST", Target: "/books", Header: text, Body: []byte("hello there\n")}},
		"number":         {post, "7", envelope.Request{Method: "POST", Target: "/books", Header: json, Body: []byte("7")}},
		"form":           {post, "name=Ann&tag[]=a&tag[]=b%20c\n", envelope.Request{Method: "POST", Target: "/books", Header: pairs, Body: []byte("name=Ann&tag[]=a&tag[]=b%20c")}},
		"no form":        {post, "a=1 and b=2", envelope.Request{Method: "POST", Target: "/books", Header: text, Body: []byte("a=1 and b=2")}},
		"no form either": {post, "a=%zz", envelope.Request{Method: "POST", Target: "/books", Header: text, Body: []byte("a=%zz")}},
		"parts":          {post, parts, envelope.Request{Method: "POST", Target: "/books", Header: [][2]string{{"Content-Type", `multipart/form-data; boundary="b-1"`}}, Body: []byte(parts)}},
		"bytes":          {post, "\xff\x00", envelope.Request{Method: "POST", Target: "/books", Header: [][2]string{{"Content-Type", "application/octet-stream"}}, Body: []byte("\xff\x00")}},
		"escaped chars":  {post, `{"method":"PUT","path":"/x","body":"a\nb"}`, envelope.Request{Method: "PUT", Target: "/x", Body: []byte("a\nb")}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := envelope.ParseRequest(tc.routes, []byte(tc.event))
			if err != nil || !reflect.DeepEqual(*got, tc.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, tc.want)
			}
		})
	}
}

func TestParseRequestErrors(t *testing.T) {
	route := []web.Route{{Method: "GET", Pattern: "/books/{id}"}}
	for event, want := range map[string]string{
		`{"method":"GET","path":"/a%zz"}`:                               `member "path" of the request is "/a%zz", expected an encoded path that begins with a slash`,
		`{"method":"GET","path":"/a b\n"}`:                              `member "path" of the request is`,
		`{"method":"G T","path":"/"}`:                                   `member "method" of the request is "G T", expected a method such as GET`,
		`{"method":"GET","path":"/","headers":[]}`:                      "the request is of the wrong form: ",
		`{"method":"GET","path":"/","headers":{"A":1}}`:                 `header "A" of the request: expected a name, and a text or a list of texts`,
		`{"method":"GET","path":"/","headers":{"A":"x\r\nB: y"}}`:       `header "A" of the request`,
		`{"method":"GET","path":"/","headers":{"A b":"x"}}`:             `header "A b" of the request`,
		`{"method":"GET","path":"/","body":"%","isBase64Encoded":true}`: `member "body" of the request is not base64`,
		`{"method":"GET","path":"/","body":{},"isBase64Encoded":true}`:  `expected a text of base64`,
		`{"id":null}`: `route GET /books/{id} needs a value for {id}; put "id" into the event, or write a request: {"path": "/..."}`,
		``:            "needs a value for {id}",
		`{"id":{}}`:   "needs a value for {id}",
		`{"id":`:      "the event is not JSON: unexpected end of JSON input (at byte 6)",
	} {
		if _, err := envelope.ParseRequest(route, []byte(event)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", event, err, want)
		}
	}
	if _, err := envelope.ParseRequest(nil, []byte(`{}`)); err == nil || !strings.Contains(err.Error(), "the function has no http route") {
		t.Errorf("without routes: %v", err)
	}
}

func TestParseTimer(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	schedules := []timer.Schedule{{Name: "a", Payload: "pa"}, {Name: "b", Payload: "pb"}}
	for event, want := range map[string]timer.Event{
		``:                                     {Name: "a", Time: now.UTC(), Payload: "pa"},
		`{}`:                                   {Name: "a", Time: now.UTC(), Payload: "pa", Raw: []byte(`{}`)},
		`{"name":"b"}`:                         {Name: "b", Time: now.UTC(), Payload: "pb", Raw: []byte(`{"name":"b"}`)},
		`{"payload":""}`:                       {Name: "a", Time: now.UTC(), Raw: []byte(`{"payload":""}`)},
		`{"time":"2025-01-01T01:00:00+01:00"}`: {Name: "a", Time: at, Payload: "pa", Raw: []byte(`{"time":"2025-01-01T01:00:00+01:00"}`)},
	} {
		if got, err := envelope.ParseTimer(schedules, []byte(event), now); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v, %v\nwant %+v", event, got, err, want)
		}
	}
	for event, want := range map[string]string{
		`{"name":"c"}`: `the function has no timer "c"; it has a, b`,
		`[]`:           "expected a timer event",
		`{"nam":"a"}`:  "expected a timer event",
		`{"time":"x"}`: "expected a timer event",
		`{} {}`:        "expected a timer event",
	} {
		if _, err := envelope.ParseTimer(schedules, []byte(event), now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", event, err, want)
		}
	}
	if _, err := envelope.ParseTimer(nil, nil, now); err == nil {
		t.Error("no error without schedules")
	}
}

func TestKinds(t *testing.T) {
	for event, want := range map[string][2]bool{
		`{"method":"GET","path":"/"}`: {true, false}, `{"name":"x"}`: {false, true}, `{"name":"x","payload":"p"}`: {false, true},
		`{"name":1}`: {}, `{}`: {}, ``: {}, `null`: {}, `{"name":"x","title":"y"}`: {}, `{"method":"GET"}`: {}, `{"path":"/"}`: {true, false}, `{"path":"x"}`: {},
	} {
		if got := [2]bool{envelope.IsRequest([]byte(event)), envelope.IsTimer([]byte(event))}; got != want {
			t.Errorf("%s is a request, a timer: %v, want %v", event, got, want)
		}
	}
}

func TestKind(t *testing.T) {
	http, tick := web.Route{}, timer.Schedule{}
	both := []framework.Trigger{http, tick}
	for _, tc := range []struct {
		kinds []framework.Trigger
		event string
		want  string
	}{
		{nil, `{"path":"/"}`, "raw"}, {both, ``, "http"}, {both, `{"name":"n"}`, "timer"}, {both, `{"path":"/"}`, "http"},
		{[]framework.Trigger{tick, http}, `{}`, "timer"}, {[]framework.Trigger{tick, http}, `{"path":"/"}`, "http"}, {[]framework.Trigger{http}, `{"name":"n"}`, "http"},
		{[]framework.Trigger{raw.Trigger{}}, `{"path":"/"}`, "raw"},
	} {
		if got := envelope.Kind(tc.kinds, []byte(tc.event)); got != tc.want {
			t.Errorf("%v, %s: %s, want %s", tc.kinds, tc.event, got, tc.want)
		}
	}
	if string(envelope.Raw([]byte(" \n"))) != "{}" || string(envelope.Raw([]byte("[]"))) != "[]" {
		t.Error("raw payloads are changed")
	}
}

func TestOutcomeBody(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("text é"), {0xff, 0}, []byte("aGk=")} {
		var o envelope.Outcome
		o.SetBody(b)
		if got, err := o.Bytes(); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%q came back as %q, %v", b, got, err)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add("/books/{id}", `{"id":1}`)
	f.Add("/f/{p...}", `{"p":"a/b"}`)
	f.Add("/", `{"method":"GET","path":"/x?y","headers":{"A":["b"]},"body":{}}`)
	f.Fuzz(func(t *testing.T, pattern, event string) {
		r, err := envelope.ParseRequest([]web.Route{{Method: "POST", Pattern: "/x" + strings.Map(plain, pattern)}}, []byte(event))
		if err != nil {
			return
		}
		if _, err := url.ParseRequestURI(r.Target); err != nil {
			t.Errorf("%q, %q: target %q: %v", pattern, event, r.Target, err)
		}
	})
}

// plain keeps what a pattern's literals may have.
func plain(r rune) rune {
	if r == '{' || r == '}' || r == '/' || r == '.' || 'a' <= r && r <= 'z' {
		return r
	}
	return -1
}
