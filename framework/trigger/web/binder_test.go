package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

type bookID int64

// search is a request struct as a user writes it, and bindSearch what is generated for it.
type search struct {
	ID      bookID        `path:"id"`
	Page    int           `query:"page"`
	Limit   *uint8        `query:"limit"`
	Tags    []string      `query:"tag"`
	Deep    bool          `query:"deep"`
	Wait    time.Duration `query:"wait"`
	Since   time.Time     `query:"since"`
	Ratio   float64       `query:"ratio"`
	Token   string        `header:"X-Token"`
	Weights []int         `header:"X-Weights"`
	Session []byte        `cookie:"sid"`
	Title   string        `json:"title"`
	Items   []item        `json:"items"`
}

func bindSearch(r *Request) (search, error) {
	in := search{Page: 1}
	b := NewBinder(r)
	b.JSON(&in, "id", "page")
	in.ID, in.Page = 0, 1
	Value(b, InPath, "id", &in.ID, Int[bookID])
	Value(b, InQuery, "page", &in.Page, Int[int])
	Optional(b, InQuery, "limit", &in.Limit, Uint[uint8])
	List(b, InQuery, "tag", &in.Tags, String[string])
	Value(b, InQuery, "deep", &in.Deep, Bool)
	Value(b, InQuery, "wait", &in.Wait, Duration)
	Value(b, InQuery, "since", &in.Since, Text[time.Time])
	Value(b, InQuery, "ratio", &in.Ratio, Float[float64])
	Value(b, InHeader, "X-Token", &in.Token, String)
	b.Require(InHeader, "X-Token")
	List(b, InHeader, "X-Weights", &in.Weights, Int[int])
	Value(b, InCookie, "sid", &in.Session, Bytes)
	return in, b.Err()
}

