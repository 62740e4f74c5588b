package web

import (
	"errors"
	"net/http"

	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/faasgen/faasgen/framework"
)

func TestRedirect(t *testing.T) {
	for _, tt := range []struct {
		status int
		to     string
		want   int
		place  string
	}{
		{303, "/thanks", 303, "/thanks"},
		{301, "https://example.com/a?b=c#d", 301, "https://example.com/a?b=c#d"},
		{308, "/ü b", 308, "/%C3%BC%20b"},
		{302, `/"<>\`, 302, "/%22%3C%3E%5C"},
		{307, "/100%25", 307, "/100%25"},
		{303, "/a\r\nSet-Cookie: b=1", 500, ""},
		{303, "", 500, ""},
		{200, "/a", 500, ""},
		{304, "/a", 500, ""},
	} {
		x := NewExchange(Request{Method: "POST"})
		r := x.Respond(Redirect(tt.status, tt.to), nil, ErrorInfo{Log: quiet()})
		if r.Status != tt.want || Header(r.Header).Get("Location") != tt.place || tt.want != 500 && len(r.Body) > 0 {
			t.Errorf("%d %q: %d to %q", tt.status, tt.to, r.Status, Header(r.Header).Get("Location"))
		}
	}
}

func TestPages(t *testing.T) {
	r := NewExchange(Request{Method: "GET"}).Respond(HTML("<p>ü"), nil, ErrorInfo{})
	if r.Status != 200 || string(r.Body) != "<p>ü" || Header(r.Header).Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %q %q", r.Status, r.Body, r.Header)
	}
	page := template.Must(template.New("page").Parse(`<p>{{.Name}}{{.Fail}}`))
	r, err := Render(page, map[string]string{"Name": "n", "Fail": ""})
	if err != nil || string(r.Body) != "<p>n" || Header(r.Header).Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err = Render(page, struct{ Name string }{"n"}); err == nil || r != nil {
		t.Errorf("a template that fails: %+v, %v", r, err)
	}
}

func TestDownload(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf":      `attachment; filename="report.pdf"`,
		"a b;c.txt":       `attachment; filename="a b;c.txt"`,
		"":                `attachment`,
		`ü"\.txt`:         `attachment; filename="___.txt"; filename*=UTF-8''%C3%BC%22%5C.txt`,
		"a\r\nX: b":       `attachment; filename="a__X: b"; filename*=UTF-8''a%0D%0AX%3A%20b`,
		"../../etc/hosts": `attachment; filename=".._.._etc_hosts"; filename*=UTF-8''..%2F..%2Fetc%2Fhosts`,
		"100%25":          `attachment; filename="100_25"; filename*=UTF-8''100%2525`,
		"\xff":            `attachment; filename="_"; filename*=UTF-8''%FF`,
	} {
		r := NewExchange(Request{Method: "GET"}).Respond(Download(name, "", strings.NewReader("12345")), nil, ErrorInfo{Log: quiet()})
		h := Header(r.Header)
		if got := h.Get("Content-Disposition"); r.Status != 200 || got != want || h.Get("Content-Length") != "5" || h.Get("Content-Type") != "application/octet-stream" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: %d %q, want %q", name, r.Status, h, want)
		}
	}
	c := &closing{Reader: strings.NewReader("x")}
	r := NewExchange(Request{Method: "HEAD"}).Respond(Download("a", "text/csv", c), nil, ErrorInfo{})
	if !c.closed || r.Reader != nil || Header(r.Header).Get("Content-Type") != "text/csv" || Header(r.Header).Has("Content-Length") {
		t.Errorf("HEAD: %+v, closed %t", r, c.closed)
	}
}

