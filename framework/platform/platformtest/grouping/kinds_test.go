package grouping_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	storage "github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/framework/trigger/raw"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

type (
	mqMessage = mq.Message
	record    = kafka.Record
	object    = storage.Event
	logged    = log.Batch
	refreshed = cdn.Event
	busEvent  = event.Event
)

// kind draws the triggers of one kind, nil for a function without one, and events for a trigger. An event without a Batch is none.
type kind struct {
	trigger func(r *rand.Rand, f *function) framework.Trigger
	event   func(r *rand.Rand, f *function, t framework.Trigger) sim.Events
}

func kinds() map[string]kind {
	return map[string]kind{
		"http": {route, request("http")}, "apigw": {route, request("apigw")},
		"timer": {
			func(r *rand.Rand, f *function) framework.Trigger {
				return timer.Schedule{Name: f.name + word(r, " -b"), Cron: "*/5 * * * *", Payload: word(r, " text")} // all at once
			},
			func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
				s := t.(timer.Schedule)
				return sim.Events{Kind: "timer", Batch: sim.Timer{Name: s.Name + word(r, "   _2"), Time: at(), Payload: s.Payload + deed(r)}}
			},
		},
		"os": {
			func(r *rand.Rand, f *function) framework.Trigger {
				return storage.Bucket{Name: word(r, "pictures-1250000000 films-1250000000"), Events: strings.Split(word(r, "created removed created,removed created:put"), ","), Prefix: word(r, " in/ out/ "+f.name+"/"), Suffix: word(r, "  .png")}
			},
			func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
				b := t.(storage.Bucket)
				action, via, _ := strings.Cut(b.Events[0], ":")
				e := storage.Event{ID: "1", Resource: b.Name, Bucket: b.Name, Key: b.Prefix + "a ü " + deed(r) + b.Suffix, Action: storage.Action(action), Via: via, Size: int64(r.IntN(1000)), Time: at()}
				if e.Via == "" && e.Action == storage.Created {
					e.Via = word(r, "put post copy")
				}
				return sim.Events{Kind: "os", Batch: []storage.Event{e}}
			},
		},
		"mq": {
			func(r *rand.Rand, f *function) framework.Trigger {
				if r.IntN(2) == 0 {
					return mq.Subscription{Queue: word(r, "jobs mails")}
				}
				return mq.Subscription{Topic: word(r, "orders news"), Tag: word(r, " red blue")}
			},
			func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
				s := t.(mq.Subscription)
				kind := "queue"
				if s.Topic != "" {
					kind = "topic"
				}
				var batch []mq.Message
				for i := range 1 + r.IntN(3) {
					m := mq.Message{ID: fmt.Sprint("m", i), Resource: s.Resource(), Source: s.Resource(), Body: []byte(text(r)), Tag: s.Tag, Deliveries: 1, Time: at()}
					if s.Tag != "" {
						m.Attributes = map[string]string{"tag": s.Tag} // by which one cloud filters
					}
					batch = append(batch, m)
					if s.Topic != "" { // one at a time
						break
					}
				}
				return sim.Events{Kind: "mq", Type: kind, Batch: batch}
			},
		},
		"kafka": {
			func(r *rand.Rand, _ *function) framework.Trigger {
				return kafka.Topic{Name: word(r, "clicks views logins"), Group: word(r, " g h")}
			},
			func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
				var batch []kafka.Record
				name := t.(kafka.Topic).Name
				for i := range 1 + r.IntN(2) {
					batch = append(batch, kafka.Record{Resource: name, Topic: name, Partition: 1, Offset: int64(i), Value: []byte(text(r)), Time: at()})
				}
				return sim.Events{Kind: "kafka", Batch: batch}
			},
		},
		"log": {
			func(r *rand.Rand, _ *function) framework.Trigger {
				return log.Store{Name: word(r, "access errors audit")}
			},
			func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
				return sim.Events{Kind: "log", Batch: []log.Batch{{ID: "1", Resource: t.(log.Store).Name, Project: "p", Store: t.(log.Store).Name, Stream: "s",
					Entries: []log.Entry{{ID: "1", Time: at(), Message: text(r)}}, Range: &log.Range{Endpoint: "http://r.example.com/" + deed(r), Begin: "MTUy", End: "MTUz", Time: at()}}}}
			},
		},
		"cdn": {
			func(r *rand.Rand, _ *function) framework.Trigger {
				return cdn.Domain{Name: word(r, "www.example.com img.example.com"), Events: []string{word(r, "refreshed logged")}}
			},
			func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
				d := t.(cdn.Domain)
				return sim.Events{Kind: "cdn", Batch: []cdn.Event{{ID: "1", Resource: d.Name, Action: d.Events[0], Domain: d.Name, Paths: []string{"http://x.example.com/" + deed(r)}, Region: "r", Time: at()}}}
			},
		},
		"event": {
			func(r *rand.Rand, _ *function) framework.Trigger {
				return event.Rule{Source: word(r, "billing shop"), Type: word(r, " Paid Lost"), Bus: word(r, "  bus")}
			},
			func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
				rule := t.(event.Rule)
				kind := rule.Type
				if kind == "" {
					kind = word(r, "Paid Lost Other")
				}
				return sim.Events{Kind: "event", Batch: []event.Event{{ID: "1", Source: rule.Source, Type: kind, Time: at(), Data: []byte(`{"text":` + quoted(text(r)) + `}`), Region: "r", Account: "12"}}}
			},
		},
		"raw": {
			func(r *rand.Rand, _ *function) framework.Trigger {
				if r.IntN(2) == 0 {
					return nil
				}
				return raw.Trigger{}
			},
			func(r *rand.Rand, f *function, _ framework.Trigger) sim.Events {
				payload := word(r, `{"a":%s} [1,%s] %s`)
				return sim.Events{Kind: "raw", Function: f.name, Batch: []byte(fmt.Sprintf(payload, quoted(text(r))))}
			},
		},
	}
}

