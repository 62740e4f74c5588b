package platformtest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// requestCase is one case of the peer's list (P: its http parser, F: its starters, G: what is known to go wrong in it) as
// a request and what the function sees of it.
type requestCase struct {
	id      string
	request sim.Request
	// want is what must be seen: path, rest, query, cookie, a header, always method and body.
	path, rest, cookie string
	query              map[string]string
	header             map[string]string
}

func requestCases() []requestCase {
	post := func(target, kind, body string) sim.Request {
		r := sim.Request{Method: "POST", Target: target, Body: []byte(body)}
		if kind != "" {
			r.Header = [][2]string{{"Content-Type", kind}}
		}
		return r
	}
	const multipart = "--b\r\nContent-Disposition: form-data; name=\"test\"\r\n\r\n123\r\n--b\r\nContent-Disposition: form-data; name=\"upfile\"; filename=\"file.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"
	return []requestCase{
		{id: "P1", request: post("/echo/test/value?foo=bar&bob=alice", "", `{"test":"body"}`), path: "/echo/test/value", rest: "test/value", query: map[string]string{"foo": "bar", "bob": "alice"}},
		{id: "P2", request: get("/echo/a", [2]string{"User-Agent", "User Agent String"}), path: "/echo/a", rest: "a", header: map[string]string{"User-Agent": "User Agent String"}},
		{id: "P6", request: get("/echo/a", [2]string{"Accept", "text/html,application/xml,application/json"}, [2]string{"Accept-Language", "en-US,en,cn"}), path: "/echo/a", rest: "a",
			header: map[string]string{"Accept": "text/html,application/xml,application/json", "Accept-Language": "en-US,en,cn"}},
		{id: "P12", request: get("/echo/daily/?a=1"), path: "/echo/daily/", rest: "daily/", query: map[string]string{"a": "1"}},
		{id: "P13", request: get("/echo/api?name=test"), path: "/echo/api", rest: "api", query: map[string]string{"name": "test"}},
		{id: "P14 text", request: post("/echo/api", "text/html", `{"c":"b"}`), path: "/echo/api", rest: "api", header: map[string]string{"Content-Type": "text/html"}},
		{id: "P14 json", request: post("/echo/api", "application/json; charset=utf-8", `{"c":"b"}`), path: "/echo/api", rest: "api", header: map[string]string{"Content-Type": "application/json; charset=utf-8"}},
		{id: "P14 form", request: post("/echo/api", "application/x-www-form-urlencoded", `{"c":"b"}`), path: "/echo/api", rest: "api"},
		{id: "P14 no type", request: post("/echo/api", "", `{"c":"b"}`), path: "/echo/api", rest: "api"},
		{id: "P25", request: get("/echo/c", [2]string{"Cookie", "_ga=GA1.2.690852134.1546410522; session=s.1=2"}), path: "/echo/c", rest: "c", cookie: "s.1=2"},
		{id: "P29", request: post("/echo/m", "multipart/form-data; boundary=b", multipart), path: "/echo/m", rest: "m", header: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}},
		{id: "F6", request: get("/echo/q?requestId=requestId"), path: "/echo/q", rest: "q", query: map[string]string{"requestId": "requestId"}},
		{id: "F10", request: get("/echo/wechat?echostr=hehe"), path: "/echo/wechat", rest: "wechat", query: map[string]string{"echostr": "hehe"}},
		{id: "F12", request: post("/echo/s", "application/json", `{"name":"fc request"}`), path: "/echo/s", rest: "s"},
		{id: "F14", request: post("/echo/test?q=testq", "text/json", `{"name":"test"}`), path: "/echo/test", rest: "test", query: map[string]string{"q": "testq"}},
		{id: "G patch", request: sim.Request{Method: "PATCH", Target: "/echo/p", Body: []byte("x=1")}, path: "/echo/p", rest: "p"},
		{id: "G dot", request: get("/echo/.well-known/acme"), path: "/echo/.well-known/acme", rest: ".well-known/acme"},
	}
}

// responseCase is one case of the list as what a function returns and what the client gets.
type responseCase struct {
	id     string
	do     fixture.Respond
	status int
	header map[string]string // an empty value is one that the function set and that is not sent; some ingresses put their own there
	cookie []string
	body   string
}

