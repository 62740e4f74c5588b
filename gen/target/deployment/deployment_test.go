package deployment_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

// cloud is a target that knows what a unit must be allowed to do.
type cloud struct{ target.Target }

func (cloud) Name() string { return "nimbus" }

func (cloud) Permissions(_ *target.App, u *target.Unit) []target.Permission {
	return []target.Permission{{Grantee: "role", Actions: []string{"queue:Receive"}, Resource: "*", Reason: "mq of " + u.Name, Granted: true}}
}

func (cloud) Address(app *target.App, u *target.Unit) string          { return app.FunctionName(u) }
func (cloud) Uncallable(*target.App, *target.Unit) (why, hint string) { return "", "" }
func (cloud) Unsigned(*target.App, *target.Unit) (why, hint string)   { return "", "" }
func (cloud) CallLimit(async bool) int64 {
	if async {
		return 1 << 10
	}
	return 1 << 20
}

// A description says where calls go, and how much they carry there.
func TestCalls(t *testing.T) {
	s, _ := spec.Parse("f.yml", []byte("service: shop\n"), func(string) (string, bool) { return "", false })
	app := &target.App{Spec: s, Units: []*target.Unit{
		{Name: "api", Functions: []*target.Function{
			{Name: "a", Calls: []target.Call{{Function: "b", Sync: true, Async: true}, {Function: "c", Sync: true, Async: true}, {Function: "gone", Sync: true}}}, {Name: "b"},
		}},
		{Name: "c", Functions: []*target.Function{{Name: "c"}, {Name: "b", Guest: true}}},
	}}
	var got []string
	for _, u := range deployment.Describe(cloud{}, app).Units {
		for _, f := range u.Functions {
			for _, c := range f.Calls {
				got = append(got, fmt.Sprint(f.Name, " ", c.Function, " ", c.Async, " ", c.Where(), " ", c.Limit))
			}
		}
	}
	want := "a b false in process 0|a b true to unit api 1024|a c false to unit c 1048576|a c true to unit c 1024|a gone false in process 0"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// described is an application of one group, whose variable TOKEN has a value.
func described(t *testing.T, token string) *deployment.Deployment {
	t.Helper()
	s, ds := spec.Parse("f.yml", []byte("service: shop\nresources: {orders: {name: real-orders}}\n"), func(string) (string, bool) { return "", false })
	if ds.Failed() {
		t.Fatal(ds.Render(""))
	}
	app := &target.App{Spec: s, Stage: "prod", Units: []*target.Unit{{
		Name: "all", Group: "all",
		Settings: spec.Settings{MemorySize: 512, Timeout: annotations.Duration(20 * time.Second), Environment: map[string]string{"TOKEN": token}},
		Merged: []target.Merged{
			{Key: "memorySize", Value: "512MB", Rule: "set in the group"},
			{Key: "environment.TOKEN", Value: token, Rule: "all variables", Members: []string{"list"}},
		},
		Functions: []*target.Function{
			{Name: "list", Timeout: 10 * time.Second, Triggers: []target.Trigger{
				{Kind: "http", Name: "list", Marker: &annotations.HTTP{Method: annotations.List{"GET", "HEAD"}, Path: "/books", Host: "a.example.com"}},
			}},
			{Name: "take", Timeout: 20 * time.Second, Triggers: []target.Trigger{
				{Kind: "mq", Name: "take", Marker: &annotations.MQ{Queue: "orders", Batch: 5}},
				{Kind: "timer", Name: "take", Marker: &annotations.Timer{Every: annotations.Duration(time.Hour)}},
			}},
		},
	}}}
	return deployment.Describe(cloud{}, app)
}

func TestDescribe(t *testing.T) {
	want := &deployment.Deployment{Service: "shop", Target: "nimbus", Stage: "prod", Units: []deployment.Unit{{
		Name: "all", Function: "shop-prod-all", Group: "all",
		Functions: []deployment.Function{
			{Name: "list", Timeout: "10s", Triggers: []deployment.Trigger{{Kind: "http", Name: "GET /books host=a.example.com"}, {Kind: "http", Name: "HEAD /books host=a.example.com"}}},
			{Name: "take", Timeout: "20s", Triggers: []deployment.Trigger{
				{Kind: "mq", Name: "orders", Settings: []deployment.Setting{{Key: "batch", Value: "5"}, {Key: "queue", Value: "real-orders"}}},
				{Kind: "timer", Name: "take", Settings: []deployment.Setting{{Key: "every", Value: "1h"}}},
			}},
		},
		Settings: []deployment.Setting{
			{Key: "environment.TOKEN", Value: "#4e73", Rule: "all variables", Members: []string{"list"}},
			{Key: "memorySize", Value: "512MB", Rule: "set in the group"},
			{Key: "timeout", Value: "20s"},
		},
		Permissions: []target.Permission{{Grantee: "role", Actions: []string{"queue:Receive"}, Resource: "*", Reason: "mq of all", Granted: true}},
	}}}
	if diff := cmp.Diff(want, described(t, "s3cr3t")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	d := described(t, "s3cr3t")
	d.Units[0].Size, d.Units[0].Hash = 7, "c0ffee"
	var b strings.Builder
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := deployment.Read(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, got); diff != "" {
		t.Errorf("-written +read\n%s", diff)
	}
	if changes := deployment.Compare(d, got); len(changes) > 0 {
		t.Errorf("%+v", changes)
	}
}

func TestRead(t *testing.T) {
	broken := errors.New("the disk is broken")
	for _, tt := range []struct {
		name string
		from io.Reader
		want string
	}{
		{"nothing", strings.NewReader(""), "found no description of a deployment: unexpected end of JSON input"},
		{"text", strings.NewReader("units"), "found no description of a deployment: invalid character"},
		{"a list", strings.NewReader("[]"), "found no description of a deployment: json: cannot unmarshal array"},
		{"units of another form", strings.NewReader(`{"service":"a","target":"b","units":{}}`), "found no description of a deployment: json: cannot unmarshal object"},
		{"another file", strings.NewReader(`{"name":"shop"}`), "it has no service or no target"},
		{"no target", strings.NewReader(`{"service":"shop"}`), "it has no service or no target"},
		{"two of them", strings.NewReader(`{"service":"a","target":"b"}{}`), "after top-level value"},
		{"too much", io.MultiReader(strings.NewReader(`{"service":"`), &endless{}), "found more than 64 MB, expected the description of a deployment"},
		{"an error", iotest.ErrReader(broken), broken.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := deployment.Read(tt.from)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %+v, %v, want %s", d, err, tt.want)
			}
		})
	}
	if d, err := deployment.Read(strings.NewReader(`{"service":"a","target":"b","tomorrow":1}`)); err != nil || d.Service != "a" {
		t.Errorf("a key that a later version writes: %+v, %v", d, err)
	}
}

// endless reads as the letter a, for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// FuzzRead wants no panic, and what can be read to be written and read again as the same.
func FuzzRead(f *testing.F) {
	f.Add(`{"service":"shop","target":"aws","units":[{"name":"api","functions":[{"name":"list","timeout":"10s"}],"settings":[{"key":"a","value":"b"}]}]}`)
	f.Add(`{"service":"shop","target":"aws","units":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := deployment.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var b strings.Builder
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := deployment.Read(strings.NewReader(b.String()))
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if changes := deployment.Compare(d, again); len(changes) > 0 {
			t.Errorf("%+v", changes)
		}
	})
}
