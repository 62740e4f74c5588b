// Package envelope is how a person or a tool writes down an event to invoke a function with, and how the outcome is written
// down: one JSON form for every platform, so that the same file works in process and under each vendor's simulator.
//
// An http event is a request, {"method": "POST", "path": "/books?x=1", "headers": {"X-A": "b"}, "body": {"title": "Go"}},
// where all but the path may be left out. Without a path it is one to the function's first route, if it has a body. Any other JSON is the body of
// the first route itself, and so are a text and a form; see [ParseRequest]. A timer event is {"name", "time", "payload"},
// each optional. The events of the other triggers are those of framework/trigger as JSON, one or a list: {"key": "a.pdf"} is
// of object storage, {"body": "text"} a message, {"value": "text"} a record, {"entries": [{"message": "text"}]} a batch of a
// log, {"type": "Paid", "data": {}} is of an event bus; a message, a record and an event of a bus may be their payload alone.
// Anything else is handed over as it is.
package envelope

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Request is an http event.
type Request struct {
	// Method is upper case.
	Method string
	// Target is the encoded path with the query, as a client sends it.
	Target string
	// Host is the requested host, empty if the event does not say.
	Host string
	// Header holds the headers in the order of their names.
	Header [][2]string
	Body   []byte
}

// requestForm is the request as JSON.
type requestForm struct {
	Method  *string                    `json:"method"`
	Path    *string                    `json:"path"`
	Headers map[string]json.RawMessage `json:"headers"`
	Body    json.RawMessage            `json:"body"`
	Base64  bool                       `json:"isBase64Encoded"`
}

// IsRequest reports whether event is a request rather than a body: an object with a path that begins with a slash, and no
// members that a request does not have.
func IsRequest(event []byte) bool {
	return only(event, requestMembers(), "path", `"/`)
}

// IsPathless reports whether event is a request that does not say where it goes: an object with a body and no path, and no members that a
// request does not have. A body of JSON with such members is sent with a path.
func IsPathless(event []byte) bool {
	return only(event, requestMembers()[1:], "body", "")
}

func requestMembers() []string {
	return []string{"path", "method", "headers", "body", "isBase64Encoded"}
}

// IsTimer reports whether event is a timer's: an object with a name, and no members that a timer's does not have.
func IsTimer(event []byte) bool {
	return only(event, []string{"name", "time", "payload"}, "name", `"`)
}

// Kind decides what kind of event a function with these triggers gets: what the event's form says, else the kind of the
// first. A function without triggers gets raw events.
func Kind(triggers []framework.Trigger, event []byte) string {
	if len(triggers) == 0 {
		return "raw"
	}
	for _, d := range []trigger.Delivery{trigger.Request, trigger.Tick, trigger.Batch} {
		for _, t := range triggers {
			if trigger.DeliveryOf(t) == d && isEvent(t, event) {
				return t.Kind()
			}
		}
	}
	for _, t := range triggers {
		if t == (framework.Callee{}) { // whose payloads have no form of their own
			return t.Kind()
		}
	}
	return triggers[0].Kind()
}

// isEvent reports whether event is written as those of a trigger are.
func isEvent(t framework.Trigger, event []byte) bool {
	switch trigger.DeliveryOf(t) {
	case trigger.Request:
		return IsRequest(event)
	case trigger.Tick:
		return IsTimer(event)
	}
	w, ok := t.(trigger.Written)
	return ok && formed(w.Form(), event)
}

// Raw is the payload of a raw event: an empty one is an empty object, as the vendors' invoke calls have it.
func Raw(event []byte) []byte {
	if len(bytes.TrimSpace(event)) == 0 {
		return []byte("{}")
	}
	return event
}

// only reports whether event is an object of known members, in which the required one begins as given.
func only(event []byte, known []string, required, begins string) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(event, &members) != nil || members == nil {
		return false
	}
	if value, ok := members[required]; !ok || !bytes.HasPrefix(value, []byte(begins)) {
		return false
	}
	for name := range members {
		if !slices.Contains(known, name) {
			return false
		}
	}
	return true
}

// ParseRequest reads an http event of a function with these routes. Wildcards of the first route take their values from
// the members of the same names when the event, or the body of one without a path, is a JSON object.
//
// An event that is no request is a body, and so is that of a request without a path. Where nothing says of what type it is, it is what it looks
// like: JSON, the parts or the pairs of a form (a=1&b=2), text, or bytes. What begins as JSON and is none is an error.
func ParseRequest(routes []web.Route, event []byte) (*Request, error) {
	if IsRequest(event) {
		return parseForm(routes, event)
	}
	if len(routes) == 0 {
		return nil, errors.New(`the function has no http route; expected the event to be a request with a "path"`)
	}
	if IsPathless(event) {
		return parseForm(routes, event)
	}
	r := &Request{Host: routes[0].Host}
	if trimmed := bytes.TrimSpace(event); len(trimmed) > 0 {
		r.Body = trimmed
		kind := typeOf(r.Body)
		switch {
		case kind == typeJSON:
		case bytes.IndexByte([]byte("{[\""), trimmed[0]) >= 0:
			return nil, jsonError(trimmed)
		case kind != typePairs:
			r.Body = event // of which white space is a part
		}
		r.Header = [][2]string{{"Content-Type", kind}}
	}
	r.Method = methodOf(routes[0], r.Body != nil)
	target, err := fill(routes[0], r.Body)
	r.Target = target
	return r, err
}

