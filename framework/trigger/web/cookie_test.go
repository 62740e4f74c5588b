package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCookie(t *testing.T) {
	tests := []struct {
		header []string
		name   string
		want   string
		found  bool
	}{
		{[]string{"sid=1; theme=dark"}, "theme", "dark", true},
		{[]string{"sid=1;theme=dark"}, "sid", "1", true},
		{[]string{"sid=first; sid=second"}, "sid", "first", true},
		{[]string{"a=1", "b=2"}, "b", "2", true},
		{[]string{`q="a b"`}, "q", "a b", true},
		{[]string{"empty="}, "empty", "", true},
		{[]string{"bare; x=1"}, "bare", "", true},
		{[]string{"v=a=b"}, "v", "a=b", true},
		{[]string{" \tx =1 "}, "x", "1", true},
		{[]string{"x\n", "y\r =2\r\n"}, "x", "", true}, // the header came in JSON, which no line break ends
		{[]string{"y\r =2\r\n; z=3"}, "y", "2", true},
		{[]string{"x=\x01; x=2"}, "x", "2", true}, // an invalid one does not count
		{[]string{"X=1"}, "x", "", false},
		{[]string{";;=; =1"}, "", "", false},
		{nil, "x", "", false},
	}
	for _, tt := range tests {
		r := &Request{Header: Header{"Cookie": tt.header}}
		if got, found := r.Cookie(tt.name); got != tt.want || found != tt.found {
			t.Errorf("%q of %q: got %q %v, want %q %v", tt.name, tt.header, got, found, tt.want, tt.found)
		}
	}
}

func TestCookieHeader(t *testing.T) {
	expires := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600))
	tests := []struct {
		c         Cookie
		want, err string
	}{
		{Cookie{Name: "sid", Value: "1"}, "sid=1", ""},
		{Cookie{Name: "sid"}, "sid=", ""},
		{Cookie{Name: "q", Value: "a b,c"}, `q="a b,c"`, ""},
		{Cookie{Name: "all", Value: "v", Path: "/p", Domain: ".example.com", Expires: expires, MaxAge: 60, Secure: true, HttpOnly: true, SameSite: "Lax", Partitioned: true},
			"all=v; Path=/p; Domain=example.com; Expires=Wed, 04 Mar 2026 04:06:07 GMT; Max-Age=60; HttpOnly; Secure; SameSite=Lax; Partitioned", ""},
		{Cookie{Name: "gone", MaxAge: -1}, "gone=; Max-Age=0", ""},
		{Cookie{Name: "", Value: "x"}, "", `cookie name "": found a byte that is not allowed in a name`},
		{Cookie{Name: "a b"}, "", `cookie name "a b": found a byte that is not allowed in a name`},
		{Cookie{Name: "a", Value: "x\r\nSet-Cookie: b=1"}, "", `cookie a: found '\r' in the value, expected printable ASCII without quotes, semicolon and backslash; encode it`},
		{Cookie{Name: "a", Value: "x; Domain=evil"}, "", `cookie a: found ';' in the value, expected printable ASCII without quotes, semicolon and backslash; encode it`},
		{Cookie{Name: "a", Value: "é"}, "", `cookie a: found 'Ã' in the value, expected printable ASCII without quotes, semicolon and backslash; encode it`},
		{Cookie{Name: "a", Path: "/x; Secure"}, "", `cookie a: found ';' in the path "/x; Secure"`},
		{Cookie{Name: "a", Domain: "x;y"}, "", `cookie a: found the domain "x;y", expected a host name`},
		{Cookie{Name: "a", SameSite: "lax\n"}, "", `cookie a: found SameSite "lax\n", expected Lax, Strict or None`},
		{Cookie{Name: "a", Partitioned: true}, "", "cookie a: found Partitioned without Secure, and browsers refuse that"},
		{Cookie{Name: "a", Expires: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}, "", "cookie a: found the year 12000 in Expires, expected 1601 to 9999"},
	}
	for _, tt := range tests {
		got, err := tt.c.Header()
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%+v:\ngot  %q, %v\nwant %q, %s", tt.c, got, err, tt.want, tt.err)
		}
	}
}

// FuzzCookie: a cookie that is accepted is one header line which net/http reads back as it was, and what net/http reads of
// a Cookie header is what we read.
func FuzzCookie(f *testing.F) {
	f.Add("sid", "1", "/", "example.com", "a=1; b=2")
	f.Add("q", "a b,c", "/x y", "", `q="a b"; q=2`)
	f.Add("a", "x\r\nSet-Cookie: b=1", "\n", ";", "=;=;")
	f.Add("", "", "", "", "0\n")
	f.Fuzz(func(t *testing.T, name, value, path, domain, header string) {
		line, err := Cookie{Name: name, Value: value, Path: path, Domain: domain}.Header()
		if err == nil {
			if strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("a line break in %q", line)
			}
			back, err := http.ParseSetCookie(line)
			if err != nil || back.Name != name || back.Value != value || len(back.Unparsed) > 0 {
				t.Fatalf("%q is read back as %+v, %v", line, back, err)
			}
		}
		r := http.Request{Header: http.Header{"Cookie": {header}}}
		for _, c := range r.Cookies() {
			want, err := r.Cookie(c.Name)
			if err != nil {
				t.Fatal(err)
			}
			if got, found := (&Request{Header: Header{"Cookie": {header}}}).Cookie(c.Name); !found || got != want.Value {
				t.Fatalf("%q of %q: got %q %v, net/http says %q", c.Name, header, got, found, want.Value)
			}
		}
	})
}
