package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestParsePattern(t *testing.T) {
	tests := []struct{ method, pattern, want string }{
		{"GET", "/books", "GET /books"},
		{"get", "/books/:id", "GET /books/{id}"},
		{"", "/", "/"},
		{"ANY", "/*", "/{rest...}"},
		{"any", "/files/*", "/files/{rest...}"},
		{"POST", "/a/:b/c/:d_2", "POST /a/{b}/c/{d_2}"},
		{"PROPFIND", "/dav/{path...}", "PROPFIND /dav/{path...}"},
		{"GET", "/dir/", "GET /dir/"},
		{"GET", "/dir/{$}", "GET /dir/{$}"},
		{"GET", "/v1/books:search", "GET /v1/books:search"},
		{"GET", "/%3Aid/%2A", "GET /%3Aid/%2A"},
		{"GET", "/caf%C3%A9/é", "GET /caf%C3%A9/é"},
		{"GET", "/:größe", "GET /{größe}"},
		{"GET", "/.well-known/x", "GET /.well-known/x"},
	}
	for _, tt := range tests {
		r, err := ParsePattern(tt.method, tt.pattern)
		if err != nil {
			t.Errorf("%s %s: %v", tt.method, tt.pattern, err)
			continue
		}
		if r.String() != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.method, tt.pattern, r, tt.want)
		}
		if again, err := ParsePattern(r.Method, r.Pattern); err != nil || again != r {
			t.Errorf("%s %s: the canonical form gives %q, %v", tt.method, tt.pattern, again, err)
		}
	}
}

func TestParsePatternErrors(t *testing.T) {
	tests := []struct {
		method, pattern string
		offset, length  int
		message         string
	}{
		{"GET", "", 0, 0, `found "", expected a path that starts with /`},
		{"GET", "books", 0, 5, `found "books", expected a path that starts with /`},
		{"G T", "/", -1, 0, `found "G T", expected a method such as GET, or ANY`},
		{"GET,POST", "/", -1, 0, `found "GET,POST", expected a method such as GET, or ANY`},
		{"GET", "/a//b", 2, 2, "found //, expected one slash"},
		{"GET", "//", 0, 2, "found //, expected one slash"},
		{"GET", "/a/./b", 3, 1, "found ., expected a path without it: /a/b"},
		{"GET", "/a/../b", 3, 2, "found .., expected a path without it: /b"},
		{"GET", "/a/{id", 3, 3, `found "{id", expected a wildcard to be a whole segment such as {id}`},
		{"GET", "/a/x{id}", 3, 5, `found "x{id}", expected a wildcard to be a whole segment such as {id}`},
		{"GET", "/a/{id}x", 3, 5, `found "{id}x", expected a wildcard to be a whole segment such as {id}`},
		{"GET", "/a/{}", 3, 2, "found {}, expected a name in it: {id}"},
		{"GET", "/a/{...}", 3, 5, "found {...}, expected a name in it: {id}"},
		{"GET", "/a/{1d}", 4, 2, `found "1d", expected a name of letters, digits and _ that starts with no digit`},
		{"GET", "/a/{i-d}/b", 4, 3, `found "i-d", expected a name of letters, digits and _ that starts with no digit`},
		{"GET", "/{$}/b", 1, 3, "found {$} before the end; it ends a path"},
		{"GET", "/{r...}/b", 1, 6, "found {r...} before the end; it takes all that is left of a path: for one segment write {r}"},
		{"GET", "/{a}/{b}/{a}", 9, 3, "found a second wildcard named a, expected each name once"},
		{"GET", "/{rest}/*", 8, 1, "found a second wildcard named rest, expected each name once"},
		{"GET", "/*/b", 1, 1, "found * before the end; it takes all that is left of a path: for one segment write {name}"},
		{"GET", "/*path", 1, 5, `found "*path", expected a whole segment: {path...}`},
		{"GET", "/a*", 2, 1, `found '*' inside a segment, expected a wildcard to be a whole segment; a literal one is written %2A`},
		{"GET", "/a}", 2, 1, `found '}' inside a segment, expected a wildcard to be a whole segment; a literal one is written %7D`},
		{"GET", "/:", 1, 1, `found ":", expected a colon and a name: :id`},
		{"GET", "/:id?/x", 4, 1, `found '?', which a path cannot have; a literal one is written %3F`},
		{"GET", "/:id(\\d+)", 5, 1, `found '\\', which a path cannot have; a literal one is written %5C`},
		{"GET", "/a b", 2, 1, `found ' ', which a path cannot have; a literal one is written %20`},
		{"GET", "/a#b", 2, 1, `found '#', which a path cannot have; a literal one is written %23`},
		{"GET", "/a\r\nb", 2, 1, `found '\r', which a path cannot have; a literal one is written %0D`},
		{"GET", "/100%", 4, 1, `found "%", expected % and two hexadecimal digits; a literal one is written %25`},
		{"GET", "/a/%zz", 3, 3, `found "%zz", expected % and two hexadecimal digits; a literal one is written %25`},
		{"GET", "/%2F", 1, 3, "found %2F, which ServeMux does not tell from a trailing slash; write {$} for that"},
	}
	for _, tt := range tests {
		_, err := ParsePattern(tt.method, tt.pattern)
		var pe *PatternError
		if !errors.As(err, &pe) {
			t.Errorf("%s %s: got %v, want a *PatternError", tt.method, tt.pattern, err)
			continue
		}
		if want := (PatternError{tt.offset, tt.length, tt.message}); *pe != want {
			t.Errorf("%s %q:\ngot  %+v\nwant %+v", tt.method, tt.pattern, *pe, want)
		}
	}
}

