package event_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/event"
)

type parcel struct {
	ID     string         `json:"id"`
	Weight float64        `json:"weight"`
	Fast   bool           `json:"fast"`
	Stops  []stop         `json:"stops"`
	Counts map[string]int `json:"counts"`
	Sent   time.Time      `json:"sent"`
	Codes  map[int]string `json:"codes"`
}

type stop struct {
	City string `json:"city"`
	Days *int   `json:"days"`
}

func decodeErrors(t *testing.T, payload string) string {
	t.Helper()
	var p parcel
	err := event.Decode([]byte(payload), &p)
	if err == nil {
		return ""
	}
	fe, ok := errors.AsType[*framework.Error](err)
	if !ok {
		t.Fatalf("error = %v", err)
	}
	var lines []string
	for _, f := range fe.Fields {
		lines = append(lines, f.Name+": "+f.Message)
	}
	if lines == nil {
		return fe.Message
	}
	return strings.Join(lines, "\n")
}

func TestDecodeListsEveryWrongField(t *testing.T) {
	tests := []struct{ name, payload, want string }{
		{"several", `{"id": 1, "weight" :"heavy", "fast":[1,{"a":"]"}], "stops":{"city":"Rome"}, "counts":{"a":"x","b":2}}`,
			"id: found number, expected string\nweight: found string, expected float64\nfast: found array, expected bool\n" +
				"stops: found object, expected array\ncounts: found string, expected int"},
		{"short values", `{"id":1,"weight":"","fast":0,"stops":[{"city":2,"days":"x"},{"city":3}]}`,
			"id: found number, expected string\nweight: found string, expected float64\nfast: found number, expected bool\n" +
				"stops.city: found number, expected string\nstops.days: found string, expected int"},
		{"the whole", `[{"id":1}]`, ": found array, expected object"},
		{"a key, behind which nothing is looked for", `{"id":1,"codes":{"a":"b"},"fast":1}`,
			"id: found number, expected string\ncodes: found number, expected int"},
		{"a type that reads itself and says not where", `{"id":1,"sent":"never","fast":1}`, "the event is not valid"},
	}
	for _, tt := range tests {
		if got := decodeErrors(t, tt.payload); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	many := `{"stops":[` + strings.Repeat(`{"city":1},`, 1000) + `{"days":""}],"id":1}`
	if got := decodeErrors(t, many); !strings.HasPrefix(got, "stops.city: ") {
		t.Errorf("many: %s", got)
	}
}

func TestDecodeListsNotTooManyFields(t *testing.T) {
	var fields []reflect.StructField
	payload := "{"
	for i := range 40 {
		name := fmt.Sprintf("F%d", i)
		fields = append(fields, reflect.StructField{Name: name, Type: reflect.TypeFor[int]()})
		payload += fmt.Sprintf(`"%s":"",`, name)
	}
	err := event.Decode([]byte(strings.TrimSuffix(payload, ",")+"}"), reflect.New(reflect.StructOf(fields)).Interface())
	if fe, ok := errors.AsType[*framework.Error](err); !ok || len(fe.Fields) != 20 {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":1,"weight":"","stops":[{"city":2,"days":"x"}],"counts":{"a":[]},"codes":{"a":"b"}}`))
	f.Add([]byte(`[{"id":{}}]`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var p parcel
		err := event.Decode(payload, &p)
		if fe, ok := errors.AsType[*framework.Error](err); err != nil && (!ok || len(fe.Fields) > 20) {
			t.Errorf("%v", err)
		}
	})
}
