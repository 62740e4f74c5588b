package platformtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// call sends a request that must be answered.
func (p *process) call(t *testing.T, r sim.Request) *sim.Response {
	t.Helper()
	if r.Host == "" {
		r.Host = "shop.example.com"
	}
	response, err := p.HTTP(within(t), &r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.Target, err)
	}
	return response
}

func get(target string, header ...[2]string) sim.Request {
	return sim.Request{Method: "GET", Target: target, Header: header}
}

func decode[T any](t *testing.T, body []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("decode %.300q: %v", body, err)
	}
	return v
}

// requests checks that a function sees what the client sent.
func (s *suite) requests(t *testing.T, p *process) {
	binary := fixture.AllBytes()
	for _, tt := range []struct {
		name    string
		request sim.Request
		path    string
		rest    string
		query   map[string][]string
		header  map[string]string
		cookie  string
	}{
		{name: "plain", request: get("/echo/a"), path: "/echo/a", rest: "a"},
		{name: "encoded path", request: get("/echo/a%20b/%C3%BC"), path: "/echo/a b/ü", rest: "a b/ü"},
		{name: "encoded percent", request: get("/echo/100%25"), path: "/echo/100%", rest: "100%"},
		{name: "encoded slash", request: get("/echo/a%2Fb/c"), path: "/echo/a/b/c", rest: "a/b/c"},
		{
			name: "query", request: get("/echo/q?q=a%20b&tag=x&tag=y%26z&empty=&plus=1%2B1&%C3%BC=%C3%A4"), path: "/echo/q", rest: "q",
			query: map[string][]string{"q": {"a b"}, "tag": {"x", "y&z"}, "empty": {""}, "plus": {"1+1"}, "ü": {"ä"}},
		},
		{
			name:    "headers",
			request: get("/echo/h", [2]string{"x-lower", "1"}, [2]string{"X-Several", "one"}, [2]string{"X-Several", "two"}, [2]string{"X-Date", "Mon, 02 Jan 2006 15:04:05 GMT"}),
			path:    "/echo/h", rest: "h", header: map[string]string{"X-Lower": "1", "X-Several": "one, two", "X-Date": "Mon, 02 Jan 2006 15:04:05 GMT"},
		},
		{name: "cookies", request: get("/echo/c", [2]string{"Cookie", "a=1; session=s%3D1; b=2"}), path: "/echo/c", rest: "c", header: map[string]string{"Cookie": "a=1; session=s%3D1; b=2"}, cookie: "s%3D1"},
		{name: "text body", request: sim.Request{Method: "PUT", Target: "/echo/t", Header: [][2]string{{"Content-Type", "text/plain"}}, Body: []byte("grüße\x00\n")}, path: "/echo/t", rest: "t", header: map[string]string{"Content-Type": "text/plain"}},
		{name: "json body", request: sim.Request{Method: "PATCH", Target: "/echo/j", Header: [][2]string{{"Content-Type", "application/json"}}, Body: []byte(`{"a":"<>\"\\"}`)}, path: "/echo/j", rest: "j"},
		{name: "binary body", request: sim.Request{Method: "POST", Target: "/echo/b", Header: [][2]string{{"Content-Type", "application/octet-stream"}}, Body: binary}, path: "/echo/b", rest: "b"},
		{name: "binary body without a type", request: sim.Request{Method: "POST", Target: "/echo/b", Body: binary}, path: "/echo/b", rest: "b"},
		{name: "options", request: sim.Request{Method: "OPTIONS", Target: "/echo/o", Header: [][2]string{{"Access-Control-Request-Method", "PUT"}}}, path: "/echo/o", rest: "o", header: map[string]string{"Access-Control-Request-Method": "PUT"}},
		{name: "empty rest", request: get("/echo/"), path: "/echo/", rest: ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.HasPrefix(tt.name, "binary") && s.Lacks&BinaryRequest != 0 {
				t.Skip("the platform cannot carry it")
			}
			response := p.call(t, tt.request)
			if response.Status != 200 {
				t.Fatalf("status %d, body %.300q", response.Status, response.Body)
			}
			e := decode[fixture.Echo](t, response.Body)
			same(t, "method", e.Method, tt.request.Method)
			same(t, "path", e.Path, tt.path)
			same(t, "path value rest", e.Rest, tt.rest)
			same(t, "pattern", e.Pattern, "/echo/{rest...}")
			same(t, "cookie session", e.Cookie, tt.cookie)
			query, header := tt.query, tt.header
			if s.Lacks&RepeatedValues != 0 {
				query, header = lastValues(query), maps.Clone(header)
				if header["X-Several"] != "" {
					header["X-Several"] = "two"
				}
			}
			if !maps.EqualFunc(e.Query, query, slices.Equal) {
				t.Errorf("query %q, want %q", e.Query, query)
			}
			for name, want := range header {
				same(t, "header "+name, joined(e.Header[name]), joined([]string{want}))
			}
			if !bytes.Equal(e.Body, tt.request.Body) {
				t.Errorf("body %.300q, want %.300q", e.Body, tt.request.Body)
			}
			if e.RequestID == "" {
				t.Error("the request id is empty")
			}
			if e.Host == "" || e.Header["Host"] != nil {
				t.Errorf("host %q and header Host %q, want the host alone", e.Host, e.Header["Host"])
			}
			if _, err := netip.ParseAddr(e.RemoteAddr); e.RemoteAddr != "" && err != nil {
				t.Errorf("remote address %q, want an IP address or nothing", e.RemoteAddr)
			}
			if e.Proto != "http" && e.Proto != "https" {
				t.Errorf("protocol %q, want http or https", e.Proto)
			}
		})
	}
}

