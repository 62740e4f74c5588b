package client_test

import (
	"flag"
	"go/importer"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/gen/inspect/client"
	"github.com/faasgen/faasgen/gen/inspect/client/testdata/shop"
	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/operation/operationtest"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

var update = flag.Bool("update", false, "rewrite the client that the tests call")

// TestGolden: what the tests below call is what is written.
func TestGolden(t *testing.T) {
	text, err := client.Go.Write(operationtest.Shop(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	const name = "testdata/shop/client.go"
	if *update {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != string(text) {
		t.Errorf("%s is not current, %v: run go test -update", name, err)
	}
}

func start(t *testing.T) *shop.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(operationtest.Serve))
	t.Cleanup(s.Close)
	return shop.New(s.URL)
}

// TestParameters: each value is where the function looks for it.
func TestParameters(t *testing.T) {
	c, dry, wait, level, theme := start(t), false, "1s", shop.LevelHigh, "dark"
	at := time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("", 3600))
	in := shop.OrderCreateInput{
		Shop: "a/b ü?%", Path: "x y/z", Dry: &dry, Tag: []string{"a&b", "", "c"}, At: at, Level: &level, XWait: &wait, XTags: []string{"d", "e f"},
		Token: "t=1", Theme: &theme, Body: shop.OrderCreateBody{Items: []string{"<tea>"}, At: at, Seal: []byte{1}},
	}
	got, err := c.OrderCreate(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := &shop.Echo{
		URI:     "/a%20shop/a%2Fb%20%C3%BC%3F%25/x%20y/z?at=2026-01-02T03%3A04%3A05.0000006%2B01%3A00&dry=false&level=1&tag=a%26b&tag=&tag=c",
		Headers: map[string][]string{"X-Wait": {"1s"}, "X-Tags": {"d", "e f"}, "Content-Type": {"application/json"}},
		Cookies: []string{"token=t=1", "theme=dark"}, Body: `{"items":["\u003ctea\u003e"],"at":"2026-01-02T03:04:05.0000006+01:00","seal":"AQ=="}`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	nothing := "nothing"
	in.XWait = &nothing
	if got, err := c.OrderCreate(t.Context(), in); err != nil || got != nil {
		t.Errorf("a result that is not there: %+v, %v", got, err)
	}
	for what, spoil := range map[string]func(*shop.OrderCreateInput){
		"shop: found \"..\"":       func(in *shop.OrderCreateInput) { in.Shop = ".." },
		"path: found \"a/../b\"":   func(in *shop.OrderCreateInput) { in.Path = "a/../b" },
		"X-Tags: found \"a,b\"":    func(in *shop.OrderCreateInput) { in.XTags = []string{"a,b"} },
		"cookie token: found":      func(in *shop.OrderCreateInput) { in.Token = "a;b" },
		"the body: ":               func(in *shop.OrderCreateInput) { in.Body.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"invalid header field val": func(in *shop.OrderCreateInput) { bad := "a\nb"; in.XWait = &bad },
	} {
		bad := in
		spoil(&bad)
		if _, err := c.OrderCreate(t.Context(), bad); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("found %v, expected %q", err, what)
		}
	}
}

// TestResults: each kind of a result arrives.
func TestResults(t *testing.T) {
	c, ctx := start(t), t.Context()
	read := func(r io.ReadCloser, err error) string {
		t.Helper()
		if err != nil || r == nil {
			return "nothing"
		}
		defer r.Close()
		body, err := io.ReadAll(r)
		if err != nil {
			t.Error(err)
		}
		return string(body)
	}
	if err := c.All(ctx); err != nil {
		t.Error(err)
	}
	answer, err := c.Answer(ctx)
	if err != nil || answer.StatusCode != 202 || answer.Header.Get("X-Answer") != "yes" || read(answer.Body, nil) != "an answer" {
		t.Errorf("%+v, %v", answer, err)
	}
	if got := read(c.Bytes(ctx, shop.BytesInput{Body: strings.NewReader("b")})); got != "application/octet-stream: b" {
		t.Error(got)
	}
	if got := read(c.Stream(ctx, shop.StreamInput{Body: strings.NewReader("c"), ContentType: "text/x"})); got != "text/x: c" {
		t.Error(got)
	}
	if got, err := c.Stream(ctx, shop.StreamInput{}); got != nil || err != nil {
		t.Errorf("a stream of nothing: %v, %v", got, err)
	}
	if got, err := c.OrderHead(ctx, shop.OrderHeadInput{ID: 7}); err != nil || got.Get("X-Answer") != "seven" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := c.Text(ctx); err != nil || got != "ä text" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestCircles: types that consist of nothing but pointers to each other have no form in TypeScript, and one in Go.
func TestCircles(t *testing.T) {
	a, b := &schema.Definition{Name: "A"}, &schema.Definition{Name: "B"}
	a.Schema, b.Schema = (&schema.Schema{Ref: b}).Nullable(), (&schema.Schema{Ref: a}).Nullable()
	list := &schema.Definition{Name: "List", Schema: &schema.Schema{Types: []string{"array"}}}
	list.Schema.Items = &schema.Schema{Ref: list}
	api := &operation.API{Service: "circles", Definitions: []*schema.Definition{a, b, list}}
	for language, want := range map[client.Language][]string{
		client.TypeScript: {"export type A = unknown;", "export type B = unknown;", "export type List = List[];"},
		client.Go:         {"type A *B\n", "type B *A\n", "type List []List\n"},
	} {
		text, err := language.Write(api, "circles")
		if err != nil {
			t.Fatal(err)
		}
		if language == client.Go { // without operations, too
			compile(t, importer.Default(), text)
		}
		for _, line := range want {
			if !strings.Contains(string(text), line) {
				t.Errorf("%s: found no %q in\n%s", language, line, text)
			}
		}
	}
}
