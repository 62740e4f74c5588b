package tencent

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/targettest"
)

// text is the deployment file of the application's only unit.
func text(t *testing.T, app *target.App) string {
	t.Helper()
	files, diags := New().Deploy(app)
	if len(files) != 1 || len(diags) > 0 {
		t.Fatalf("%d files, %v", len(files), diags)
	}
	if err := strict(files[0].Content); err != nil {
		t.Error(err)
	}
	return string(files[0].Content)
}

func TestSplit(t *testing.T) {
	http, gateway := target.Trigger{Kind: "http", Marker: &annotations.HTTP{}}, target.Trigger{Kind: "apigw", Marker: &annotations.APIGW{}}
	timer, raw := target.Trigger{Kind: "timer", Marker: &annotations.Timer{}}, target.Trigger{Kind: "raw", Marker: &annotations.Raw{}}
	functions := map[string]*target.Function{
		"web":     {Name: "web", Triggers: []target.Trigger{http, http}},
		"gateway": {Name: "gateway", Triggers: []target.Trigger{gateway, http}},
		"both":    {Name: "both", Triggers: []target.Trigger{http, timer}},
		"tick":    {Name: "tick", Triggers: []target.Trigger{timer}},
		"raw":     {Name: "raw", Triggers: []target.Trigger{http, raw}},
		"invoked": {Name: "invoked"},
		"guest":   {Name: "guest", Guest: true, Triggers: []target.Trigger{http}},
		"origin":  {Name: "origin", Linked: []target.Trigger{http}},
	}
	for _, c := range []struct{ members, mixed, want string }{
		{"gateway guest web", "", "gateway guest web"},
		{"both invoked raw tick", "", "both invoked raw tick"},
		{"tick web", "", "web; -events tick"},
		{"tick web", "split", "web; -events tick"},
		{"tick web", "event", "tick web"},
		{"both web", "", "web; -events both"},
		{"both gateway guest invoked raw tick web", "", "gateway guest web; -events both invoked raw tick"},
		{"origin web", "", "web; -events origin"},
		{"both", "", "both"},
	} {
		u := &target.Unit{Name: "group", Group: "group", Mixed: c.mixed}
		for _, name := range strings.Fields(c.members) {
			u.Functions = append(u.Functions, functions[name])
		}
		before := slices.Clone(u.Functions)
		var got []string
		for _, part := range New().(target.Splitter).Split(u) {
			names := strings.Fields(part.Suffix)
			for _, f := range part.Functions {
				names = append(names, f.Name)
			}
			got = append(got, strings.Join(names, " "))
		}
		if got := strings.Join(got, "; "); got != c.want {
			t.Errorf("%s, mixed: %s: %s, want %s", c.members, c.mixed, got, c.want)
		}
		if !slices.Equal(u.Functions, before) {
			t.Errorf("%s: the unit was changed", c.members)
		}
	}
}