func lastValues(all map[string][]string) map[string][]string {
	last := map[string][]string{}
	for name, values := range all {
		last[name] = values[len(values)-1:]
	}
	return last
}

// joined writes the values of a header as one, which means the same for every header but Set-Cookie.
func joined(values []string) string {
	return strings.ReplaceAll(strings.Join(values, ", "), ", ", ",")
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: found %.300q, want %.300q", what, got, want)
	}
}

// responses checks that the client gets what the function returned.
func (s *suite) responses(t *testing.T, p *process) {
	for _, tt := range []struct {
		name    string
		request sim.Request
		status  int
		header  map[string]string
		body    string
	}{
		{"text", get("/text"), 200, map[string]string{"Content-Type": "text/plain; charset=utf-8"}, "grüße 世界\n"},
		{"json", sim.Request{Method: "POST", Target: "/created"}, 201, map[string]string{"Content-Type": "application/json", "Location": "/echo/1"}, `{"id":"1","text":"<ü>"}`},
		{"binary", get("/binary"), 200, map[string]string{"Content-Type": "image/png"}, string(fixture.AllBytes())},
		{"nothing", sim.Request{Method: "DELETE", Target: "/nothing"}, 204, nil, ""},
		{"status alone", get("/status/418"), 418, nil, ""},
		{"status with headers", get("/headers"), 200, map[string]string{"X-Several": "one, two", "X-Date": "Mon, 02 Jan 2006 15:04:05 GMT", "Cache-Control": "no-store"}, "headers"},
		{"whole response", get("/response"), 203, map[string]string{"Content-Type": "text/html", "X-Own": "yes"}, "<p>"},
		{"stream", get("/stream"), 200, map[string]string{"Content-Type": "text/csv"}, "a,b\n1,2\n"},
		{"head", sim.Request{Method: "HEAD", Target: "/text"}, 200, map[string]string{"Content-Type": "text/plain; charset=utf-8"}, ""},
		{"cookies", get("/cookies"), 200, nil, "cookies"},
		{"segment", get("/segment/a%20b%25"), 200, nil, "a b%"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "binary" && s.Lacks&BinaryResponse != 0 {
				t.Skip("the platform cannot carry it")
			}
			response := p.call(t, tt.request)
			if response.Status != tt.status || string(response.Body) != tt.body {
				t.Errorf("status %d and body %.300q, want %d and %.300q", response.Status, response.Body, tt.status, tt.body)
			}
			for name, want := range tt.header {
				same(t, "header "+name, joined(response.Values(name)), joined([]string{want}))
			}
			if tt.name != "cookies" {
				return
			}
			want := []string{"first=1; Path=/; HttpOnly", "second=zwei; Expires=Wed, 02 Jan 2030 03:04:05 GMT"}
			got := response.Values("Set-Cookie")
			slices.Sort(got)
			if s.Lacks&SeveralCookies != 0 {
				if len(got) != 1 || !slices.Contains(want, got[0]) {
					t.Errorf("Set-Cookie %q, want one of %q", got, want)
				}
			} else if !slices.Equal(got, want) {
				t.Errorf("Set-Cookie %q, want %q", got, want)
			}
		})
	}
}

// binding checks what generated code makes of a request, right and wrong.
func (s *suite) binding(t *testing.T, p *process) {
	if s.Lacks&EncodedPath == 0 {
		if response := p.call(t, get("/segment/a%2Fb")); response.Status != 200 || string(response.Body) != "a/b" {
			t.Errorf("an encoded slash in a segment: status %d, %.300q; want a/b", response.Status, response.Body)
		}
	}
	post := func(target, body string, header ...[2]string) *sim.Response {
		header = append(header, [2]string{"Content-Type", "application/json"})
		return p.call(t, sim.Request{Method: "POST", Target: target, Header: header, Body: []byte(body)})
	}
	response := post("/bind/7?limit=5&tag=a&tag=b", `{"id":99,"title":"ü","price":{"amount":3}}`, [2]string{"X-Token", "t"})
	tags := `["a","b"]`
	if s.Lacks&RepeatedValues != 0 {
		tags = `["b"]`
	}
	if want := `{"id":7,"limit":5,"Tags":` + tags + `,"Token":"t","title":"ü","price":{"amount":3,"currency":""}}`; response.Status != 200 || string(response.Body) != want {
		t.Errorf("status %d, bound %s, want %s", response.Status, response.Body, want)
	}
	response = post("/bind/x?limit=many", `{"title":1,"price":{"amount":"3"}}`)
	var doc struct {
		Status int
		Errors []framework.FieldError
	}
	if json.Unmarshal(response.Body, &doc) != nil || response.Status != 400 || doc.Status != 400 {
		t.Fatalf("a wrong request: status %d, %s", response.Status, response.Body)
	}
	var got []string
	for _, e := range doc.Errors {
		got = append(got, e.In+" "+e.Name)
	}
	slices.Sort(got)
	if want := []string{"body price.amount", "body title", "header X-Token", "path id", "query limit"}; !slices.Equal(got, want) {
		t.Errorf("wrong fields %q, want all of %q", got, want)
	}
	if response = post("/bind/1", `{"title":`, [2]string{"X-Token", "t"}); response.Status != 400 {
		t.Errorf("a body cut short: status %d, %s", response.Status, response.Body)
	}
}

