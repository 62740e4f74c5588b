package web

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/invocation"
)

func TestHeader(t *testing.T) {
	h := Header{}
	h.Set("content-type", "a")
	h.Add("x-n", "1")
	h.Add("X-N", "2")
	if h.Get("CONTENT-TYPE") != "a" || !reflect.DeepEqual(h.Values("x-N"), []string{"1", "2"}) || h.Get("missing") != "" || h.Has("missing") || !h.Has("x-n") {
		t.Errorf("got %v", h)
	}
	c := h.Clone()
	c.Add("X-N", "3")
	c.Values("X-N")[0] = "changed"
	c.Del("content-TYPE")
	if !reflect.DeepEqual(h, Header{"Content-Type": {"a"}, "X-N": {"1", "2"}}) {
		t.Errorf("a change of the clone reached the original: %v", h)
	}
	if Header(nil).Clone() != nil || Header(nil).Get("x") != "" {
		t.Error("a nil Header is not empty")
	}
}

func TestSetTarget(t *testing.T) {
	tests := []struct{ target, path, rawPath, query, host string }{
		{"/a/b?x=1&y", "/a/b", "", "x=1&y", ""},
		{"/a%2Fb%20c", "/a/b c", "/a%2Fb%20c", "", ""},
		{"/a%20b", "/a b", "", "", ""},
		{"http://h.example:80/p?q", "/p", "", "q", "h.example:80"},
		{"http://h.example", "/", "", "", "h.example"},
		{"//x/y", "//x/y", "", "", ""},
	}
	for _, tt := range tests {
		var r Request
		if err := r.SetTarget(tt.target); err != nil {
			t.Errorf("%s: %v", tt.target, err)
			continue
		}
		if r.Path != tt.path || r.RawPath != tt.rawPath || r.RawQuery != tt.query || r.Host != tt.host {
			t.Errorf("%s: got %q %q %q %q", tt.target, r.Path, r.RawPath, r.RawQuery, r.Host)
		}
	}
	for _, target := range []string{"", "a/b", "/%zz", "/a\x00b"} {
		var fe *framework.Error
		if err := new(Request).SetTarget(target); !errors.As(err, &fe) || fe.Status != 400 {
			t.Errorf("%q: got %v, want a 400", target, err)
		}
	}
}

func TestQuery(t *testing.T) {
	r := &Request{RawQuery: "a=1&b=2&a=%C3%A9+x&empty=&bare&bad=%zz"}
	want := Values{"a": {"1", "é x"}, "b": {"2"}, "empty": {""}, "bare": {""}}
	if got := r.Query(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if r.Query().Get("a") != "1" || r.Query().Get("none") != "" || !r.Query().Has("bare") || r.Query().Has("none") {
		t.Error("Get and Has do not agree")
	}
	if n := testing.AllocsPerRun(10, func() { r.Query() }); n != 0 {
		t.Errorf("the query is decoded again: %v allocations", n)
	}
	r.RawQuery = "c=3"
	if got := r.Query().Get("c"); got != "3" {
		t.Errorf("after a change of RawQuery: got %q", got)
	}
}

func TestMediaType(t *testing.T) {
	tests := []struct{ header, mediaType, charset string }{
		{"", "", ""},
		{"application/json", "application/json", ""},
		{"Application/JSON; Charset=UTF-8", "application/json", "utf-8"},
		{`text/plain ; a=b; charset="utf-16"`, "text/plain", "utf-16"},
		{"text/plain;;charset", "text/plain", ""},
	}
	for _, tt := range tests {
		r := &Request{Header: Header{"Content-Type": {tt.header}}}
		if m, c := r.MediaType(); m != tt.mediaType || c != tt.charset {
			t.Errorf("%q: got %q %q, want %q %q", tt.header, m, c, tt.mediaType, tt.charset)
		}
	}
}

func TestReadBody(t *testing.T) {
	broken := errors.New("connection reset")
	stated := &framework.Error{Status: 413, Code: "mine", Message: "too much"}
	tests := []struct {
		name  string
		r     Request
		limit int64
		want  string
	}{
		{"none", Request{}, 0, ""},
		{"bytes", Request{Body: []byte("abc")}, 3, "abc"},
		{"bytes over", Request{Body: []byte("abcd")}, 3, "413 body_too_large"},
		{"reader", Request{Reader: strings.NewReader("abc")}, 3, "abc"},
		{"reader over", Request{Reader: strings.NewReader("abcd")}, 3, "413 body_too_large"},
		{"reader byte by byte", Request{Reader: iotest.OneByteReader(strings.NewReader("abc"))}, 0, "abc"},
		{"broken", Request{Reader: io.MultiReader(strings.NewReader("a"), iotest.ErrReader(broken))}, 3, "400 body_incomplete"},
		{"stated", Request{Reader: iotest.ErrReader(stated)}, 3, "413 mine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 { // what was read is kept, and so is a failure
				body, err := tt.r.ReadBody(tt.limit)
				got := string(body)
				var fe *framework.Error
				if errors.As(err, &fe) {
					got = fmt.Sprint(fe.Status, " ", fe.Code)
				} else if err != nil {
					got = err.Error()
				}
				if got != tt.want {
					t.Fatalf("got %q, want %q", got, tt.want)
				}
			}
		})
	}
}

func TestPathValue(t *testing.T) {
	r := &Request{PathValues: []PathValue{{"id", "7"}, {"rest", ""}}}
	if r.PathValue("id") != "7" || r.PathValue("rest") != "" || r.PathValue("none") != "" {
		t.Errorf("got %q %q %q", r.PathValue("id"), r.PathValue("rest"), r.PathValue("none"))
	}
}

// Middleware that asks every invocation whether it is a request costs a call within the process no encoding.
func TestFromDoesNotEncodeACall(t *testing.T) {
	f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
		if x := From(ctx); x != nil {
			t.Errorf("a call is the request %+v", x.Request)
		}
		return nil
	}}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := &invocation.Input{Encode: func(*invocation.Input) []byte { t.Error("the event was encoded"); return nil }}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: in, Call: &framework.Call{}}); err != nil {
		t.Fatal(err)
	}
}