const (
	typeJSON  = "application/json"
	typePairs = "application/x-www-form-urlencoded"
)

// typeOf is the media type that a body looks like.
func typeOf(body []byte) string {
	switch {
	case json.Valid(body):
		return typeJSON
	case !utf8.Valid(body):
		if t := typeOfParts(body); t != "" {
			return t
		}
		return "application/octet-stream"
	case isPairs(string(body)):
		return typePairs
	}
	return cmp.Or(typeOfParts(body), "text/plain; charset=utf-8")
}

// typeOfParts is the type of a body that is the parts of a form, "" of any other.
func typeOfParts(body []byte) string {
	first, rest, _ := bytes.Cut(body, []byte("\n"))
	boundary, ok := strings.CutPrefix(strings.TrimSuffix(string(first), "\r"), "--")
	if !ok || boundary == "" || len(boundary) > 70 || strings.ContainsAny(boundary, "\"\\ \t") || !bytes.HasPrefix(bytes.ToLower(rest), []byte("content-disposition:")) {
		return ""
	}
	return `multipart/form-data; boundary="` + boundary + `"`
}

// isPairs reports whether a text is the pairs of an urlencoded form: names of letters, digits and a few marks, and no white space.
func isPairs(text string) bool {
	for pair := range strings.SplitSeq(text, "&") {
		name, _, ok := strings.Cut(pair, "=")
		if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r > '~' || !isToken(string(r)) && r != '[' && r != ']' }) {
			return false
		}
	}
	if strings.ContainsAny(text, " \t\r\n") {
		return false
	}
	_, err := url.ParseQuery(text)
	return err == nil
}

// methodOf is the method of a request that does not say: the route's or, when that takes any, what suits a body.
func methodOf(route web.Route, body bool) string {
	switch {
	case route.Method != "":
		return route.Method
	case body:
		return "POST"
	}
	return "GET"
}

func parseForm(routes []web.Route, event []byte) (*Request, error) {
	var f requestForm
	if err := json.Unmarshal(event, &f); err != nil {
		return nil, fmt.Errorf("the request is of the wrong form: %w", err)
	}
	r := &Request{Method: "GET"}
	switch {
	case f.Method != nil && !isToken(*f.Method):
		return nil, fmt.Errorf(`member "method" of the request is %.40q, expected a method such as GET`, *f.Method)
	case f.Method != nil:
		r.Method = strings.ToUpper(*f.Method)
	case len(routes) > 0:
		r.Method = methodOf(routes[0], len(f.Body) > 0)
	}
	if f.Path != nil {
		r.Target = *f.Path
		if u, err := url.ParseRequestURI(r.Target); err != nil || !strings.HasPrefix(r.Target, "/") || u.Host != "" {
			return nil, fmt.Errorf(`member "path" of the request is %.200q, expected an encoded path that begins with a slash`, *f.Path)
		}
	}
	for name, raw := range f.Headers {
		values, err := headerValues(raw)
		if err != nil || !isToken(name) || slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, "\r\n\x00") }) {
			return nil, fmt.Errorf("header %.80q of the request: expected a name, and a text or a list of texts", name)
		}
		for _, v := range values {
			if strings.EqualFold(name, "Host") {
				r.Host = v
				continue
			}
			r.Header = append(r.Header, [2]string{name, v})
		}
	}
	slices.SortStableFunc(r.Header, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	if err := parseBody(r, f); err != nil || f.Path != nil {
		return r, err
	}
	return r, address(r, routes[0])
}

// address sends a request that does not say where it goes to a route, and says what its body looks like.
func address(r *Request, route web.Route) (err error) {
	r.Host = cmp.Or(r.Host, route.Host)
	if len(r.Body) > 0 && !hasType(r) {
		r.Header = append(r.Header, [2]string{"Content-Type", typeOf(r.Body)})
	}
	r.Target, err = fill(route, r.Body)
	return err
}

func hasType(r *Request) bool {
	return slices.ContainsFunc(r.Header, func(h [2]string) bool { return strings.EqualFold(h[0], "Content-Type") })
}

func parseBody(r *Request, f requestForm) error {
	var text string
	switch {
	case len(f.Body) == 0 || string(f.Body) == "null":
	case json.Unmarshal(f.Body, &text) == nil && f.Base64:
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return errors.New(`member "body" of the request is not base64, though "isBase64Encoded" is true`)
		}
		r.Body = b
	case f.Base64:
		return errors.New(`member "body" of the request: expected a text of base64, as "isBase64Encoded" is true`)
	case f.Body[0] == '"':
		r.Body = []byte(text)
	default:
		r.Body = f.Body
		if !hasType(r) {
			r.Header = append(r.Header, [2]string{"Content-Type", "application/json"})
		}
	}
	return nil
}

