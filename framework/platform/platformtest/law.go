package platformtest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
)

// Texts are texts that payloads have been wrong about.
func Texts() []string {
	return []string{"a", "a b", "a/b", "/a//b", "ü 日本 🌍", "%20+%", "a&b=c", `"<>\`, "\u2028", "a\nb\t", "[1]", `{"a":1}`, "null", "7", "a:b", "a,b"}
}

// Law is that of a platform's payloads: what it writes of events it reads as the same events, and those, written anew, as the same
// again.
type Law[E any] struct {
	Decode platform.Decode[E]
	Encode func(batch []E, from platform.Origin) ([]byte, error)
	// From is the resource that events are of.
	From platform.Origin
	// Events makes events of one batch, with a text in them.
	Events func(text string) []E
	// Lost takes out of an event what the payload has no place for and what is the vendor's own. Nil is nothing.
	Lost func(e *E)
}

// Check checks it for all [Texts].
func (l Law[E]) Check(t *testing.T) {
	t.Helper()
	for _, text := range Texts() {
		want := l.Events(text)
		got := l.cycle(t, want)
		if again := l.cycle(t, got); written(t, again) != written(t, got) {
			t.Errorf("%q: read as\n%s\nand once more as\n%s", text, written(t, got), written(t, again))
		}
		for _, list := range [][]E{want, got} {
			for i := range list {
				if l.Lost != nil {
					l.Lost(&list[i])
				}
			}
		}
		if written(t, got) != written(t, want) {
			t.Errorf("%q: read as\n%s\nwant\n%s", text, written(t, got), written(t, want))
		}
	}
}

// cycle writes events and reads them.
func (l Law[E]) cycle(t *testing.T, batch []E) []E {
	t.Helper()
	payload, err := l.Encode(batch, l.From)
	if err != nil {
		t.Fatalf("write %s: %v", written(t, batch), err)
	}
	a, ok, err := l.Decode(&platform.Payload{Raw: payload})
	if !ok || err != nil {
		t.Fatalf("read %s: claimed %t, %v", payload, ok, err)
	}
	return a.Events
}

// written is a value as JSON, without what only vendors send.
func written(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TimerLaw is the law for the payload of timers.
func TimerLaw(t *testing.T, decode func(*platform.Payload) (platform.TimerPayload, bool, error), encode func(platform.TimerPayload) ([]byte, error)) {
	t.Helper()
	for _, text := range Texts() {
		want := platform.TimerPayload{Name: "purge-old", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Payload: text}
		payload, err := encode(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok, err := decode(&platform.Payload{Raw: payload}); got != want || !ok || err != nil {
			t.Errorf("%s: read as %+v, %t, %v; want %+v", payload, got, ok, err, want)
		}
	}
}