func TestPrecondition(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	const same, before, after = "Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:04 GMT", "Friday, 02-Jan-26 03:04:06 GMT"
	both, none := Version{ETag: "v2", Modified: at}, Version{}
	for _, tt := range []struct {
		name, method string
		v            Version
		header       Header
		want         int
	}{
		{"nothing asked", "GET", both, Header{}, 200},
		{"the same", "GET", both, Header{"If-None-Match": {`"v1", "v2"`}}, 304},
		{"a weak one of the same", "HEAD", both, Header{"If-None-Match": {`W/"v2"`}}, 304},
		{"another", "GET", both, Header{"If-None-Match": {`"v1"`}}, 200},
		{"another, and the same time", "GET", both, Header{"If-None-Match": {`"v1"`}, "If-Modified-Since": {same}}, 200},
		{"any", "GET", both, Header{"If-None-Match": {"*"}}, 304},
		{"any, and there is none", "GET", none, Header{"If-None-Match": {"*"}}, 200},
		{"no list", "GET", both, Header{"If-None-Match": {"v2"}}, 200},
		{"the same time", "GET", both, Header{"If-Modified-Since": {same}}, 304},
		{"a later time", "GET", both, Header{"If-Modified-Since": {after}}, 304},
		{"an earlier time", "GET", both, Header{"If-Modified-Since": {before}}, 200},
		{"no time", "GET", both, Header{"If-Modified-Since": {"yesterday"}}, 200},
		{"two times", "GET", both, Header{"If-Modified-Since": {same, same}}, 200},
		{"a time, and none is known", "GET", Version{ETag: "v2"}, Header{"If-Modified-Since": {after}}, 200},
		{"a time, of a change", "PUT", both, Header{"If-Modified-Since": {same}}, 200},
		{"change of the same", "PUT", both, Header{"If-Match": {`"v2"`}}, 200},
		{"change of another", "PUT", both, Header{"If-Match": {`"v1"`}}, 412},
		{"change by a weak tag", "PUT", both, Header{"If-Match": {`W/"v2"`}}, 412},
		{"change of any", "DELETE", both, Header{"If-Match": {"*"}}, 200},
		{"change of what is not there", "DELETE", none, Header{"If-Match": {"*"}}, 412},
		{"creation", "PUT", none, Header{"If-None-Match": {"*"}}, 200},
		{"creation of what is there", "PUT", both, Header{"If-None-Match": {"*"}}, 412},
		{"change since", "PUT", both, Header{"If-Unmodified-Since": {before}}, 412},
		{"no change since", "PUT", both, Header{"If-Unmodified-Since": {same}}, 200},
		{"a tag wins over a time", "PUT", both, Header{"If-Match": {`"v2"`}, "If-Unmodified-Since": {before}}, 200},
		{"read of another", "GET", both, Header{"If-Match": {`"v1"`}}, 412},
		{"a weak version", "GET", Version{ETag: `W/"v2"`}, Header{"If-None-Match": {`"v2"`}}, 304},
	} {
		x := NewExchange(Request{Method: tt.method, Header: tt.header})
		x.Header().Set("Cache-Control", "max-age=5")
		err := x.Precondition(tt.v)
		var result any
		if err == nil {
			result = "body"
		}
		status := x.Outcome(result, err, Route{})
		r := x.Respond(result, err, ErrorInfo{Log: quiet()})
		h := Header(r.Header)
		if r.Status != tt.want || status != tt.want {
			t.Errorf("%s: status %d, and %d in the log; want %d", tt.name, r.Status, status, tt.want)
		}
		if r.Status == 304 && (len(r.Body) > 0 || h.Get("Cache-Control") != "max-age=5" || h.Has("Content-Length") || h.Get("Etag") == "") {
			t.Errorf("%s: %q with %q", tt.name, r.Body, h)
		}
		if tt.method == "GET" && r.Status == 200 && tt.v.ETag == "v2" && h.Get("Etag") != `"v2"` {
			t.Errorf("%s: ETag %q", tt.name, h.Get("Etag"))
		}
	}
}

func TestAccepts(t *testing.T) {
	for _, tt := range []struct {
		accept string
		want   string
	}{
		{"", "a/json"},
		{"*/*", "a/json"},
		{"text/html", "text/html"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"},
		{"a/json, text/plain, */*", "a/json"},
		{"text/*", "text/html"},
		{"text/*;q=0.5, text/plain", "text/plain"},
		{"TEXT/Plain; charset=utf-8 ; Q=1", "text/plain"},
		{"a/json;q=0", ""},
		{"image/png", ""},
		{"*/*;q=0.1, a/json;q=0", "text/html"},
		{"a/json;q=nan, text/html;q=0.9", "a/json"},
		{"a/json;q=0.5;x=1, text/html; Q=0.501", "text/html"},
		{"a/json;q=0.9999, text/html;q=0.999", "a/json"},
		{"a/json;q, text/html;q=", "a/json"},
		{",;=,/,text", ""},
		{"text/plain;q=0.001", "text/plain"},
	} {
		r := &Request{Header: Header{}}
		if tt.accept != "" {
			r.Header["Accept"] = []string{tt.accept}
		}
		if got := r.Accepts("a/json", "text/html", "text/plain"); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.accept, got, tt.want)
		}
	}
}