// problem is the part of a problem document that the suite looks at.
type problem struct {
	Status    int
	Code      string
	Detail    string
	RequestID string `json:"request_id"`
}

// failures checks what the client sees of errors, and that the process is none the worse.
func (s *suite) failures(t *testing.T, p *process) {
	count := func(t *testing.T) int {
		t.Helper()
		return decode[int](t, p.call(t, get("/count")).Body)
	}
	for _, tt := range []struct {
		name    string
		request sim.Request
		status  int
		code    string
		header  map[string]string
	}{
		{"error", get("/error"), 500, "internal", nil},
		{"stated error keeps headers", get("/fail"), 409, "out_of_stock", map[string]string{"Access-Control-Allow-Origin": "https://example.com"}},
		{"panic", get("/panic"), 500, "", nil},
		{"deadline ignored", get("/ignore-deadline"), 504, "deadline_exceeded", nil},
		{"no route", get("/nowhere"), 404, "not_found", nil},
		{"unclean path", get("/echo/../text"), 404, "not_found", nil},
		{"wrong method", sim.Request{Method: "POST", Target: "/text"}, 405, "method_not_allowed", map[string]string{"Allow": "GET, HEAD"}},
		{"options without a route", sim.Request{Method: "OPTIONS", Target: "/text"}, 405, "method_not_allowed", map[string]string{"Allow": "GET, HEAD"}},
		{"status that is none", get("/status/42"), 500, "internal", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := count(t)
			response := p.call(t, tt.request)
			if response.Status != tt.status {
				t.Errorf("status %d, want %d; body %.300q", response.Status, tt.status, response.Body)
			}
			same(t, "Content-Type", joined(response.Values("Content-Type")), "application/problem+json")
			for name, want := range tt.header {
				same(t, "header "+name, joined(response.Values(name)), joined([]string{want}))
			}
			if bytes.Contains(response.Body, []byte(fixture.Secret)) {
				t.Errorf("the text of an error reached the caller: %s", response.Body)
			}
			doc := decode[problem](t, response.Body)
			if doc.Status != tt.status || doc.RequestID == "" || (tt.code != "" && doc.Code != tt.code) {
				t.Errorf("problem %+v, want status %d, code %q and a request id", doc, tt.status, tt.code)
			}
			if after := count(t); after != before+1 {
				t.Errorf("the next call was number %d of its process, want %d: the process did not survive", after, before+1)
			}
		})
	}
	p.out.wait(t, "panic in handler")
	p.out.wait(t, fixture.Secret)
}

// sizes checks bodies of 7 MB, which not every vendor carries; the process must not mind.
func (s *suite) sizes(t *testing.T, p *process) {
	const size = 7 << 20
	large := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	for _, body := range [][]byte{large[:100<<10], large} {
		response := p.call(t, sim.Request{Method: "POST", Target: "/body", Header: [][2]string{{"Content-Type", "text/plain"}}, Body: body})
		if s.MaxRequest > 0 && len(body) > s.MaxRequest {
			if response.Status < 400 {
				t.Errorf("a request of %d bytes: status %d, want the vendor's refusal", len(body), response.Status)
			}
		} else if response.Status != 200 || string(response.Body) != fixture.Digest(body) {
			t.Errorf("a request of %d bytes: status %d, the function saw %.200q, want %q", len(body), response.Status, response.Body, fixture.Digest(body))
		}
	}
	for _, n := range []int{100 << 10, size} {
		response := p.call(t, get(fmt.Sprint("/bytes/", n)))
		if s.MaxResponse > 0 && n > s.MaxResponse {
			if response.Status < 400 { // each vendor has a status of its own for it
				t.Errorf("a response of %d bytes: status %d, want an error", n, response.Status)
			}
		} else if response.Status != 200 || !bytes.Equal(response.Body, bytes.Repeat([]byte("x"), n)) {
			t.Errorf("a response of %d bytes: status %d, %d bytes", n, response.Status, len(response.Body))
		}
	}
	if response := p.call(t, get("/text")); response.Status != 200 {
		t.Errorf("the next call: status %d", response.Status)
	}
}
