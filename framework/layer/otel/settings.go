package otel

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

// maxCap is how long an invocation may be kept for an export at most.
const maxCap = 10 * time.Second

// settings are what the layer's configuration and the variables OTEL_* say together. Variables win.
type settings struct {
	off             bool
	w3c, baggage    bool // what is read of requests and passed on
	vendor          bool // the platform's own header is read, too
	sampling        sampling
	service         string
	resource        []attribute.KeyValue
	traces, metrics *receiver // nil is none
	cap             time.Duration
	delay, export   time.Duration // of a server
	every           time.Duration // of metrics
	queue, batch    int
	ignored         []string // variables that are set and mean nothing here
	global          bool
}

// receiver is where one signal goes.
type receiver struct {
	origin, path string // https://host:port, /v1/traces
	header       []runtimeapi.Field
	gzip         bool
	timeout      time.Duration
}

// environment reads variables, and collects what is wrong with them. No message has a value of a header or an address.
type environment struct {
	lookup func(string) (string, bool)
	errs   []error
}

func (e *environment) get(names ...string) (name, value string) {
	for _, name := range names {
		if v, _ := e.lookup(name); strings.TrimSpace(v) != "" {
			return name, strings.TrimSpace(v)
		}
	}
	return "", ""
}

func (e *environment) wrong(name, format string, args ...any) {
	e.errs = append(e.errs, fmt.Errorf("%s: "+format, append([]any{name}, args...)...))
}

// number is that of a variable, or otherwise.
func (e *environment) number(otherwise, least int, names ...string) int {
	name, text := e.get(names...)
	if name == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > 1<<30 {
		e.wrong(name, "found %.40q, expected a whole number from %d", text, least)
		return otherwise
	}
	return n
}

func (e *environment) milliseconds(otherwise time.Duration, names ...string) time.Duration {
	return time.Duration(e.number(int(otherwise/time.Millisecond), 1, names...)) * time.Millisecond
}

