package aws

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// sourceIP is the address of every client.
const sourceIP = "203.0.113.7"

// ingress turns requests into events and results into responses, as one AWS service does.
type ingress interface {
	// event returns the event of a request, whose id is that of the ingress.
	event(r *call) any
	// response reads the function's result. Its error is the vendor's "malformed response".
	response(r *call, response []byte) (*sim.Response, error)
	// failed is what the client gets when the function failed or its response is malformed.
	failed(r *call) *sim.Response
	// tooLarge is what the client gets when its request makes too large an event.
	tooLarge() *sim.Response
	// limits are those of the event and of the response.
	limits() (event, response int)
}

func newIngress(o Options) (ingress, error) {
	switch o.Ingress {
	case "url", "":
		return &gateway2{stage: "$default", url: true}, nil
	case "apigw-v1":
		return &gateway1{stage: or(o.Stage, "prod"), binary: !o.NoBinary}, nil
	case "apigw-v2":
		return &gateway2{stage: or(o.Stage, "$default"), routes: o.Routes}, nil
	case "alb":
		return &balancer{multi: o.MultiValue}, nil
	}
	return nil, fmt.Errorf("ingress %q: expected apigw-v1, apigw-v2, url or alb", o.Ingress)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// call is one request at an ingress.
type call struct {
	*sim.Request
	id    string
	at    time.Time
	trace string // X-Amzn-Trace-Id
	path  string // as the client encoded it
	query string
}

// HTTP sends a request through the ingress.
func (s *sandbox) HTTP(ctx context.Context, r *sim.Request) (*sim.Response, error) {
	path, query, _ := strings.Cut(r.Target, "?")
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("request target %q: expected a path", r.Target)
	}
	now := time.Now()
	c := &call{Request: r, id: newID(), at: now, trace: newTrace(now), path: path, query: query}
	event, err := json.Marshal(s.ingress.event(c))
	if err != nil {
		return nil, fmt.Errorf("encode the event: %w", err)
	}
	eventLimit, responseLimit := s.ingress.limits()
	if len(event) > eventLimit {
		return s.ingress.tooLarge(), nil
	}
	if g, ok := s.ingress.(*gateway2); ok && g.url && s.o.Streaming {
		return s.stream(ctx, c, event)
	}
	result, err := s.invoke(ctx, c.id, event, nil)
	if err != nil {
		return nil, err
	}
	if result.Error != nil || len(result.Body) > responseLimit {
		return s.ingress.failed(c), nil
	}
	response, err := s.ingress.response(c, result.Body)
	if err != nil {
		return s.ingress.failed(c), nil
	}
	if r.Method == "HEAD" || response.Status == 204 || response.Status == 304 {
		response.Body = nil
	}
	return response, nil
}

// values are the values of one name, in the order the client sent them.
type values struct {
	name   string
	values []string
}

// grouped collects pairs by name; same says which names are one.
func grouped(pairs [][2]string, same func(a, b string) bool) []values {
	var all []values
next:
	for _, p := range pairs {
		for i := range all {
			if same(all[i].name, p[0]) {
				all[i].values = append(all[i].values, p[1])
				continue next
			}
		}
		all = append(all, values{p[0], []string{p[1]}})
	}
	return all
}

func exactly(a, b string) bool { return a == b }

// single keeps the last value of each name, as the ingresses do; nil if there is none.
func single(all []values, name func(string) string) map[string]string {
	if len(all) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, v := range all {
		m[name(v.name)] = v.values[len(v.values)-1]
	}
	return m
}

func multi(all []values, name func(string) string) map[string][]string {
	if len(all) == 0 {
		return nil
	}
	m := map[string][]string{}
	for _, v := range all {
		m[name(v.name)] = v.values
	}
	return m
}

func unchanged(s string) string { return s }

// headers are those that arrive: the client's, and those that every ingress adds.
func (c *call) headers(proto, port string) []values {
	pairs := append([][2]string{{"Host", c.Host}}, c.Header...)
	pairs = append(pairs, [2]string{"X-Forwarded-For", sourceIP}, [2]string{"X-Forwarded-Port", port}, [2]string{"X-Forwarded-Proto", proto},
		[2]string{"X-Amzn-Trace-Id", c.trace})
	return grouped(pairs, strings.EqualFold)
}

