package kind_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
)

// example is the marker of a kind's example, as f.yml has it.
func example(t *testing.T, k *kind.Kind) any {
	t.Helper()
	s, diagnostics := spec.Parse("f.yml", []byte("service: s\nfunctions: {work: {events: ["+k.Word+": "+k.Example+"]}}\n"), nil)
	if len(diagnostics) > 0 {
		t.Fatalf("%s: %s", k.Word, diagnostics.Render(""))
	}
	return s.Functions["work"].Events[0].Marker
}

// TestEveryTriggerHasAKind compares the kinds with the directives that are triggers.
func TestEveryTriggerHasAKind(t *testing.T) {
	var directives []string
	r := annotations.Default()
	for _, name := range r.Names() {
		d, _ := r.Lookup(name)
		if !d.NeedsHandler() {
			continue
		}
		directives = append(directives, name)
		if k := kind.Lookup(name); k == nil || reflect.TypeOf(k.Marker()) != reflect.PointerTo(d.Marker) || kind.Of(k.Marker()) != k {
			t.Errorf("//faas:%s has no kind with its marker", name)
		}
	}
	if words := kind.Words(); !slices.Equal(slices.Sorted(slices.Values(words)), directives) {
		t.Errorf("the kinds are %v, the directives %v", words, directives)
	}
	if kind.Of(1) != nil || kind.Lookup("bus") != nil || kind.DeliveryOf("bus") != kind.Raw {
		t.Error("an unknown word has a kind")
	}
	if last := kind.Words()[len(kind.Words())-1]; last != "raw" {
		t.Errorf("%s is the last kind; raw takes every payload and has to be", last)
	}
}

// TestKindsAgreeWithTheRunTime compares what generated code is made from with what it runs with.
func TestKindsAgreeWithTheRunTime(t *testing.T) {
	message := reflect.TypeFor[framework.Message]()
	for k := range kind.All() {
		m := example(t, k)
		made := k.Triggers(m, "name")
		if len(made) == 0 {
			t.Errorf("%s: the example %s makes no trigger", k.Word, k.Example)
		}
		for _, tr := range made {
			if reflect.TypeOf(tr) != reflect.TypeOf(k.Trigger) || trigger.DeliveryOf(tr) != k.Delivery {
				t.Errorf("%s: the trigger is a %T, delivered as %d", k.Word, tr, trigger.DeliveryOf(tr))
			}
		}
		if k.Several != (k.Delivery == kind.Batch) || !strings.HasSuffix(k.Package(), "/framework/trigger/"+k.Trigger.Kind()) && k.Delivery != kind.Request {
			t.Errorf("%s: several %v, package %s", k.Word, k.Several, k.Package())
		}
		if !k.Several {
			continue
		}
		if !k.Event.Implements(message) || k.Event.PkgPath() != k.Package() {
			t.Errorf("%s: %s is not a message of %s", k.Word, k.Event, k.Package())
		}
		if _, ok := k.Event.MethodByName("MessageScope"); !ok {
			t.Errorf("%s: nothing says what the id of %s is unique within", k.Word, k.Event)
		}
		field, ok := k.Event.FieldByName(k.Payload)
		method, has := k.Event.MethodByName("Payload")
		if k.Payload != "" && (!ok || field.Type != reflect.TypeFor[[]byte]()) || k.Payload == "" && (!has || method.Type.NumOut() != 2) {
			t.Errorf("%s: the payload of %s is not in %q", k.Word, k.Event, k.Payload)
		}
		if _, ok := k.Trigger.(trigger.Written); !ok {
			t.Errorf("%s: people cannot write its events", k.Word)
		}
	}
}

// TestWhatKindsSay checks the declaration of each kind against the laws that callers rely on.
func TestWhatKindsSay(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	seen := map[string]bool{}
	for k := range kind.All() {
		m := example(t, k)
		if !k.Covers(m, m) {
			t.Errorf("%s: a trigger does not cover itself", k.Word)
		}
		if k.Delivery != kind.Request && k.Delivery != kind.Tick && k.Overlap(m, m) == "" {
			t.Errorf("%s: a trigger does not overlap with itself", k.Word)
		}
		for _, need := range k.Needs(m) {
			if !slices.ContainsFunc(k.Resources, func(r kind.Resource) bool { return r.Type == need.Type && r.Words == need.Words() }) {
				t.Errorf("%s: it needs a %s, which is not among its resources", k.Word, need.Type)
			}
			if v := reflect.ValueOf(m).Elem(); !slices.ContainsFunc(annotations.Fields(v.Type()), func(f annotations.Field) bool { return f.Name == need.Argument }) {
				t.Errorf("%s: it has no argument %s", k.Word, need.Argument)
			}
		}
		for _, id := range k.Identities(m, "name") {
			if narrow := k.Narrow(m, id); reflect.TypeOf(narrow) != reflect.TypeOf(m) || !slices.Equal(k.Identities(narrow, "name"), []string{id}) {
				t.Errorf("%s: of %q alone it is %+v", k.Word, id, narrow)
			}
		}
		used := 0
		for _, f := range k.Features {
			if seen[f.Name] || f.Name != "trigger "+k.Word && !strings.HasPrefix(f.Name, "trigger "+k.Word+" ") {
				t.Errorf("%s: feature %q", k.Word, f.Name)
			}
			if seen[f.Name] = true; f.Used(m) {
				used++
			}
			if f.Used(1) {
				t.Errorf("%s: feature %q is used by what is not a marker", k.Word, f.Name)
			}
		}
		if used == 0 {
			t.Errorf("%s: the portability report has no row for %s", k.Word, k.Example)
		}
		if k.Delivery == kind.Request {
			continue // made up by what knows routes
		}
		sample := k.Sample(m, kind.Sample{Name: "name", Body: []byte(`{}`), Now: now})
		if reflect.TypeOf(sample) != k.Event {
			t.Errorf("%s: the sample is a %T", k.Word, sample)
		}
		if !k.Several {
			continue
		}
		batch := trigger.BatchOf(sample)
		err := k.Trigger.(trigger.Written).Form().Complete(batch, k.Triggers(m, "name"), now, func() string { return "1" })
		if first := reflect.ValueOf(batch).Index(0).Interface().(framework.Message); err != nil || first.MessageID() == "" {
			t.Errorf("%s: the completed sample is %+v, %v", k.Word, first, err)
		}
	}
}