func TestConflictReasons(t *testing.T) {
	tests := []struct{ a, b, want string }{
		{"GET /a/{b}", "GET /a/{c}", "both take the same requests"},
		{"/a/", "/a/{rest...}", "both take the same requests"},
		{"GET /a/{b}", "GET /{c}/d", "both take paths like /a/d, and neither is more specific"},
		{"GET /{c}/d/e", "GET /x/{rest...}", "both take paths like /x/d/e, and neither is more specific"},
		{"/a", "GET /{b}", "/a takes more methods but fewer paths"},
		{"GET /{b}", "/a", "GET /{b} takes fewer methods but more paths"},
		{"GET h.example/a", "GET H.Example/a", "both take the same requests"},
		{"GET h.example/a", "GET /a", ""},
		{"GET /a", "POST /a", ""},
		{"GET /a", "HEAD /a", ""},
		{"GET /a/b", "GET /a/{x}", ""},
		{"GET /a/{$}", "GET /a/{x}", ""},
	}
	for _, tt := range tests {
		got := ""
		if e := Conflicting(routeOf(t, tt.a), routeOf(t, tt.b)); e != nil {
			got = e.Reason
		}
		if got != tt.want {
			t.Errorf("%s and %s: got %q, want %q", tt.a, tt.b, got, tt.want)
		}
	}
}

// FuzzParsePattern: what is accepted is canonical after one step, ServeMux accepts it, and the place of an error is one.
func FuzzParsePattern(f *testing.F) {
	for _, p := range []string{"/", "/a/{b}/{c...}", "/:id/*", "/%3Aid", "/{$}", "//", "/a/../b", "/{a}/{a}", "/100%", "/\xff", "/{é}"} {
		f.Add("GET", p)
	}
	f.Fuzz(func(t *testing.T, method, pattern string) {
		r, err := ParsePattern(method, pattern)
		if err != nil {
			var pe *PatternError
			if !errors.As(err, &pe) || pe.Message == "" || strings.ContainsAny(pe.Message, "\r\n") {
				t.Fatalf("%q %q: %#v", method, pattern, err)
			}
			if pe.Offset >= 0 && pe.Offset+pe.Length > len(pattern) || pe.Offset < -1 {
				t.Fatalf("%q: the place %d+%d is outside", pattern, pe.Offset, pe.Length)
			}
			return
		}
		again, err := ParsePattern(r.Method, r.Pattern)
		if err != nil || again != r {
			t.Fatalf("%q: canonical %q gives %q, %v", pattern, r, again, err)
		}
		if p := registers(http.NewServeMux(), r.String()); p != "" {
			t.Fatalf("%q: ServeMux refuses %q: %s", pattern, r, p)
		}
	})
}
