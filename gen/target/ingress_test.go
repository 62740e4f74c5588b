package target_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/targettest"
)

// shop is an application of functions aa, bb and cc, where the first two have a route each and cc has a timer.
func shop(a, b, aggregation string) string {
	return `service: shop
functions:
  aa: {events: [http: {method: GET, path: /a}]` + a + `}
  bb: {events: [http: {method: GET, path: /b}]` + b + `}
  cc: {events: [timer: {every: 1h}], http: {auth: iam}}
` + aggregation
}

func TestFront(t *testing.T) {
	page := &spec.CORS{Origins: []string{"https://a"}}
	for _, c := range []struct {
		a, b, group string
		want        target.Ingress
		refused     string
	}{
		{want: target.Ingress{}},
		{a: ", http: {auth: anonymous, internal: false}", want: target.Ingress{}},
		{a: ", http: {auth: iam, internal: true}", b: ", http: {auth: iam, internal: true}", want: target.Ingress{IAM: true, Internal: true}},
		{a: ", http: {cors: {origins: [https://a]}}", b: ", http: {cors: {origins: [https://a]}}", want: target.Ingress{CORS: page}},
		{a: ", http: {cors: {origins: [https://a]}}", b: ", http: {cors: {origins: [https://a], credentials: false}}", want: target.Ingress{CORS: page}},
		{a: ", http: {cors: {origins: [https://a]}}", b: ", http: {cors: {origins: [https://b]}}", want: target.Ingress{Differ: true}},
		{a: ", http: {cors: {origins: [https://a]}}", b: ", http: {cors: {origins: [https://a], credentials: true}}", want: target.Ingress{Differ: true}},
		{b: ", http: {cors: {origins: [https://a]}}", want: target.Ingress{Differ: true}},
		{a: ", http: {cors: {origins: [https://a]}}", group: "http: {cors: {origins: [https://b]}}", want: target.Ingress{CORS: &spec.CORS{Origins: []string{"https://b"}}}},
		{a: ", http: {cors: {maxAge: 9}}", b: ", http: {cors: {maxAge: 8}}", group: "http: {cors: {origins: [https://a], maxAge: 7}}",
			want: target.Ingress{CORS: &spec.CORS{Origins: page.Origins, MaxAge: 7e9}}},
		{a: ", http: {auth: iam}", want: target.Ingress{IAM: true}, refused: "f.yml:4:3: http.auth anonymous of function bb and iam of aa are not supported by mars in one unit: gg has one http entry [target-unsupported]" +
			" | function aa is here f.yml:3:62 | split the group by http.auth: iam for aa, anonymous for bb; or set it for all of them in the group"},
		{b: ", http: {internal: true}", want: target.Ingress{}, refused: "f.yml:4:66: http.internal true of function bb and false of aa are not supported by mars in one unit: gg has one http entry [target-unsupported]" +
			" | function aa is here f.yml:3:3 | split the group by http.internal: false for aa, true for bb; or set it for all of them in the group"},
		{a: ", http: {auth: iam}", group: "http: {auth: anonymous}", want: target.Ingress{}},
		{b: ", http: {internal: true}", group: "http: {internal: true}", want: target.Ingress{Internal: true}},
	} {
		aggregation := ""
		if c.group != "" {
			aggregation = "aggregation: {gg: {functions: [aa, bb, cc], " + c.group + "}}\n"
		}
		app := targettest.App(t, "mars", shop(c.a, c.b, aggregation))
		g := targettest.Group(t, app, "gg", "aa", "bb", "cc")
		name := c.a + " and " + c.b + " in " + c.group
		if got := app.Ingress(g); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		r := &target.Report{Target: "mars"}
		r.OneIngress(g)
		got := ""
		if ds := r.Done(); len(ds) > 0 {
			link := ds[0].Chain[0]
			got = strings.Join([]string{ds.Error(), link.Message + " " + link.Pos.String(), ds[0].Hint}, " | ")
		}
		if got != c.refused {
			t.Errorf("%s: %s\nwant %s", name, got, c.refused)
		}
	}
}

// TestFrontOfOne: a unit of one function has the settings of the unit.
func TestFrontOfOne(t *testing.T) {
	app := targettest.App(t, "mars", shop(", http: {auth: iam, cors: {origins: [https://a]}}", "", ""))
	if got := app.Ingress(app.Units[0]); !got.IAM || got.CORS == nil || got.Differ {
		t.Errorf("%+v", got)
	}
}

// TestCORSVariable: the framework is told to answer pages where functions of a unit want different answers, and nowhere else.
func TestCORSVariable(t *testing.T) {
	for _, c := range []struct{ b, want string }{{", http: {cors: {origins: [https://b]}}", "framework"}, {", http: {cors: {origins: [https://a]}}", ""}} {
		app := targettest.App(t, "mars", shop(", http: {cors: {origins: [https://a]}}", c.b, ""))
		g := targettest.Group(t, app, "gg", "aa", "bb")
		if got := app.Environment(g)[spec.CORSVariable]; got != c.want {
			t.Errorf("%s: %q, want %q", c.b, got, c.want)
		}
	}
}