func headerValues(raw json.RawMessage) ([]string, error) {
	var one string
	if err := json.Unmarshal(raw, &one); err == nil {
		return []string{one}, nil
	}
	var many []string
	err := json.Unmarshal(raw, &many)
	return many, err
}

// isToken reports whether s is a token of RFC 9110, which methods and header names are.
func isToken(s string) bool {
	for _, r := range []byte(s) {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(r)) {
			return false
		}
	}
	return s != ""
}

// fill puts the members of a JSON object into the wildcards of a route.
func fill(route web.Route, event []byte) (string, error) {
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber() // 12345678901 must not become 1.2345678901e+10
	_ = d.Decode(&members)
	parts := strings.Split(route.Pattern, "/")
	for i, p := range parts {
		if p == "{$}" {
			parts[i] = ""
			continue
		}
		name, ok := strings.CutPrefix(p, "{")
		if !ok {
			continue
		}
		name, rest := strings.CutSuffix(strings.TrimSuffix(name, "}"), "...")
		v, found := members[name]
		_, isObject := v.(map[string]any)
		_, isList := v.([]any)
		if !found || v == nil || isObject || isList {
			if rest {
				parts[i] = ""
				continue
			}
			return "", fmt.Errorf(`route %s %s needs a value for {%s}; put "%s" into the event, or write a request: {"path": "/..."}`,
				methodOf(route, len(event) > 0), route.Pattern, name, name)
		}
		text := fmt.Sprint(v)
		if !rest {
			parts[i] = url.PathEscape(text)
			continue
		}
		segments := strings.Split(text, "/")
		for j, s := range segments {
			segments[j] = url.PathEscape(s)
		}
		parts[i] = strings.Join(segments, "/")
	}
	return strings.Join(parts, "/"), nil
}

// ParseTimer reads a timer event of a function with these schedules. What the event leaves out comes from the schedule of
// its name or, without a name, from the first; the time is now.
func ParseTimer(schedules []timer.Schedule, event []byte, now time.Time) (timer.Event, error) {
	var form struct {
		Name    *string    `json:"name"`
		Time    *time.Time `json:"time"`
		Payload *string    `json:"payload"`
	}
	if event = bytes.TrimSpace(event); len(event) > 0 {
		d := json.NewDecoder(bytes.NewReader(event))
		d.DisallowUnknownFields()
		if err := d.Decode(&form); err != nil || d.More() {
			return timer.Event{}, fmt.Errorf(`expected a timer event, an object with "name", "time" (such as %q) and "payload", each optional`, "2026-01-02T15:04:05Z")
		}
	}
	e := timer.Event{Time: now.UTC(), Raw: event}
	if form.Time != nil {
		e.Time = form.Time.UTC()
	}
	var names []string
	found := false
	for _, s := range schedules {
		if !found && (form.Name == nil || *form.Name == s.Name) {
			found, e.Name, e.Payload = true, s.Name, s.Payload
		}
		names = append(names, s.Name)
	}
	switch {
	case len(schedules) == 0:
		return timer.Event{}, errors.New("the function has no timer")
	case !found:
		return timer.Event{}, fmt.Errorf("the function has no timer %.80q; it has %s", *form.Name, strings.Join(names, ", "))
	}
	if form.Payload != nil {
		e.Payload = *form.Payload
	}
	return e, nil
}

// Outcome is what came of an invocation.
type Outcome struct {
	// Function is the function's name, Kind the kind of its event: http, timer, mq, raw.
	Function string `json:"function"`
	Kind     string `json:"kind"`
	// Status and Headers are those of an HTTP response.
	Status  int                 `json:"status,omitempty"`
	Headers map[string][]string `json:"headers,omitempty"`
	// Body is the response: text, or base64 if IsBase64Encoded is set because it is not UTF-8.
	Body            string `json:"body"`
	IsBase64Encoded bool   `json:"isBase64Encoded,omitempty"`
	// Error is set when the invocation failed. An HTTP response with a status above 399 is not a failure.
	Error *Failure `json:"error,omitempty"`
}

// Failure is the error of an invocation.
type Failure struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// SetBody stores b as text if it is UTF-8, else as base64.
func (o *Outcome) SetBody(b []byte) {
	if utf8.Valid(b) {
		o.Body, o.IsBase64Encoded = string(b), false
		return
	}
	o.Body, o.IsBase64Encoded = base64.StdEncoding.EncodeToString(b), true
}

// Bytes is the response's body as it was. Its error means that the outcome was not written by this package.
func (o *Outcome) Bytes() ([]byte, error) {
	if o.IsBase64Encoded {
		return base64.StdEncoding.DecodeString(o.Body)
	}
	return []byte(o.Body), nil
}

func jsonError(event []byte) error {
	var v any
	err := json.Unmarshal(event, &v)
	var se *json.SyntaxError
	if errors.As(err, &se) {
		return fmt.Errorf("the event is not JSON: %w (at byte %d)", err, se.Offset)
	}
	return fmt.Errorf("the event is not JSON: %w", err)
}
