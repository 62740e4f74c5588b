package faastest_test

import (
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	storage "github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// candidate is a function that may be in a unit, with an event that is for it and for no other.
type candidate struct {
	name, kind, resource string
	trigger              framework.Trigger
	event                any // a batch, a timer.Event, or the path of a request
}

// candidates are two of every kind, which differ in nothing but their identity, and buckets that differ in their filters alone.
func candidates() []candidate {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var all []candidate
	for _, n := range []string{"a", "b"} {
		bucket := "pictures-" + n + "-1250000000"
		object := storage.Event{Bucket: bucket, Action: storage.Created, Via: "put", Size: 1, Time: at}
		in, out := object, object
		in.Key, out.Key = "in/x", "out/x"
		lines := log.Batch{Project: "p", Store: "log-" + n, Entries: []log.Entry{{Time: at, Message: "m"}}, Range: &log.Range{Endpoint: "http://r.example.com", Begin: "a", End: "b", Time: at}}
		all = append(all,
			candidate{"http " + n, "http", "", web.Route{Method: "POST", Pattern: "/" + n}, "/" + n},
			candidate{"timer " + n, "timer", "", timer.Schedule{Name: "timer-" + n}, timer.Event{Name: "timer-" + n, Time: at}},
			candidate{"os in " + n, "os", "bucket", storage.Bucket{Name: bucket, Events: []string{"created"}, Prefix: "in/"}, []storage.Event{in}},
			candidate{"os out " + n, "os", "bucket", storage.Bucket{Name: bucket, Events: []string{"created"}, Prefix: "out/"}, []storage.Event{out}},
			candidate{"queue " + n, "mq", "queue", mq.Subscription{Queue: "queue-" + n}, []mq.Message{{ID: "1", Source: "queue-" + n, Body: []byte("m"), Time: at}}},
			candidate{"topic " + n, "mq", "topic", mq.Subscription{Topic: "topic-" + n}, []mq.Message{{ID: "1", Source: "topic-" + n, Body: []byte("m"), Time: at}}},
			candidate{"kafka " + n, "kafka", "kafka", kafka.Topic{Name: "kafka-" + n}, []kafka.Record{{Topic: "kafka-" + n, Offset: 1, Value: []byte("m"), Time: at}}},
			candidate{"log " + n, "log", "log", log.Store{Name: "log-" + n}, []log.Batch{lines}},
			candidate{"cdn " + n, "cdn", "domain", cdn.Domain{Name: n + ".example.com", Events: []string{"refreshed"}}, []cdn.Event{{ID: "1", Domain: n + ".example.com", Action: "refreshed", Paths: []string{"/x"}, Time: at}}},
			candidate{"bus " + n, "event", "bus", event.Rule{Source: "source-" + n}, []event.Event{{ID: "1", Source: "source-" + n, Type: "T", Data: []byte(`{}`), Time: at}}},
		)
	}
	return all
}

// payload is the candidate's event as a cloud sends it, nil if the cloud does not.
func (k candidate) payload(t *testing.T, cloud string) []byte {
	t.Helper()
	switch e := k.event.(type) {
	case string:
		return faastest.Payload(t, cloud, "http", httptest.NewRequest("POST", e, strings.NewReader("{}")))
	case timer.Event:
		return faastest.Payload(t, cloud, "timer", e)
	}
	b, err := payloadOf(cloud, k.kind, k.resource, k.event)
	if err != nil {
		return nil
	}
	return b
}

// TestMatching sends every event to units of random functions: it calls the function that it is for, whatever else is in
// the unit, and where that is not in the unit it calls none and the error says what was looked at. What arrived, sent
// once more in the cloud's payload, arrives as the same.
func TestMatching(t *testing.T) {
	const seed = 20260102
	r := rand.New(rand.NewPCG(seed, 0))
	sent, refused, again := 0, 0, 0
	for n := range 40 {
		all := candidates()
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		in := 1 + r.IntN(len(all))
		called, got, timers := "", any(nil), 0
		for _, k := range all[:in] {
			if k.kind == "timer" {
				timers++
			}
		}
		a := faastest.Start(t, func(*framework.Runtime) *framework.App {
			app := &framework.App{Unit: "u"}
			for _, k := range all[:in] {
				app.Functions = append(app.Functions, &framework.Function{Name: k.name, Triggers: []framework.Trigger{k.trigger}, Handler: func(c *framework.Context) error {
					called, got = called+k.name, c.Event()
					return nil
				}})
			}
			return app
		})
		for i, k := range all {
			for _, c := range clouds() {
				payload := k.payload(t, c)
				if payload == nil {
					continue
				}
				called = ""
				response, err := a.Deliver(c, payload)
				if i < in {
					if sent++; called != k.name || err != nil {
						t.Fatalf("unit %d, %s: the event of %s called %q, answered %s, %v\n%s", n, c, k.name, called, response, err, payload)
					}
					if _, batch := k.event.(string); batch || k.kind == "timer" {
						continue
					}
					was := text(t, got)
					if payload, err = payloadOf(c, k.kind, k.resource, got); err != nil {
						t.Fatalf("unit %d, %s: %s arrived as what cannot be sent: %v", n, c, k.name, err)
					}
					if _, err = a.Deliver(c, payload); err != nil || text(t, got) != was {
						t.Fatalf("unit %d, %s: %s arrived as\n%s\nand once more as\n%s\n%v", n, c, k.name, was, text(t, got), err)
					}
					again++
					continue
				}
				if k.kind == "timer" && timers == 1 {
					continue // whatever its timer is called where it was deployed
				}
				refused++
				if refused := refusal(response, err); called != "" || refused == "" {
					t.Fatalf("unit %d, %s: the event of %s, which is not in it, called %q, answered %s, %v\n%s", n, c, k.name, called, response, err, payload)
				}
			}
		}
	}
	if sent < 500 || refused < 500 || again < 300 {
		t.Errorf("sent %d, refused %d, once more %d: too few to say anything", sent, refused, again)
	}
}

// refusal is the error of an event that no function takes, with what it looks at; a request's answer is 404.
func refusal(response []byte, err error) string {
	if fe, ok := errors.AsType[*framework.Error](err); ok && (strings.HasPrefix(fe.Code, "unknown_") || fe.Code == "unexpected_event") {
		for _, looked := range []string{"found ", "looks like ", "a JSON object with the members"} {
			if strings.Contains(fe.Message, looked) {
				return fe.Message
			}
		}
	}
	if err == nil && strings.Contains(string(response), "404") {
		return "not found"
	}
	return ""
}