// overlap reports whether some event may be for both triggers, so that the planner does not take their functions into one group.
func overlap(a, b framework.Trigger) bool {
	switch a := a.(type) {
	case timer.Schedule:
		b, ok := b.(timer.Schedule)
		return ok && a.Name == b.Name
	case storage.Bucket:
		b, ok := b.(storage.Bucket)
		if !ok || a.Name != b.Name || !strings.HasPrefix(a.Prefix, b.Prefix) && !strings.HasPrefix(b.Prefix, a.Prefix) {
			return false
		}
		for _, x := range a.Events {
			for _, y := range b.Events {
				if x, _, _ := strings.Cut(x, ":"); strings.HasPrefix(y, x) {
					return true
				}
			}
		}
		return false
	case mq.Subscription:
		b, ok := b.(mq.Subscription)
		return ok && a.Resource() == b.Resource() && (a.Tag == b.Tag || a.Tag == "" || b.Tag == "")
	case kafka.Topic:
		b, ok := b.(kafka.Topic)
		return ok && a.Name == b.Name // no payload says the group of its consumers
	case log.Store:
		b, ok := b.(log.Store)
		return ok && a.Name == b.Name
	case cdn.Domain:
		b, ok := b.(cdn.Domain)
		return ok && a.Name == b.Name && a.Events[0] == b.Events[0]
	case event.Rule:
		b, ok := b.(event.Rule)
		return ok && a.Source == b.Source && (a.Type == b.Type || a.Type == "" || b.Type == "") // nor over which bus it came
	case raw.Trigger:
		_, ok := b.(raw.Trigger)
		return ok
	}
	return false
}

func route(r *rand.Rand, _ *function) framework.Trigger {
	return web.Route{Method: word(r, " GET GET POST PUT HEAD OPTIONS"), Pattern: word(r, "/a /b /a/b /{x} /a/{x} /{x}/b /{rest...} /a/{rest...} /b/{$} /{$} /a/"), Host: word(r, "    shop.example.com"), Status: []int{0, 0, 201}[r.IntN(3)]}
}

// request draws a request that a route may be for, or one of another function.
func request(kind string) func(*rand.Rand, *function, framework.Trigger) sim.Events {
	return func(r *rand.Rand, _ *function, t framework.Trigger) sim.Events {
		route := t.(web.Route)
		q := &sim.Request{Method: route.Method, Target: route.Pattern, Host: "example.com", Header: [][2]string{{"Accept", "*/*"}}}
		if q.Method == "" || q.Method == "GET" && r.IntN(4) == 0 {
			q.Method = word(r, "HEAD GET DELETE")
		}
		if route.Host != "" && r.IntN(2) == 0 {
			q.Host = route.Host
		}
		for _, wild := range [][2]string{{"{x}", "a b x%20y %C3%BC a%2Fb"}, {"{rest...}", "a a/b x/y/z "}, {"{$}", ""}} {
			q.Target = strings.Replace(q.Target, wild[0], word(r, wild[1]), 1)
		}
		q.Target += "?t=" + word(r, "1 %26 1&t=2") + deed(r)
		if q.Method == "POST" || q.Method == "PUT" {
			q.Body = []byte(text(r))
			if r.IntN(4) == 0 {
				q.Body = append(q.Body, 0xff, 0)
			}
			q.Header = append(q.Header, [2]string{"Content-Type", "text/plain"})
		}
		if r.IntN(3) > 0 {
			return sim.Events{Kind: kind, Batch: q}
		}
		q.Header = append(q.Header, [2]string{"Origin", word(r, "https://a.example.com https://b.example.com")})
		if r.IntN(2) == 0 { // a preflight, which is for the route of the request that it asks for
			q.Header = append(q.Header, [2]string{"Access-Control-Request-Method", q.Method}, [2]string{"Access-Control-Request-Headers", "x-test"})
			q.Method, q.Body = "OPTIONS", nil
		}
		return sim.Events{Kind: kind, Batch: q}
	}
}

// deed is what the function shall do, by a word that it looks for anywhere in its event; mostly to succeed.
func deed(r *rand.Rand) string {
	return word(r, "        do-error do-stated do-panic do-hang do-overrun do-part")
}

func text(r *rand.Rand) string { return word(r, "text ü<&> {\"n\":1.50} a\nb \"") + deed(r) }

func at() time.Time { return time.Date(2026, 1, 2, 3, 5, 0, 0, time.UTC) }

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string can be written
	return string(b)
}