// TestSplitsAreWhatTheyShould: the first part of a group is a web function, the other none.
func TestSplitsAreWhatTheyShould(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
functions:
  both: {events: [http: {method: GET, path: /both}, timer: {every: 1h}]}
  page: {events: [http: {method: GET, path: /page}]}
`)
	g := targettest.Group(t, app, "shop", "both", "page")
	parts := New().(target.Splitter).Split(g)
	for i, want := range []string{"web", "custom"} {
		part := &target.Unit{Name: "shop" + parts[i].Suffix, Functions: parts[i].Functions}
		if got := strings.TrimPrefix(New().Entry(part).Loop, platform+"/"); got != want {
			t.Errorf("%s: %s, want %s", part.Name, got, want)
		}
	}
}

// TestMixedEvent: what a group loses that wants to be one unit is reported, as it is of a function with both.
func TestMixedEvent(t *testing.T) {
	const source = `service: shop
functions:
  page: {events: [http: {method: GET, path: /page}], http: {streaming: true}}
  tick: {events: [timer: {every: 1h}]}
`
	app := targettest.App(t, Name, source)
	targettest.Group(t, app, "shop", "page", "tick").Mixed = "event"
	var losses []string
	for _, d := range New().Check(app) {
		losses = append(losses, d.Code+" "+d.Message+" | "+d.Hint)
	}
	const hint = " | mixed: split, which is the default of groups, makes two units"
	want := []string{
		"target-loss unit shop takes http and other events: requests reach it as JSON, so that binary bodies and repeated headers may not get through" + hint,
		"target-loss http.streaming of shop: it takes http and other events, so that responses are sent when they are whole" + hint,
	}
	if !slices.Equal(losses, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(losses, "\n"), strings.Join(want, "\n"))
	}
	for _, row := range target.Portability([]target.Target{New()}, []*target.App{app}) {
		if row.Feature == target.FeatureMixed && (row.Answers[0].Answer != target.Loss || row.Answers[0].Mechanism != "requests as events") {
			t.Errorf("the report says %+v", row.Answers[0])
		}
	}
	if content := text(t, app); !strings.Contains(content, "type: event") {
		t.Errorf("not an event function:\n%s", content)
	}
}

// TestTriggersOfAGroup: the vendor counts the triggers of a type, as they are deployed, over all functions of a unit.
func TestTriggersOfAGroup(t *testing.T) {
	const source = `service: shop
resources: {a: {name: a-1}, b: {name: b-1}, c: {name: c-1}}
functions:
  aa: {events: [os: {bucket: a, events: ["created:put", "created:post", "created:copy", "created:multipart"]}, timer: {every: 1h}]}
  bb: {events: [os: {bucket: b, events: ["created:put", "created:post", "created:copy", "created:multipart"]}]}
  cc: {events: [os: {bucket: c, events: ["created:put", "created:post"]}, LAST]}
`
	for last, want := range map[string]string{
		"raw: {}": "",
		`os: {bucket: c, name: more, events: ["removed"]}`:                                   "f.yml:6:75: trigger os: found 11 triggers of unit gg, tencent takes 10 of one kind at most [target-limit]",
		"timer: {every: 1h, name: tt}" + strings.Repeat(", timer: {every: 1h, name: tN}", 9): "f.yml:6:345: timer: found 11 triggers of unit gg, tencent takes 10 timers at most; this one needs 1 [target-limit]",
	} {
		for i := range 9 {
			last = strings.Replace(last, "tN", fmt.Sprintf("t%d", i), 1)
		}
		app := targettest.App(t, Name, strings.Replace(source, "LAST", last, 1))
		targettest.Group(t, app, "gg", "aa", "bb", "cc")
		diags := slices.DeleteFunc(New().Check(app), func(d annotations.Diagnostic) bool { return d.Code != target.CodeLimit })
		got := ""
		if len(diags) > 0 {
			got = diags.Error()
			if !strings.Contains(diags[0].Hint, "split the group") {
				t.Errorf("%s: hint %q", last, diags[0].Hint)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", last, got, want)
		}
	}
}

// TestFrontOfAGroup: the function URL answers pages where all functions want the same, and only there.
func TestFrontOfAGroup(t *testing.T) {
	const source = `service: shop
functions:
  aa: {events: [http: {method: GET, path: /a}], http: {auth: iam, internal: true, cors: {origins: ["https://a"]}}}
  bb: {events: [http: {method: GET, path: /b}], http: {auth: iam, internal: true, cors: {origins: ["ORIGIN"]}}}
`
	for origin, want := range map[string]string{"https://a": "corsConfig:", "https://b": "FAAS_CORS: framework"} {
		app := targettest.App(t, Name, strings.Replace(source, "ORIGIN", origin, 1))
		targettest.Group(t, app, "gg", "aa", "bb")
		content := text(t, app)
		for _, part := range []string{"corsConfig:", "FAAS_CORS: framework"} {
			if strings.Contains(content, part) != (part == want) {
				t.Errorf("%s: %q:\n%s", origin, part, content)
			}
		}
		for _, part := range []string{"type: web", "authType: CAM", "enableIntranet: true", "enableExtranet: false"} {
			if !strings.Contains(content, part) {
				t.Errorf("%s: no %q:\n%s", origin, part, content)
			}
		}
		lost := slices.ContainsFunc(New().Check(app), func(d annotations.Diagnostic) bool {
			return d.Code == target.CodeLoss && strings.Contains(d.Message, "no preflight through that is not signed")
		})
		if lost != (origin == "https://b") {
			t.Errorf("%s: preflights that need a signature: %v", origin, lost)
		}
	}
	app := targettest.App(t, Name, strings.NewReplacer("{auth: iam, internal: true, cors: {origins: [\"https://a\"]}}", "{internal: true}", "ORIGIN", "https://a").Replace(source))
	targettest.Group(t, app, "gg", "aa", "bb")
	if diags := New().Check(app); !strings.Contains(diags.Error(), "http.auth iam of function bb and anonymous of aa are not supported by tencent in one unit") {
		t.Error(diags)
	}
}

// TestOrigin: a function that is also in a group has its triggers there; by itself it has none, and can read what they bring.
func TestOrigin(t *testing.T) {
	app := targettest.App(t, Name, "service: shop\nresources: {clicks: {name: real, instance: i}}\nfunctions: {both: {events: [http: {method: GET, path: /}, timer: {every: 1h}, kafka: {topic: clicks}]}}\n")
	f := app.Units[0].Functions[0]
	f.Linked, f.Triggers = f.Triggers, nil
	var codecs []string
	entry := New().Entry(app.Units[0])
	for _, c := range entry.Codecs {
		codecs = append(codecs, c.Name)
	}
	if got := strings.Join(codecs, " "); got != "HTTP Timer Kafka" || entry.Loop != platform+"/custom" {
		t.Errorf("%s with %s", entry.Loop, got)
	}
	content := text(t, app)
	if !strings.Contains(content, "type: event") || !strings.Contains(content, "events: []") {
		t.Errorf("triggers are deployed, or those of before are left:\n%s", content)
	}
	if !strings.Contains(content, "FAAS_RESOURCES: clicks=real") {
		t.Errorf("events are of a topic that the unit does not know:\n%s", content)
	}
}
