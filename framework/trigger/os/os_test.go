package os_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/os"
)

func TestJSON(t *testing.T) {
	e := os.Event{Bucket: "b", Key: "a b/ü", Action: os.Removed, Size: -1, Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	b, err := e.Payload()
	if want := `{"bucket":"b","key":"a b/ü","action":"removed","size":-1,"time":"2026-01-02T03:04:05Z"}`; string(b) != want || err != nil {
		t.Errorf("got %s, %v\nwant %s", b, err, want)
	}
	var back os.Event
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, e) {
		t.Errorf("got %+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"key":"k"}`), &back); err != nil || back.Size != -1 || back.Action != os.Created || back.Bucket != "" {
		t.Errorf("what a person writes: %+v, %v", back, err)
	}
}

func TestMatches(t *testing.T) {
	put := os.Event{Key: "in/a.pdf", Action: os.Created, Via: "put"}
	tests := []struct {
		bucket os.Bucket
		want   bool
	}{
		{os.Bucket{Events: []string{"created"}}, true},
		{os.Bucket{Events: []string{"removed", "created:put"}}, true},
		{os.Bucket{Events: []string{"created:copy"}}, false},
		{os.Bucket{Events: []string{"removed"}}, false},
		{os.Bucket{}, false},
		{os.Bucket{Events: []string{"created"}, Prefix: "in/", Suffix: ".pdf"}, true},
		{os.Bucket{Events: []string{"created"}, Prefix: "out/"}, false},
		{os.Bucket{Events: []string{"created"}, Suffix: ".png"}, false},
	}
	for _, tt := range tests {
		if got := tt.bucket.Matches(put); got != tt.want {
			t.Errorf("%+v: %v", tt.bucket, got)
		}
	}
	part := os.Event{Key: "in/a.pdf", Action: os.Part, Name: "ObjectCreated:UploadPart"}
	if all := (os.Bucket{Events: []string{"created", "created:multipart", "removed", "restored"}}); all.Matches(part) {
		t.Error("a part of an upload matches a trigger, but there is no object yet")
	}
}
