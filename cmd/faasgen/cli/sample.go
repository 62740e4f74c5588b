package cli

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

// sampleEvent is an event for the first trigger of f, as people write them; the same on every cloud but for logs, which
// Alibaba does not send but tells where they are. See [envelope].
func sampleEvent(app *gen.App, seen *target.App, f *target.Function, cloud string) ([]byte, error) {
	inspected, err := app.Inspect()
	if err != nil {
		return nil, err
	}
	payload, err := inspected.Sample(f.Name)
	if err != nil {
		return nil, err
	}
	body := cmp.Or(string(payload), `{"id":"1","text":"a sample"}`)
	if len(f.Triggers) == 0 {
		return []byte(body), nil
	}
	now := time.Now().UTC().Truncate(time.Second)
	t := f.Triggers[0]
	switch m := t.Marker.(type) {
	case *annotations.HTTP, *annotations.APIGW:
		return sampleRequest(f, payload)
	case *annotations.Timer:
		return json.Marshal(timerForm{t.Name, now, m.Payload})
	case *annotations.OS:
		action, via, _ := strings.Cut(m.Actions()[0], ":")
		e := os.Event{Key: m.Prefix + "sample" + cmp.Or(m.Suffix, ".txt"), Action: os.Action(action), Via: via, Size: -1, Time: now, Resource: m.Bucket, Bucket: m.Bucket}
		if e.Action == os.Created {
			e.Via, e.Size, e.ETag = cmp.Or(via, "put"), 1024, "d41d8cd98f00b204e9800998ecf8427e"
		}
		return json.Marshal(e)
	case *annotations.MQ:
		e := mq.Message{Resource: m.Source(), Source: m.Source(), Body: []byte(body), Tag: m.Tag, Time: now}
		if r := seen.Resource(t, target.Needs(m)[0]); strings.HasPrefix(r.ARN, "arn:aws:dynamodb:") {
			e.Body, e.Tag = []byte(`{"Keys":{"id":{"S":"1"}},"NewImage":{"id":{"S":"1"},"text":{"S":"a sample"}},"SequenceNumber":"1","SizeBytes":26,"StreamViewType":"NEW_AND_OLD_IMAGES"}`), "INSERT"
		}
		return json.Marshal(e)
	case *annotations.Kafka:
		return json.Marshal(kafka.Record{Resource: m.Topic, Topic: m.Topic, Offset: 1, Key: []byte("1"), Value: []byte(body), Time: now})
	case *annotations.Log:
		e := log.Batch{Resource: m.Store, Store: m.Store}
		if cloud == "aliyun" {
			e.Range = &log.Range{Endpoint: "http://cn-hangzhou-intranet.log.aliyuncs.com", Begin: "MTUyOTQ4MDIwOTY1NTk3ODQ2Mw==", End: "MTUyOTQ4MDIwOTY1NTk3ODQ2NA==", Time: now}
		} else {
			e.Entries = []log.Entry{{Time: now, Message: "a line of the sample"}, {Time: now, Message: "another line"}}
		}
		return json.Marshal(e)
	case *annotations.CDN:
		paths := []string{"https://" + m.Domains[0] + "/sample.html"}
		return json.Marshal(cdn.Event{Resource: m.Domains[0], Domain: m.Domains[0], Action: m.Happenings()[0], Paths: paths, Time: now})
	case *annotations.Event:
		if m.OnBus() {
			return json.Marshal(event.Event{Source: cmp.Or(m.Source, "faasgen.sample"), Type: cmp.Or(m.Type, "Sample"), Data: []byte(body), Time: now})
		}
	}
	return []byte(body), nil
}

// sampleRequest is a request for the first route, with 1 for each wildcard. Methods that have a body get one.
func sampleRequest(f *target.Function, body []byte) ([]byte, error) {
	route := routes(f)[0]
	values := map[string]string{}
	for part := range strings.SplitSeq(route.Pattern, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			values[strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")] = "1"
		}
	}
	filled, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	r, err := envelope.ParseRequest(routes(f)[:1], filled)
	if err != nil {
		return nil, err
	}
	r.Header, r.Body = nil, nil
	switch {
	case route.Method == "" && body == nil:
		r.Method = http.MethodGet
	case r.Method == http.MethodPost, r.Method == http.MethodPut, r.Method == http.MethodPatch:
		r.Body = []byte(cmp.Or(string(body), "{}"))
		r.Header = [][2]string{{"Content-Type", "application/json"}}
	}
	return json.Marshal(formOf(r))
}

// payload is an event as a cloud sends it, where it sends events rather than requests; false for what has no such form.
func (c cloud) payload(seen *target.App, f *target.Function, form string, written []byte) ([]byte, bool, error) {
	if c.write == nil || !envelope.IsEvent(form, written) {
		return nil, false, nil
	}
	e, err := batch(seen, f, form, written)
	if err != nil {
		return nil, false, err
	}
	b, err := c.write(e)
	return b, err == nil, err
}