// settle puts configuration and variables together.
func settle(c *Config, lookup func(string) (string, bool)) (*settings, error) {
	e := &environment{lookup: lookup}
	if !(c.Sample >= 0 && c.Sample <= 1) {
		e.wrong("sample", "found %v, expected a share from 0 to 1", c.Sample)
	}
	if c.Cap <= 0 || c.Cap > maxCap {
		e.wrong("cap", "found %s, expected more than nothing and %s at most", c.Cap, maxCap)
	}
	s := &settings{w3c: true, baggage: true, vendor: true, cap: c.Cap, global: c.Global, service: c.Service,
		sampling: sampling{follows: true, bound: ofRatio(c.Sample)}}
	if name, v := e.get("OTEL_SDK_DISABLED"); name != "" {
		switch strings.ToLower(v) {
		case "true":
			return &settings{off: true}, errors.Join(e.errs...)
		case "false":
		default:
			e.wrong(name, "found %.40q, expected true or false", v)
		}
	}
	e.sampler(s)
	e.propagators(s)
	e.resource(s)
	s.traces = e.receiver(c, "TRACES", "/v1/traces", c.Traces)
	s.metrics = e.receiver(c, "METRICS", "/v1/metrics", c.Metrics)
	s.delay = e.milliseconds(5*time.Second, "OTEL_BSP_SCHEDULE_DELAY")
	s.export = e.milliseconds(30*time.Second, "OTEL_BSP_EXPORT_TIMEOUT")
	s.queue = e.number(2048, 1, "OTEL_BSP_MAX_QUEUE_SIZE")
	s.batch = min(e.number(512, 1, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"), s.queue)
	s.every = e.milliseconds(30*time.Second, "OTEL_METRIC_EXPORT_INTERVAL")
	if name, v := e.get("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"); name != "" && !strings.EqualFold(v, "delta") {
		e.wrong(name, "found %.40q, expected delta: processes come and go, and a total of each would be a series of its own", v)
	}
	for _, name := range [...]string{"OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE", "OTEL_LOGS_EXPORTER", "OTEL_LOG_LEVEL", "OTEL_METRICS_EXEMPLAR_FILTER", "OTEL_METRIC_EXPORT_TIMEOUT",
		"OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_INSECURE",
		"OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "OTEL_GO_X_RESOURCE"} {
		if set, _ := e.get(name); set != "" {
			s.ignored = append(s.ignored, set)
		}
	}
	return s, errors.Join(e.errs...)
}

func (e *environment) sampler(s *settings) {
	name, v := e.get("OTEL_TRACES_SAMPLER")
	argument, text := e.get("OTEL_TRACES_SAMPLER_ARG")
	if name == "" {
		if argument != "" {
			e.wrong(argument, "found it without OTEL_TRACES_SAMPLER, which says what it is for")
		}
		return
	}
	base, follows := strings.CutPrefix(v, "parentbased_")
	share := 1.0
	switch base {
	case "always_on":
	case "always_off":
		share = 0
	case "traceidratio":
		if argument != "" {
			var err error
			if share, err = strconv.ParseFloat(text, 64); err != nil || !(share >= 0 && share <= 1) {
				e.wrong(argument, "found %.40q, expected a share from 0 to 1", text)
				return
			}
		}
	default:
		e.wrong(name, "found %.40q, expected always_on, always_off or traceidratio, each also with parentbased_ before it", v)
		return
	}
	s.sampling = sampling{follows: follows, bound: ofRatio(share)}
}

func (e *environment) propagators(s *settings) {
	name, v := e.get("OTEL_PROPAGATORS")
	if name == "" {
		return
	}
	s.w3c, s.baggage, s.vendor = false, false, false
	for word := range strings.SplitSeq(v, ",") {
		switch strings.TrimSpace(word) {
		case "tracecontext":
			s.w3c = true
		case "baggage":
			s.baggage = true
		case "xray", "jaeger":
			s.vendor = true
		case "none":
		default:
			e.wrong(name, "found %.40q, expected tracecontext, baggage, xray, jaeger or none; xray and jaeger are the platform's own header", strings.TrimSpace(word))
		}
	}
}

func (e *environment) resource(s *settings) {
	name, list := e.get("OTEL_RESOURCE_ATTRIBUTES")
	for _, p := range e.pairs(name, list) {
		if p.Name == "service.name" {
			s.service = p.Value
			continue
		}
		s.resource = append(s.resource, attribute.String(p.Name, p.Value))
	}
	if _, v := e.get("OTEL_SERVICE_NAME"); v != "" {
		s.service = v
	}
}

// pairs reads name=value,name=value with the percent-encoding of baggage.
func (e *environment) pairs(variable, list string) (pairs []runtimeapi.Field) {
	if list == "" {
		return nil
	}
	for i, item := range strings.Split(list, ",") {
		if strings.TrimSpace(item) == "" {
			continue
		}
		name, value, ok := strings.Cut(item, "=")
		name, nerr := url.PathUnescape(strings.TrimSpace(name))
		value, verr := url.PathUnescape(strings.TrimSpace(value))
		if !ok || name == "" || nerr != nil || verr != nil {
			e.wrong(variable, "the pair at place %d is not of the form name=value, with %%20 and the like for what is special", i+1)
			continue
		}
		pairs = append(pairs, runtimeapi.Field{Name: name, Value: value})
	}
	return pairs
}

// receiver is that of a signal, nil if it goes nowhere.
func (e *environment) receiver(c *Config, signal, path string, wanted bool) *receiver {
	own, all := "OTEL_EXPORTER_OTLP_"+signal+"_", "OTEL_EXPORTER_OTLP_"
	if name, v := e.get("OTEL_" + signal + "_EXPORTER"); name != "" {
		if v != "otlp" && v != "none" {
			e.wrong(name, "found %.40q, expected otlp or none", v)
		}
		wanted = v == "otlp"
	}
	if name, v := e.get(own+"PROTOCOL", all+"PROTOCOL"); name != "" && v != "http/protobuf" {
		e.wrong(name, "found %.40q, expected http/protobuf: gRPC would be half of a function's package", v)
	}
	r := &receiver{gzip: true, timeout: e.milliseconds(10*time.Second, own+"TIMEOUT", all+"TIMEOUT")}
	if name, v := e.get(own+"COMPRESSION", all+"COMPRESSION"); name != "" {
		if v != "gzip" && v != "none" {
			e.wrong(name, "found %.40q, expected gzip or none", v)
		}
		r.gzip = v == "gzip"
	}
	name, address := e.get(own + "ENDPOINT") // used as it is
	if name == "" {
		if name, address = e.get(all + "ENDPOINT"); name == "" {
			name, address = "endpoint", c.Endpoint
		}
		if address != "" {
			address = strings.TrimSuffix(address, "/") + path
		}
	}
	variable, list := e.get(own+"HEADERS", all+"HEADERS")
	if variable == "" {
		variable, list = "headers", c.Headers.Reveal()
	}
	for _, h := range e.pairs(variable, list) {
		if !validHeader(h) {
			e.wrong(variable, "found a header that cannot be sent: names are letters, digits and dashes, values have no line breaks, and Content-Type, Content-Encoding, Content-Length, Host and the like are ours")
			continue
		}
		r.header = append(r.header, h)
	}
	if address == "" || !wanted {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		e.wrong(name, "expected an address such as https://otlp.example.com:4318, without a user; a password belongs into the headers")
		return nil
	}
	r.origin, r.path = u.Scheme+"://"+u.Host, u.EscapedPath()
	if r.path == "" {
		r.path = "/"
	}
	if u.RawQuery != "" {
		r.path += "?" + u.RawQuery
	}
	return r
}

// validHeader reports whether a header can be sent, and is not one that the exporter or the client sets.
func validHeader(h runtimeapi.Field) bool {
	for i := range len(h.Name) {
		c := h.Name[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	switch strings.ToLower(h.Name) {
	case "content-type", "content-encoding", "content-length", "host", "connection", "transfer-encoding", "user-agent":
		return false
	}
	return !strings.ContainsFunc(h.Value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
