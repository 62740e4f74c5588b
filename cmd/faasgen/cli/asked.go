package cli

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// narrow leaves a function only the triggers that --trigger names: all of a kind, or with kind:name the one of a bucket,
// queue, topic, log store, domain or source, of a timer's name, or of a route's path.
func narrow(f *target.Function, asked string) (*target.Function, error) {
	word, name, named := strings.Cut(asked, ":")
	narrowed := *f
	narrowed.Triggers = nil
	var known []string
	for _, t := range f.Triggers {
		for _, identity := range kind.Of(t.Marker).Identities(t.Marker, t.Name) {
			full := t.Kind
			if identity != "" {
				full += ":" + identity
			}
			known = append(known, full)
			if word != t.Kind || named && name != identity {
				continue
			}
			if named {
				t.Marker = kind.Of(t.Marker).Narrow(t.Marker, identity)
			}
			narrowed.Triggers = append(narrowed.Triggers, t)
			break
		}
	}
	switch {
	case len(narrowed.Triggers) > 0, len(f.Triggers) == 0 && asked == "raw":
		return &narrowed, nil
	case len(known) == 0:
		return nil, usage("function %s has no trigger %s; it has none, and takes raw events: --trigger raw", f.Name, quote(asked))
	}
	return nil, usage("function %s has no trigger %s; it has %s", f.Name, quote(asked), strings.Join(slices.Compact(known), ", "))
}

// runtimeTriggers are all of a function's triggers in the form that the framework has them, in their order.
func runtimeTriggers(f *target.Function) (list []framework.Trigger) {
	for _, t := range f.Triggers {
		list = append(list, kind.Of(t.Marker).Triggers(t.Marker, t.Name)...)
	}
	return list
}

// requestForm and timerForm are a request and a timer's event as [envelope] reads them.
type requestForm struct {
	Method  string              `json:"method"`
	Path    string              `json:"path"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    json.RawMessage     `json:"body,omitempty"`
	Base64  bool                `json:"isBase64Encoded,omitempty"`
}

type timerForm struct {
	Name    string    `json:"name"`
	Time    time.Time `json:"time"`
	Payload string    `json:"payload,omitempty"`
}

func formOf(r *envelope.Request) requestForm {
	form := requestForm{Method: r.Method, Path: r.Target, Headers: map[string][]string{}}
	if r.Host != "" {
		form.Headers["Host"] = []string{r.Host}
	}
	plain := false
	for _, h := range r.Header {
		form.Headers[h[0]] = append(form.Headers[h[0]], h[1])
		plain = plain || strings.EqualFold(h[0], "Content-Type") && h[1] == "application/json"
	}
	switch {
	case len(r.Body) == 0:
	case plain && len(r.Body) > 0 && r.Body[0] == '{' && json.Valid(r.Body):
		form.Body = r.Body
	case utf8.Valid(r.Body):
		form.Body, _ = json.Marshal(string(r.Body)) // a text always encodes
	default:
		form.Base64 = true
		form.Body, _ = json.Marshal(base64.StdEncoding.EncodeToString(r.Body))
	}
	return form
}

// complete writes an event of one form out in full, so that it says which of the function's triggers it is of.
func complete(f *target.Function, form string, written []byte) ([]byte, error) {
	switch form {
	case "http":
		r, err := envelope.ParseRequest(routes(f), written)
		if err != nil {
			return nil, err
		}
		return json.Marshal(formOf(r))
	case "timer":
		e, err := envelope.ParseTimer(schedules(f), written, time.Now())
		if err != nil {
			return nil, err
		}
		return json.Marshal(timerForm{e.Name, e.Time, e.Payload})
	case "raw":
		return envelope.Raw(written), nil
	}
	events, err := envelope.ParseBatch(form, batchTriggers(f), written, time.Now(), rand.Text)
	if err != nil {
		return nil, err
	}
	return json.Marshal(events)
}

// recorded reports whether an event is a payload that a cloud has sent: it looks like one, and is not in the form that
// people write. Of a cloud that is not known, it is what is in no such form.
func recorded(c cloud, form string, triggers []framework.Trigger, payload []byte) bool {
	if form == "http" && envelope.IsRequest(payload) || form == "timer" && envelope.IsTimer(payload) || envelope.IsEvent(form, triggers, payload) {
		return false
	}
	if c.looks == nil {
		return form != "http" && form != "timer"
	}
	return c.looks(&platform.Payload{Raw: payload}) != ""
}
