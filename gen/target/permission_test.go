package target

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/annotations"
)

func TestUniquePermissions(t *testing.T) {
	given := []Permission{
		{Grantee: "role", Actions: []string{"b", "a", "b"}, Resource: "x", Reason: "timer two"},
		{Grantee: "role", Actions: []string{"a", "b"}, Resource: "x", Reason: "timer one"},
		{Grantee: "role", Actions: []string{"a", "b"}, Resource: "x", Reason: "timer two"},
		{Grantee: "role", Actions: []string{"a", "b"}, Resource: "x", Reason: "granted", Granted: true},
		{Grantee: "role", Actions: []string{"a", "b"}, Resource: "x", Condition: "c", Reason: "narrow"},
		{Grantee: "callers", Actions: []string{"z"}, Resource: "y", Reason: "raw"},
	}
	want := []Permission{
		{Grantee: "callers", Actions: []string{"z"}, Resource: "y", Reason: "raw"},
		{Grantee: "role", Actions: []string{"a", "b"}, Resource: "x", Reason: "timer one, timer two"},
		{Grantee: "role", Actions: []string{"a", "b"}, Resource: "x", Reason: "granted", Granted: true},
		{Grantee: "role", Actions: []string{"a", "b"}, Resource: "x", Condition: "c", Reason: "narrow"},
	}
	if diff := cmp.Diff(want, UniquePermissions(given)); diff != "" {
		t.Error(diff)
	}
	if given[0].Actions[0] != "b" {
		t.Error("the list that was given is sorted")
	}
}

func TestCause(t *testing.T) {
	for _, c := range []struct {
		kind   string
		marker any
		want   string
	}{
		{"mq", &annotations.MQ{Queue: "orders"}, "mq queue orders"},
		{"mq", &annotations.MQ{Topic: "news"}, "mq topic news"},
		{"kafka", &annotations.Kafka{Topic: "clicks", Cluster: "main"}, "kafka topic clicks"},
		{"os", &annotations.OS{Bucket: "uploads"}, "os bucket uploads"},
		{"timer", &annotations.Timer{}, "timer purge"},
		{"event", &annotations.Event{Source: "main.crm", Bus: "main"}, "event main.crm"},
		{"cdn", &annotations.CDN{Domains: annotations.List{"a.example.com", "b.example.com"}}, "cdn domains a.example.com,b.example.com"},
		{"raw", &annotations.Raw{}, "raw"},
	} {
		if got := (Trigger{Kind: c.kind, Name: "purge", Marker: c.marker}).Cause(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