func TestBind(t *testing.T) {
	r := &Request{
		PathValues: []PathValue{{"id", "7"}}, RawQuery: "limit=255&tag=a&tag=b,c&deep=true&wait=1m30s&since=2026-01-02T03:04:05Z&ratio=0.5",
		Header: Header{"X-Token": {"t1", "t2"}, "X-Weights": {"1, 2", "3,"}, "Cookie": {"sid=s"}, "Content-Type": {"application/json"}},
		Body:   []byte(`{"title":"T","items":[{"sku":"a"}],"id":99,"ID":98,"\u0069d":"x","PAGE":97}`),
	}
	got, err := bindSearch(r)
	if err != nil {
		t.Fatal(err)
	}
	limit := uint8(255)
	want := search{ID: 7, Page: 1, Limit: &limit, Tags: []string{"a", "b,c"}, Deep: true, Wait: 90 * time.Second, Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Ratio: 0.5,
		Token: "t1, t2", Weights: []int{1, 2, 3}, Session: []byte("s"), Title: "T", Items: []item{{SKU: "a"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestBindListsEveryWrongField(t *testing.T) {
	r := &Request{
		PathValues: []PathValue{{"id", "seven"}}, RawQuery: "page=1&page=2&limit=256&tag=ok&deep=maybe&wait=soon&since=today&ratio=NaN",
		Header: Header{"X-Weights": {"1,x,3,y"}, "Cookie": {"sid=s"}},
		Body:   []byte(`{"title":1,"items":[{"sku":"a"},{"price":"free"}],"id":"wrong type"}`),
	}
	_, err := bindSearch(r)
	var fe *framework.Error
	if !errors.As(err, &fe) || fe.Status != 400 || fe.Code != "invalid_request" {
		t.Fatalf("got %v, want a 400", err)
	}
	want := []framework.FieldError{
		{In: "body", Name: "title", Message: `found 1, expected a string`},
		{In: "body", Name: "items[1].price", Message: `found "free", expected a number`},
		{In: "path", Name: "id", Message: `found "seven", expected an integer`},
		{In: "query", Name: "page", Message: `found 2 values, expected one`},
		{In: "query", Name: "limit", Message: `found "256", expected an integer from 0 to 255`},
		{In: "query", Name: "deep", Message: `found "maybe", expected true or false`},
		{In: "query", Name: "wait", Message: `found "soon", expected a duration such as 1h30m or 250ms`},
		{In: "query", Name: "since", Message: `found "today", expected an RFC 3339 time such as 2006-01-02T15:04:05Z`},
		{In: "query", Name: "ratio", Message: `found "NaN", expected a number`},
		{In: "header", Name: "X-Token", Message: `found nothing, expected a value`},
		{In: "header", Name: "X-Weights[1]", Message: `found another value, expected an integer`},
		{In: "header", Name: "X-Weights[3]", Message: `found another value, expected an integer`},
	}
	if !slices.Equal(fe.Fields, want) {
		t.Errorf("got\n%s\nwant\n%s", lines(fe.Fields), lines(want))
	}
}

func lines(fields []framework.FieldError) string {
	var s []string
	for _, f := range fields {
		s = append(s, fmt.Sprintf("\t%s %s: %s", f.In, f.Name, f.Message))
	}
	return strings.Join(s, "\n")
}

func TestBindBody(t *testing.T) {
	const elsewhere = `415 found a body without a type from a page of another origin, expected application/json`
	tests := []struct {
		name   string
		header Header
		body   string
		want   string // status and message; empty is success
	}{
		{"none", nil, "", ""},
		{"none, with a type", Header{"Content-Type": {"text/html"}}, "", ""},
		{"white space", Header{"Content-Type": {"text/html"}}, " \r\n\t", ""},
		{"no type", nil, `{"title":"x"}`, ""},
		{"charset", Header{"Content-Type": {"application/json; charset=UTF-8"}}, `{}`, ""},
		{"suffix", Header{"Content-Type": {"application/vnd.api+json"}}, `{}`, ""},
		{"text/json", Header{"Content-Type": {"text/json"}}, `{}`, ""},
		{"identity", Header{"Content-Encoding": {"identity"}}, `{}`, ""},
		{"html", Header{"Content-Type": {"text/html"}}, `{}`, `415 found a body of type "text/html", expected application/json`},
		{"form", Header{"Content-Type": {"application/x-www-form-urlencoded"}}, `a=b`, `415 found a body of type "application/x-www-form-urlencoded", expected application/json`},
		{"utf-16", Header{"Content-Type": {"application/json; charset=utf-16"}}, `{}`, `415 found the charset "utf-16", expected utf-8`},
		{"gzip", Header{"Content-Encoding": {"gzip"}}, `{}`, `415 found the content encoding "gzip", expected none`},
		{"no type, a page of its own", Header{"Origin": {"http://shop.test:8080"}}, `{}`, ""},
		{"no type, a page of its own behind a proxy", Header{"Origin": {"https://www.test"}, "Sec-Fetch-Site": {"same-origin"}}, `{}`, ""},
		{"no type, no page", Header{"Sec-Fetch-Site": {"none"}}, `{}`, ""},
		{"a type, another origin", Header{"Content-Type": {"application/json"}, "Origin": {"https://evil.test"}, "Sec-Fetch-Site": {"cross-site"}}, `{}`, ""},
		{"nothing, another origin", Header{"Origin": {"https://evil.test"}}, "", ""},
		{"no type, another origin", Header{"Origin": {"https://evil.test"}}, `{}`, elsewhere},
		{"no type, another port", Header{"Origin": {"http://shop.test:3000"}}, `{}`, elsewhere},
		{"no type, a frame without an origin", Header{"Origin": {"null"}}, `{}`, elsewhere},
		{"no type, an origin that is none", Header{"Origin": {""}}, `{}`, elsewhere},
		{"no type, two origins", Header{"Origin": {"http://shop.test:8080", "https://evil.test"}}, `{}`, elsewhere},
		{"no type, another site", Header{"Sec-Fetch-Site": {"cross-site"}}, `{}`, elsewhere},
		{"no type, another origin of the site", Header{"Sec-Fetch-Site": {"same-site"}}, `{}`, elsewhere},
		{"an empty type, another site", Header{"Content-Type": {""}, "Sec-Fetch-Site": {"cross-site"}}, `{}`, elsewhere},
		{"too deep", nil, strings.Repeat(`[`, 201), `400 the request has fields that are not valid body : found arrays or objects more than 200 deep`},
		{"too large", nil, strings.Repeat(" ", DefaultBodyLimit+1), `413 the request body is larger than 33554432 bytes`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var in search
			b := NewBinder(&Request{Host: "shop.test:8080", Header: tt.header, Body: []byte(tt.body)})
			b.JSON(&in)
			b.Require(InQuery, "missing") // a body that was refused is all there is to say
			got := ""
			var fe *framework.Error
			if err := b.Err(); errors.As(err, &fe) {
				if len(fe.Fields) > 0 {
					fe.Fields = fe.Fields[:len(fe.Fields)-1]
				}
				if len(fe.Fields) > 0 || fe.Status != 400 {
					got = strings.TrimSpace(fmt.Sprint(fe.Status, " ", fe.Message, strings.ReplaceAll(lines(fe.Fields), "\t", " ")))
				}
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestDepth: brackets in strings are none, and what is within the limit is decoded.
func TestDepth(t *testing.T) {
	var v any
	if err := Decode([]byte(strings.Repeat("[", MaxDepth)+strings.Repeat("]", MaxDepth)), &v); err != nil {
		t.Errorf("%d deep: %v", MaxDepth, err)
	}
	if err := Decode([]byte(`["`+strings.Repeat(`[\"`, 500)+`"]`), &v); err != nil {
		t.Errorf("in a string: %v", err)
	}
	if err := Decode([]byte("["+strings.Repeat("[],", 500)+"[]]"), &v); err != nil {
		t.Errorf("side by side: %v", err)
	}
}

func TestIgnoredMembers(t *testing.T) {
	type in struct {
		ID   *int `json:"id"`
		Name string
		K    int `json:"k"` // the Kelvin sign folds to k
	}
	tests := []struct {
		body string
		want []string
		name string
	}{
		{`{"id":1,"Name":"n"}`, nil, "n"},
		{`{"Name":"n","id":{"deep":[1,"}"]}}`, nil, "n"},
		{` { "Id" : "x" , "iD":[],"Name" : "n" } `, nil, "n"},
		{`{"\u0049d":1,"Name":"n"}`, nil, "n"},
		{`{"K":"x","Name":"n"}`, nil, "n"},
		{`{"id":1}`, nil, ""},
		{`{"id":1,,"Name":"n"}`, []string{`: found invalid JSON at line 1, column 9: invalid character ',' looking for beginning of object key string`}, ""},
		{`{"id":1 "Name":"n"}`, []string{`: found invalid JSON at line 1, column 9: invalid character '"' after object key:value pair`}, ""},
		{`{"id":}`, []string{`: found invalid JSON at line 1, column 7: invalid character '}' looking for beginning of value`}, ""},
		{`["id",1]`, []string{`: found an array, expected an object`}, ""},
		{`{"id":1,"Name":5}`, []string{`Name: found 5, expected a string`}, ""},
	}
	for _, tt := range tests {
		var v in
		body := []byte(tt.body)
		b := NewBinder(&Request{Body: body})
		b.JSON(&v, "id", "k")
		if got := fieldsOf(t, b.Err()); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.body, got, tt.want)
		}
		if v.ID != nil || v.K != 0 || v.Name != tt.name && tt.want == nil {
			t.Errorf("%s: got %+v", tt.body, v)
		}
		if string(body) != tt.body {
			t.Errorf("%s: the request's body was changed to %s", tt.body, body)
		}
	}
}

func TestBadQuery(t *testing.T) {
	var n int
	b := NewBinder(&Request{RawQuery: "n=1&x=%zz"})
	Value(b, InQuery, "n", &n, Int[int])
	b.Require(InQuery, "x")
	var fe *framework.Error
	if err := b.Err(); !errors.As(err, &fe) || len(fe.Fields) != 2 || fe.Fields[0].Name != "" || fe.Fields[1].Name != "x" {
		t.Errorf("got %v, want one error for the query and one for x", err)
	}
	b = NewBinder(&Request{RawQuery: "n=1&n=2"})
	Value(b, InQuery, "n", &n, Int[int])
	b.Require(InQuery, "n")
	if err := b.Err(); !errors.As(err, &fe) || len(fe.Fields) != 1 {
		t.Errorf("got %v, want one error", err)
	}
	b = NewBinder(&Request{RawQuery: "%zz"})
	if err := b.Err(); err != nil {
		t.Errorf("a query that no field reads: %v", err)
	}
}

func TestParsers(t *testing.T) {
	check := func(name string, got any, err error, want any) {
		t.Helper()
		var expected *ExpectedError
		if text, isText := want.(string); isText && err != nil {
			if !errors.As(err, &expected) || expected.Expected != text {
				t.Errorf("%s: got error %v, want %q", name, err, text)
			}
			return
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	v1, err := Int[int8]("-128")
	check("int8", v1, err, int8(-128))
	_, err = Int[int8]("128")
	check("int8 over", nil, err, "an integer from -128 to 127")
	_, err = Int[int]("")
	check("empty", nil, err, "an integer")
	_, err = Int[int]("0x10")
	check("hexadecimal", nil, err, "an integer")
	_, err = Int[int]("1_000")
	check("underscore", nil, err, "an integer")
	v2, err := Uint[uint64]("18446744073709551615")
	check("uint64", v2, err, uint64(math.MaxUint64))
	_, err = Uint[uint64]("-1")
	check("negative", nil, err, "an integer from 0 to 18446744073709551615")
	v3, err := Float[float32]("1e3")
	check("float32", v3, err, float32(1000))
	_, err = Float[float32]("1e39")
	check("float32 over", nil, err, "a number")
	_, err = Float[float64]("Inf")
	check("infinity", nil, err, "a number")
	v4, err := String[title]("x")
	check("named string", v4, err, title("x"))
	v5, err := Bool[bool]("1")
	check("bool", v5, err, true)
	_, err = Text[level]("medium")
	if err == nil || err.Error() != `unknown level "medium"` {
		t.Errorf("text: got %v", err)
	}
	v6, err := Text[level]("high")
	check("text", v6, err, level(2))
}

func TestCheck(t *testing.T) {
	own := &framework.Error{Status: 422, Code: "own"}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{own, "422 own "},
		{fmt.Errorf("wrapped: %w", own), "422 own "},
		{errors.New("title is empty"), "400 invalid_request title is empty"},
		{errors.Join(errors.New("a"), errors.New("b")), "400 invalid_request a; b"},
	} {
		got := ""
		var fe *framework.Error
		if err := Check(tt.err); errors.As(err, &fe) {
			got = fmt.Sprint(fe.Status, " ", fe.Code, " ", fe.Message)
		}
		if got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, got, tt.want)
		}
	}
}

// FuzzDecode: what encoding/json accepts is accepted, what it refuses is explained, and ignored members never arrive.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"id":1}`, `{"ID":"x","items":[{"price":"p"},3]}`, `{"byNumber":{"x":1}}`, `{"pair":{"A":[]}}`, `{"level":"?","placed":1,"raw":"*"}`, `[`, `{"id":1}}`,
		"{\"\\u0069d\":2}", `{"next":{"next":{"quoted":5}}}`, "\xff", `{"fixed":["abcdefg","bb"]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 4<<10 {
			return
		}
		var a, b, c order
		got := decodeJSON(body, &a, nil)
		body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
		want := json.Unmarshal(body, &b)
		if (len(got) == 0) != (want == nil) && !tooDeep(body) {
			t.Fatalf("%q: got %v, encoding/json says %v", body, got, want)
		}
		for _, e := range got {
			if e.In != "body" || e.Message == "" {
				t.Fatalf("%q: %+v", body, e)
			}
		}
		if want == nil && !reflect.DeepEqual(a, b) {
			t.Fatalf("%q: got %+v, encoding/json says %+v", body, a, b)
		}
		if dropped := decodeJSON(body, &c, []string{"id", "items"}); len(dropped) == 0 && (c.ID != 0 || c.Items != nil) {
			t.Fatalf("%q: ignored members arrived: %+v", body, c)
		} else if len(dropped) > 0 && len(got) == 0 {
			t.Fatalf("%q: is fine, but not without members: %v", body, dropped)
		}
	})
}

// tattler repeats its text in its error, as many types do.
type tattler struct{}

func (*tattler) UnmarshalText(text []byte) error { return fmt.Errorf("bad text %s", text) }

func TestErrorsOfTypesDoNotRepeatHeadersAndCookies(t *testing.T) {
	b := NewBinder(&Request{RawQuery: "q=seen", Header: Header{"X-Token": {"secret"}, "Cookie": {"sid=secret"}}})
	var v tattler
	Value(b, InHeader, "X-Token", &v, Text[tattler])
	Value(b, InCookie, "sid", &v, Text[tattler])
	Value(b, InQuery, "q", &v, Text[tattler])
	err := b.Err()
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "bad text seen") || !strings.Contains(err.Error(), "header X-Token: found a value that is not valid") {
		t.Errorf("got %v", err)
	}
}