// header returns the first value of a client's header.
func (c *call) header(name string) string {
	for _, h := range c.Header {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// pairs splits the query without decoding it.
func (c *call) pairs() [][2]string {
	var pairs [][2]string
	for part := range strings.SplitSeq(c.query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, [2]string{name, value})
	}
	return pairs
}

// decodedQuery splits and decodes the query.
func (c *call) decodedQuery() []values {
	pairs := c.pairs()
	for i := range pairs {
		for j := range pairs[i] {
			if s, err := url.QueryUnescape(pairs[i][j]); err == nil {
				pairs[i][j] = s
			}
		}
	}
	return grouped(pairs, exactly)
}

// isText reports whether an ingress that looks at types sends the body as text.
func (c *call) isText() bool {
	kind, _, _ := strings.Cut(strings.ToLower(c.header("Content-Type")), ";")
	switch kind = strings.TrimSpace(kind); kind {
	case "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded":
	default:
		if !strings.HasPrefix(kind, "text/") {
			return false
		}
	}
	return c.header("Content-Encoding") == "" && utf8.Valid(c.Body)
}

// body returns the member body of an event.
func (c *call) body(text bool) (body string, encoded bool) {
	if text || len(c.Body) == 0 {
		return string(c.Body), false
	}
	return base64.StdEncoding.EncodeToString(c.Body), true
}

// object is a function's result, member by member.
type object map[string]json.RawMessage

// status reads statusCode: a number, or a string that holds one.
func (o object) status() (int, error) {
	raw := string(o["statusCode"])
	if s, err := strconv.Unquote(raw); err == nil {
		raw = s
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 100 || n > 599 {
		return 0, fmt.Errorf("statusCode is %s", raw)
	}
	return n, nil
}

// content reads body and isBase64Encoded. Keep shows base64 as it is, as an ingress does that knows of no binary types.
func (o object) content(keep bool) ([]byte, error) {
	var body string
	if raw := o["body"]; raw != nil && string(raw) != "null" {
		if err := json.Unmarshal(raw, &body); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
	}
	var encoded bool
	if raw := o["isBase64Encoded"]; raw != nil {
		if err := json.Unmarshal(raw, &encoded); err != nil {
			return nil, fmt.Errorf("isBase64Encoded: %w", err)
		}
	}
	if !encoded || keep {
		return []byte(body), nil
	}
	b, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return b, nil
}

// texts reads {"name":"value"}; numbers and booleans are values, too.
func (o object) texts(member string) ([][2]string, error) {
	var m map[string]any
	if raw := o[member]; raw != nil {
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", member, err)
		}
	}
	var pairs [][2]string
	for name, v := range m {
		switch v := v.(type) {
		case string:
			pairs = append(pairs, [2]string{name, v})
		case float64, bool:
			pairs = append(pairs, [2]string{name, fmt.Sprint(v)})
		default:
			return nil, fmt.Errorf("%s.%s is not a string", member, name)
		}
	}
	return pairs, nil
}

// lists reads {"name":["value","value"]}.
func (o object) lists(member string) ([][2]string, error) {
	var m map[string][]string
	if raw := o[member]; raw != nil {
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", member, err)
		}
	}
	var pairs [][2]string
	for name, list := range m {
		for _, v := range list {
			pairs = append(pairs, [2]string{name, v})
		}
	}
	return pairs, nil
}

// message is a response that the ingress makes itself.
func message(status int, body string) *sim.Response {
	return &sim.Response{Status: status, Header: [][2]string{{"Content-Type", "application/json"}}, Body: []byte(body)}
}

// withLength ends the headers of a response as the ingress sends them.
func withLength(r *sim.Response) *sim.Response {
	kept := r.Header[:0:0]
	for _, h := range r.Header {
		if !strings.EqualFold(h[0], "Content-Length") && !strings.EqualFold(h[0], "Connection") && !strings.EqualFold(h[0], "Transfer-Encoding") {
			kept = append(kept, [2]string{http.CanonicalHeaderKey(h[0]), h[1]})
		}
	}
	r.Header = append(kept, [2]string{"Content-Length", strconv.Itoa(len(r.Body))})
	return r
}
