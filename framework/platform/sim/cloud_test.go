package sim

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
)

func TestPayload(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := Cloud{Name: "own", Carries: []Carried{
		{Kind: "http", Payload: Requests(func(r *Request) ([]byte, error) { return []byte(r.Method), nil })},
		{Kind: "timer", Payload: Timers(func(e platform.TimerPayload) ([]byte, error) {
			return []byte(e.Name + e.Payload + e.Time.String()), nil
		})},
		{Kind: "mq", Payload: Batches(func(batch []int, from platform.Origin) ([]byte, error) {
			return []byte(from.Type + from.Name + strings.Repeat("x", len(batch))), nil
		})},
		{Kind: "raw", Payload: Raw},
	}}
	for _, tt := range []struct {
		events Events
		want   string
	}{
		{Events{Kind: "http", Batch: &Request{Method: "GET"}}, "GET"},
		{Events{Kind: "timer", Batch: Timer{Name: "n", Time: at, Payload: "p"}}, "np" + at.String()},
		{Events{Kind: "mq", Batch: []int{1, 2}, Type: "queue", Name: "q"}, "queueqxx"},
		{Events{Kind: "raw", Batch: []byte("as it is")}, "as it is"},
	} {
		if got, err := c.Payload(tt.events); string(got) != tt.want || err != nil {
			t.Errorf("%+v: %s, %v", tt.events, got, err)
		}
	}
	for _, e := range []Events{{Kind: "http", Batch: Timer{}}, {Kind: "mq", Batch: []string{"a"}}, {Kind: "raw", Batch: "text"}, {Kind: "timer"}} {
		if _, err := c.Payload(e); !errors.Is(err, ErrEvent) || !strings.Contains(err.Error(), e.Kind) {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if _, err := c.Payload(Events{Kind: "cdn"}); err == nil || err.Error() != `own has no trigger of kind "cdn"` {
		t.Errorf("got %v", err)
	}
}

// What is written for the wire is read from it as the same.
func TestWire(t *testing.T) {
	b, err := WriteRequest(&Request{Method: "PUT", Target: "/a%2Fb%20?x=1&y", Host: "h", Header: [][2]string{{"X-A", "1"}, {"X-A", "2"}}, Body: []byte("ü\x00")}, map[string]string{"X-B": "3"})
	if want := "PUT /a%2Fb%20?x=1&y HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nX-A: 1\r\nX-A: 2\r\nX-B: 3\r\n\r\nü\x00"; string(b) != want || err != nil {
		t.Errorf("got %q, %v, want %q", b, err, want)
	}
	r, err := ReadResponse([]byte("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\n\r\nok"))
	if err != nil || r.Status != http.StatusCreated || strings.Join(r.Values("x-a"), " ") != "1 2" || string(r.Body) != "ok" {
		t.Errorf("got %+v, %v", r, err)
	}
	for _, response := range []string{"", "{}", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"} {
		if _, err := ReadResponse([]byte(response)); err == nil {
			t.Errorf("%q was read", response)
		}
	}
}