func responseCases() []responseCase {
	const text = "text/plain; charset=utf-8"
	one := func(name, value string) map[string][]string { return map[string][]string{name: {value}} }
	return []responseCase{
		{id: "P3", do: fixture.Respond{As: "text", Text: "x", Header: one("X-FaaS-Duration", "2100")}, status: 200, header: map[string]string{"X-Faas-Duration": "2100"}, body: "x"},
		{id: "P4 default", do: fixture.Respond{As: "text", Text: "x"}, status: 200, body: "x"},
		{id: "P4 set", do: fixture.Respond{As: "text", Text: "x", Status: 400}, status: 400, body: "x"},
		{id: "P5 text", do: fixture.Respond{As: "text", Text: "hello world"}, status: 200, header: map[string]string{"Content-Type": text}, body: "hello world"},
		{id: "P5 json", do: fixture.Respond{As: "json", Text: `{"a":1}`}, status: 200, header: map[string]string{"Content-Type": "application/json"}, body: `{"a":1}`},
		{id: "P8", do: fixture.Respond{As: "text", Text: "<p>", Header: one("Content-Type", "text/html; charset=utf-8")}, status: 200, header: map[string]string{"Content-Type": "text/html; charset=utf-8"}, body: "<p>"},
		{id: "P10", do: fixture.Respond{As: "text", Text: "x", Header: map[string][]string{"Etag": {`"1234"`}, "Last-Modified": {"Mon, 02 Jan 2006 15:04:05 GMT"}}}, status: 200,
			header: map[string]string{"Etag": `"1234"`, "Last-Modified": "Mon, 02 Jan 2006 15:04:05 GMT"}, body: "x"},
		{id: "P18", do: fixture.Respond{As: "none", Header: one("Content-Type", "text/html")}, status: 204, header: map[string]string{"Content-Type": ""}},
		{id: "P19", do: fixture.Respond{As: "bytes", Text: "buffer"}, status: 200, header: map[string]string{"Content-Type": "application/octet-stream"}, body: "buffer"},
		{id: "F4", do: fixture.Respond{As: "text", Text: `{"ok":true}`, Header: one("Content-Type", "application/json")}, status: 200, header: map[string]string{"Content-Type": "application/json"}, body: `{"ok":true}`},
		{id: "F13 redirect", do: fixture.Respond{As: "none", Status: 302, Header: one("Location", "https://example.com/a?b=c")}, status: 302, header: map[string]string{"Location": "https://example.com/a?b=c"}},
		{id: "F14 cookies", do: fixture.Respond{As: "text", Text: "x", Header: map[string][]string{"Set-Cookie": {"bbbb=123; path=/; httponly", "cccc=321; path=/; httponly"}}}, status: 200, cookie: []string{"bbbb=123; path=/; httponly", "cccc=321; path=/; httponly"}, body: "x"},
		{id: "G one cookie", do: fixture.Respond{As: "text", Text: "x", Header: one("Set-Cookie", "sid=1")}, status: 200, cookie: []string{"sid=1"}, body: "x"},
		{id: "G zero", do: fixture.Respond{As: "json", Text: "0"}, status: 200, body: "0"},
		{id: "G false", do: fixture.Respond{As: "json", Text: "false"}, status: 200, body: "false"},
		{id: "G empty", do: fixture.Respond{As: "text"}, status: 200, header: map[string]string{"Content-Type": text}},
		{id: "G created", do: fixture.Respond{As: "none", Status: 201}, status: 201},
		{id: "G not found", do: fixture.Respond{As: "none", Status: 404}, status: 404},
		{id: "G undefined", do: fixture.Respond{As: "text", Text: "undefined"}, status: 200, body: "undefined"},
		{id: "G header 0", do: fixture.Respond{As: "text", Text: "x", Header: one("X-N", "0")}, status: 200, header: map[string]string{"X-N": "0"}, body: "x"},
	}
}

// cases walks the list of what the peer has to pass.
func (s *suite) cases(t *testing.T, p *process) {
	for _, tt := range requestCases() {
		t.Run(tt.id, func(t *testing.T) {
			response := p.call(t, tt.request)
			if response.Status != 200 {
				t.Fatalf("status %d, body %.300q", response.Status, response.Body)
			}
			e := decode[fixture.Echo](t, response.Body)
			same(t, "method", e.Method, tt.request.Method)
			same(t, "path", e.Path, tt.path)
			same(t, "path value rest", e.Rest, tt.rest)
			same(t, "cookie session", e.Cookie, tt.cookie)
			same(t, "body", string(e.Body), string(tt.request.Body))
			if len(e.Query) != len(tt.query) {
				t.Errorf("query %q, want %q", e.Query, tt.query)
			}
			for name, want := range tt.query {
				same(t, "query "+name, strings.Join(e.Query[name], "&"), want)
			}
			for name, want := range tt.header {
				same(t, "header "+name, joined(e.Header[name]), joined([]string{want}))
			}
			if !strings.Contains(e.Host, ".") { // P7: the client's, or that of the vendor's domain
				t.Errorf("host %q", e.Host)
			}
		})
	}
	for _, tt := range responseCases() {
		t.Run(tt.id, func(t *testing.T) {
			body, err := json.Marshal(tt.do)
			if err != nil {
				t.Fatal(err)
			}
			response := p.call(t, sim.Request{Method: "POST", Target: "/respond", Header: [][2]string{{"Content-Type", "application/json"}}, Body: body})
			if response.Status != tt.status || string(response.Body) != tt.body && s.Lacks&BinaryResponse == 0 {
				t.Errorf("status %d and body %.300q, want %d and %q", response.Status, response.Body, tt.status, tt.body)
			}
			for name, want := range tt.header {
				got := joined(response.Values(name))
				if want != "" {
					same(t, "header "+name, got, joined([]string{want}))
				} else if got == joined(tt.do.Header[name]) {
					t.Errorf("header %s: found %q, want it taken out", name, got)
				}
			}
			if got := response.Values("Set-Cookie"); s.Lacks&SeveralCookies != 0 && len(tt.cookie) > 1 {
				if len(got) != 1 || !strings.Contains(strings.Join(tt.cookie, "\n"), got[0]) {
					t.Errorf("Set-Cookie %q, want one of %q", got, tt.cookie)
				}
			} else if strings.Join(got, "\n") != strings.Join(tt.cookie, "\n") {
				t.Errorf("Set-Cookie %q, want %q", got, tt.cookie)
			}
		})
	}
}
