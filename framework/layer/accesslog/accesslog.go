// Package accesslog is a layer that writes one line for each invocation, of whatever kind and on every cloud: one JSON object where
// the platform writes JSON, text in development. In f.yml:
//
//	layers:
//	  accesslog: {use: go:github.com/faasgen/faasgen/framework/layer/accesslog, config: {metrics: emf, debugRate: 0.01}}
//
// The line goes to the logger of the process, [framework.Runtime.Log], and has these fields besides the time, the level and the message
// "invocation". They keep their names and units, so that queries and metrics can be made of them:
//
//	unit             deployment unit
//	function         function, also inside of a group
//	trigger          kind of the trigger: http, timer, mq, ...; call for a call of another function, raw for a payload as it came
//	request_id       platform's id of the invocation; requestId in the JSON log format of Lambda
//	root_request_id  that with which a chain of calls began, where it is another one
//	trace_id         W3C trace id, that of [framework.Context.TraceID], where there is one
//	method, route    of requests: the method, and the pattern of the route, never the path
//	status           of requests: the status of the response
//	duration_us      time that the function and the layers further inside took, in microseconds
//	cold             whether it was the first invocation of the process
//	error_code       code of a failure: that of a framework.Error, panic, deadline_exceeded, canceled, batch or internal
//	failed_messages  how many messages of a batch failed, where others did not
//	late             true where the function came back after its caller had been answered that it did not in time
//	sampled          true where debug records of the invocation were written
//	errors           with metrics: 1 for a failure, else 0
//	headers, query   of requests, where the configuration says so
//
// The level is ERROR for a failure that is not the caller's: a status from 500, a panic, and every error of an event; else INFO. What
// failed, with the text of the error and the stack of a panic, is a record of the platform's own, at level ERROR, too; callers see neither.
// What reaches no function has no line: a 404, a 405, and what is over the concurrency limit of its function.
//
// The layer ends where metrics of an application's own begin, and exports nothing by itself.
package accesslog

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Config is what the layer's entry in f.yml and configuration say of it.
//
//faas:config key=layer
type Config struct {
	// Metrics is none or emf. With emf the line is a metric of CloudWatch on AWS, too, in its Embedded Metric Format: duration_us and
	// errors by unit and function, and ColdStart by the name of the Lambda function, in a line of its own. On other clouds, which have
	// no such format, the line has the same fields, for the metrics that their log services make of fields.
	Metrics string //faas:config default=none
	// Namespace is that of the metrics in CloudWatch, at most 255 characters.
	Namespace string //faas:config default=faasgen
	// DebugRate is the share of invocations, from 0 to 1, whose debug records are written whatever the level of the process: those of
	// [framework.Context.Logger], and those of other loggers that get the invocation's context.
	DebugRate float64 //faas:config default=0
	// Redact lists attributes whose values are replaced in every record of the process, at any depth of groups and maps, without
	// regard to case. Members of structs are not looked at.
	Redact []string //faas:config default=authorization,cookie,set-cookie,proxy-authorization,password,secret,token
	// Headers lists the request headers that the line has. Their values are cut at 256 bytes.
	Headers []string //faas:config default=""
	// Query adds the parameters of the query to the line: 32 at most, and of each value 256 bytes.
	Query bool //faas:config default=false
}

// Layer is the layer. It is made by New.
type Layer struct {
	config  Config
	headers []string // canonical
	redact  map[string]bool
	heads   sync.Pool // of *head
}

// New returns the layer, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config) (*Layer, error) {
	switch c.Metrics {
	case "", "none", "emf":
	default:
		return nil, fmt.Errorf("metrics: found %.40q, expected none or emf", c.Metrics)
	}
	if c.Metrics == "emf" && !validNamespace(c.Namespace) {
		return nil, fmt.Errorf("namespace: found %.300q, expected 1 to 255 of the characters A-Z a-z 0-9 . - _ / # :, the first not a colon", c.Namespace)
	}
	if !(c.DebugRate >= 0 && c.DebugRate <= 1) {
		return nil, fmt.Errorf("debugRate: found %v, expected a share from 0 to 1", c.DebugRate)
	}
	l := &Layer{config: *c, heads: sync.Pool{New: func() any { return new(head) }}}
	for _, name := range c.Redact {
		if strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("redact: found an empty name, expected the names of attributes such as password")
		}
		if l.redact == nil {
			l.redact = map[string]bool{}
		}
		l.redact[folded(name)] = true
	}
	for _, name := range c.Headers {
		if !web.ValidName(name) {
			return nil, fmt.Errorf("headers: found %.100q, expected the name of a header such as User-Agent", name)
		}
		l.headers = append(l.headers, name)
	}
	return l, nil
}

// Name returns "accesslog".
func (l *Layer) Name() string { return "accesslog" }

// Logger puts redaction and sampling around the logger of the process.
func (l *Layer) Logger(log *slog.Logger) *slog.Logger {
	if l.redact == nil && l.config.DebugRate == 0 {
		return log
	}
	return slog.New(&handler{inner: log.Handler(), redact: l.redact, sampling: l.config.DebugRate > 0})
}

// Middleware writes the line.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	w := &writer{layer: l}
	return func(ctx *framework.Context) (err error) {
		i := begin(l, ctx)
		defer func() { w.write(ctx, &i, err) }()
		err = next(ctx)
		i.returned = true
		return err
	}
}

// validNamespace reports whether CloudWatch takes a namespace.
func validNamespace(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte(".-_/#:", c) < 0 {
			return false
		}
	}
	return name != "" && len(name) <= 255 && name[0] != ':'
}
