package target

import (
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
)

// pairs is a cloud that has something against each unit called bad, once against what bad units inherit, against two units
// of one bucket, and against domains that lead nowhere.
type pairs struct{ Target }

func (pairs) Check(app *App) annotations.Diagnostics {
	r := &Report{Target: "mars"}
	provider := spec.Place{}
	provider.Pos.Filename, provider.Pos.Line = "f.yml", 2
	buckets := map[string]string{}
	for _, u := range app.Units {
		if u.Name == "bad" || u.Name == "worse" {
			r.Limit(u.At(""), u.Name, "it", "better")
			r.Limit(provider, "timeout", "it", "less")
		}
		for _, t := range u.Triggers("os") {
			name := app.Resource(t, Needs(t.Marker)[0]).Real()
			if other := buckets[name]; other != "" {
				r.Limit(u.At(""), other+" and "+u.Name, name, "one")
			}
			buckets[name] = u.Name
		}
	}
	r.Domains(app, func(string, *spec.Domain, func(string) spec.Place) {})
	for name := range app.Spec.Resources {
		r.Limit(spec.Place{}, "resource "+name, "it", "none")
	}
	return r.Done()
}

func TestCheckUnit(t *testing.T) {
	at := func(name string) *Unit {
		u := &Unit{Name: name, Functions: []*Function{{Name: name}}}
		u.Pos.Filename = name + ".go"
		return u
	}
	os := func(name, bucket string) *Unit {
		u := at(name)
		u.Functions[0].Triggers = []Trigger{{Kind: "os", Marker: &annotations.OS{Bucket: bucket}}}
		return u
	}
	web := at("web")
	web.Functions[0].Triggers = []Trigger{{Kind: "http", Marker: &annotations.HTTP{Path: "/"}}}
	app := &App{
		Spec: &spec.Spec{
			Domains:   map[string]*spec.Domain{"a.example": {}},
			Resources: map[string]*spec.Resource{"in": {}, "out": {}},
		},
		Units: []*Unit{at("bad"), os("first", "in"), at("good"), os("second", "in"), os("third", "out"), web, at("worse")},
	}
	for unit, want := range map[string]string{
		"good":  "",
		"web":   "",
		"bad":   "bad.go: bad: found it, mars takes better [target-limit]\nf.yml:2: timeout: found it, mars takes less [target-limit]",
		"worse": "f.yml:2: timeout: found it, mars takes less [target-limit]\nworse.go: worse: found it, mars takes better [target-limit]",
		"first": "resource in: found it, mars takes none [target-limit]\nsecond.go: first and second: found in, mars takes one [target-limit]",
		"third": "resource out: found it, mars takes none [target-limit]",
		"none":  "",
	} {
		got := CheckUnit(pairs{}, app, unit)
		if text := got.Error(); text != want && (len(got) > 0 || want != "") {
			t.Errorf("%s: got\n%s\nwant\n%s", unit, text, want)
		}
	}
	if all := (pairs{}).Check(app); len(all) != 6 {
		t.Errorf("the whole application has %d mistakes:\n%s", len(all), all.Error())
	}
}
