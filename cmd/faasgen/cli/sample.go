package cli

import (
	"cmp"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// sampleEvent is an event for the first trigger of f, as people write them; the same on every cloud but for logs, which
// Alibaba does not send but tells where they are. See [envelope].
func sampleEvent(app *gen.App, seen *target.App, f *target.Function, c sim.Cloud) ([]byte, error) {
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
	k := kind.Of(t.Marker)
	switch {
	case annotations.HTTPOf(t.Marker) != nil:
		form, mediaType, err := inspected.SampleForm(f.Name)
		if err != nil {
			return nil, err
		}
		if form != nil {
			payload = form
		}
		return sampleRequest(f, payload, cmp.Or(mediaType, "application/json"))
	case k.Word == "raw":
		return []byte(body), nil
	}
	e := sim.Events{Kind: k.Word, Batch: trigger.BatchOf(k.Sample(t.Marker, kind.Sample{Name: t.Name, Body: []byte(body), Now: now}))}
	if needs := k.Needs(t.Marker); len(needs) > 0 {
		e.Type, e.Name = needs[0].Type, seen.Resource(t, needs[0]).ARN
	}
	if c.Sample != nil {
		e.Batch = c.Sample(e)
	}
	return json.Marshal(reflect.ValueOf(e.Batch).Index(0).Interface())
}

// sampleRequest is a request for the first route, with 1 for each wildcard. Methods that have a body get one.
func sampleRequest(f *target.Function, body []byte, mediaType string) ([]byte, error) {
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
		r.Header = [][2]string{{"Content-Type", mediaType}}
	}
	return envelope.EncodeRequest(r)
}

// asSent is an event as a cloud sends it to a unit; as people write it, where requests reach the unit as they are.
func asSent(c sim.Cloud, tg target.Target, seen *target.App, unit *target.Unit, f *target.Function, form string, written []byte) ([]byte, error) {
	e, err := parse(seen, f, form, written)
	if err != nil {
		return nil, err
	}
	address(&e, seen, f)
	if r, ok := e.Batch.(*sim.Request); ok {
		if k, carried := c.Carried(e.Kind); carried && k.Codec == nil || len(tg.Entry(unit).Codecs) == 0 {
			return written, nil
		}
		r.Host = cmp.Or(r.Host, "localhost")
	}
	return c.Payload(e)
}