func TestOverlapsAndCovers(t *testing.T) {
	for _, tt := range []struct {
		a, b    any
		overlap string
		covers  bool
	}{
		{&annotations.OS{Bucket: "b", Prefix: "in/"}, &annotations.OS{Bucket: "b", Prefix: "in/pdf/"}, "created of some objects of bucket b", true},
		{&annotations.OS{Bucket: "b", Prefix: "in/pdf/"}, &annotations.OS{Bucket: "b", Prefix: "in/"}, "created of some objects of bucket b", false},
		{&annotations.OS{Bucket: "b", Suffix: ".a"}, &annotations.OS{Bucket: "b", Suffix: ".b"}, "", false},
		{&annotations.OS{Bucket: "b", Events: annotations.List{"created"}}, &annotations.OS{Bucket: "b", Events: annotations.List{"created:put"}}, "created of some objects of bucket b", true},
		{&annotations.OS{Bucket: "b", Events: annotations.List{"created:put"}}, &annotations.OS{Bucket: "b", Events: annotations.List{"created:post"}}, "", false},
		{&annotations.MQ{Topic: "t"}, &annotations.MQ{Topic: "t", Tag: "x"}, "messages of t", true},
		{&annotations.MQ{Topic: "t", Tag: "x"}, &annotations.MQ{Topic: "t", Tag: "y"}, "", false},
		{&annotations.MQ{Topic: "t"}, &annotations.MQ{Queue: "t"}, "", false},
		{&annotations.Kafka{Topic: "t"}, &annotations.Kafka{Topic: "t", Group: "g"}, "topic t", true},
		{&annotations.Kafka{Topic: "t"}, &annotations.Kafka{Topic: "t", Cluster: "c"}, "", false},
		{&annotations.CDN{Domains: annotations.List{"a", "b"}}, &annotations.CDN{Domains: annotations.List{"b"}, Events: annotations.List{"logged"}}, "", false},
		{&annotations.CDN{Domains: annotations.List{"a", "b"}}, &annotations.CDN{Domains: annotations.List{"b"}}, "refreshed of domain b", true},
		{&annotations.Event{Source: "s"}, &annotations.Event{Source: "s", Type: "t"}, "some events of the bus", true},
		{&annotations.Event{Source: "s"}, &annotations.Event{Type: "t"}, "some events of the bus", false},
		{&annotations.Event{Source: "s"}, &annotations.Event{Source: "s", Bus: "b"}, "", true},
		{&annotations.Raw{}, &annotations.Raw{}, "raw payloads", true},
	} {
		k := kind.Of(tt.a)
		if got := k.Overlap(tt.a, tt.b); got != tt.overlap || (k.Overlap(tt.b, tt.a) == "") != (got == "") {
			t.Errorf("%s: %+v and %+v have %q in common, want %q, either way", k.Word, tt.a, tt.b, got, tt.overlap)
		}
		if got := k.Covers(tt.a, tt.b); got != tt.covers {
			t.Errorf("%s: %+v covers %+v: %v", k.Word, tt.a, tt.b, got)
		}
	}
}

// TestResourceTypes: f.yml takes exactly the types of resources that kinds need.
func TestResourceTypes(t *testing.T) {
	field, _ := reflect.TypeFor[spec.Resource]().FieldByName("Type")
	_, enum, _ := strings.Cut(field.Tag.Get("faas"), "enum=")
	types := map[string]bool{}
	for k := range kind.All() {
		for _, r := range k.Resources {
			types[r.Type] = true
		}
	}
	if got, want := strings.Split(enum, "|"), slices.Sorted(maps.Keys(types)); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("spec.Resource.Type takes %v, the kinds need %v", got, want)
	}
}

// TestNamesAreChecked: the Check of each marker refuses a name, and a resource, that is two words.
func TestNamesAreChecked(t *testing.T) {
	for k := range kind.All() {
		refuses := func(argument string) {
			m := example(t, k)
			v := reflect.ValueOf(m).Elem()
			for _, f := range annotations.Fields(v.Type()) {
				if f.Name != argument {
					continue
				}
				switch field := v.FieldByName(f.GoName); field.Kind() {
				case reflect.String:
					field.SetString("two words")
				case reflect.Slice:
					field.Set(reflect.ValueOf(annotations.List{"two words"}))
				default:
					t.Fatalf("%s: %s is a %s", k.Word, argument, field.Kind())
				}
				c, ok := m.(annotations.Checker)
				if !ok || !slices.ContainsFunc(c.Check(func(given string) bool { return given == argument }), func(p annotations.Problem) bool { return p.Argument == argument }) {
					t.Errorf("%s: %s=\"two words\" is taken", k.Word, argument)
				}
			}
		}
		refuses("name")
		for _, n := range k.Needs(example(t, k)) {
			refuses(n.Argument)
		}
	}
}