// An error is shown in the form that the client wants, and never as what it could be taken for.
func TestErrorForms(t *testing.T) {
	err := &framework.Error{Status: 400, Code: "invalid_request", Message: "the request has <fields>", Fields: []framework.FieldError{
		{In: "form", Name: "age", Message: `found "<script>", expected an integer`}, {In: "body", Message: "found & so on"}}}
	for accept, want := range map[string]string{
		"": `application/problem+json {"type":"about:blank","title":"Bad Request","status":400,"detail":"the request has <fields>","code":"invalid_request","request_id":"r'1",` +
			`"errors":[{"in":"form","name":"age","message":"found \"<script>\", expected an integer"},{"in":"body","name":"","message":"found & so on"}],"cause":"<why>"}`,
		"text/plain": "text/plain; charset=utf-8 Bad Request\nthe request has <fields>\nform age: found \"<script>\", expected an integer\nbody: found & so on\n<why>\nr'1\n",
		"text/html,*/*;q=0.8": "text/html; charset=utf-8 <!doctype html>\n<meta charset=utf-8>\n<title>Error</title>\n<p>Bad Request\n<p>the request has &lt;fields&gt;\n" +
			"<li>form age: found \"&lt;script&gt;\", expected an integer\n<li>body: found &amp; so on\n<p>&lt;why&gt;\n<p>r'1\n",
	} {
		x := NewExchange(Request{Method: "POST", Header: Header{}})
		if accept != "" {
			x.Request.Header["Accept"] = []string{accept}
		}
		stated := *err
		stated.Err = errors.New("<why>")
		r := x.Respond(nil, &stated, ErrorInfo{Log: quiet(), Dev: true, RequestID: "r'1"})
		if got := Header(r.Header).Get("Content-Type") + " " + string(r.Body); r.Status != 400 || got != want {
			t.Errorf("%q: %d\n%s\nwant\n%s", accept, r.Status, got, want)
		}
	}
	for accept, want := range map[string]string{"image/png": problemJSON, "application/json": problemJSON, "text/*": problemHTML} {
		x := NewExchange(Request{Method: "GET", Header: Header{"Accept": {accept}}})
		if got := Header(x.Refuse(Match{Status: 404}, ErrorInfo{}).Header).Get("Content-Type"); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
}

// A response takes the headers of net/http as its own.
func TestForeignHeader(t *testing.T) {
	x := NewExchange(Request{Method: "GET"})
	x.SetCookie(Cookie{Name: "a", Value: "1"})
	r := x.Respond(&Response{Header: http.Header{"Set-Cookie": {"b=2"}, "x-lower": {"1"}, "Connection": {"close"}}, Body: []byte("b")}, nil, ErrorInfo{})
	h := Header(r.Header)
	if got := h.Values("Set-Cookie"); len(got) != 2 || h.Get("X-Lower") != "1" || h.Has("Connection") {
		t.Errorf("%q", h)
	}
}

func TestSameOrigin(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		header       Header
		refused      bool
	}{
		{"no browser", "POST", Header{}, false},
		{"the page itself", "POST", Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"https://shop.example.com"}}, false},
		{"typed in", "POST", Header{"Sec-Fetch-Site": {"none"}}, false},
		{"a page of the same site", "POST", Header{"Sec-Fetch-Site": {"same-site"}}, true},
		{"a page of another site", "POST", Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://shop.example.com"}}, true},
		{"an old browser", "POST", Header{"Origin": {"https://shop.example.com"}}, false},
		{"an old browser elsewhere", "DELETE", Header{"Origin": {"https://evil.example.com"}}, true},
		{"a page without an origin", "PUT", Header{"Origin": {"null"}}, true},
		{"a link", "GET", Header{"Sec-Fetch-Site": {"cross-site"}}, false},
		{"a preflight", "OPTIONS", Header{"Origin": {"https://evil.example.com"}}, false},
	} {
		err := NewExchange(Request{Method: tt.method, Host: "shop.example.com", Header: tt.header}).SameOrigin()
		var stated *framework.Error
		if refused := errors.As(err, &stated) && stated.Status == 403; refused != tt.refused || (err != nil) != tt.refused {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
