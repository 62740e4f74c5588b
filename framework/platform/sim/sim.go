// Package sim is what the simulators of the vendors' runtimes share. Each folder below it starts a built artefact as its
// vendor would, speaks the vendor's real protocol to it and enforces the vendor's rules. Tests, the demo and "faasgen
// invoke --target" use them; so nothing here imports testing.
package sim

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// Artifact is an unpacked package and the settings that its deployment file gives it.
type Artifact struct {
	// Dir is the unpacked zip.
	Dir string
	// Command is the entry, relative to Dir: bootstrap, main, scf_bootstrap.
	Command string
	// Args follow the command.
	Args []string
	// Unit is the deployed function's name.
	Unit string
	// Environment is what the deployment file sets.
	Environment map[string]string
	// Role says that the function has a role, whose credentials the vendor gives it.
	Role bool
	// Memory is in MB.
	Memory int
	// Timeout limits an invocation, InitTimeout the start; zero is the vendor's default.
	Timeout, InitTimeout time.Duration
	// Output receives what the process writes to standard output and error. Nil discards it.
	Output io.Writer
	// API is put before the vendor's API where the process polls one, to break it on purpose. Nil is nothing.
	API func(http.Handler) http.Handler
}

// Front returns api behind what the artefact puts before it.
func (a *Artifact) Front(api http.Handler) http.Handler {
	if a.API == nil {
		return api
	}
	return a.API(api)
}

// Runtime is one vendor's runtime.
type Runtime interface {
	// Name is the platform's word, with the loop where there are several: aws, tencent/web, tencent/custom, aliyun.
	Name() string
	// Start starts the artefact and waits until it is ready. An init error of the function is an *InitError.
	Start(ctx context.Context, a Artifact) (Process, error)
}

// Process is a running artefact. Its methods are safe for concurrent use as far as the vendor allows concurrency; what
// the vendor would queue is queued.
type Process interface {
	// HTTP sends a request as the vendor's HTTP ingress would and decodes the response as it would.
	HTTP(ctx context.Context, r *Request) (*Response, error)
	// Timer delivers a timer event.
	Timer(ctx context.Context, t Timer) (*Result, error)
	// Invoke delivers a payload as it is, as the vendor's invoke call does.
	Invoke(ctx context.Context, payload []byte) (*Result, error)
	// Stop sends SIGTERM as the vendor does, waits for its grace period, kills what is left, and reports the violations
	// of the protocol that were seen.
	Stop(ctx context.Context) error
}

// Sender is a Process that can also send the events of the triggers that deliver batches.
type Sender interface {
	// Events delivers events in the vendor's own payload. An error says that it has none for them.
	Events(ctx context.Context, e Events) (*Result, error)
}

// Dialer is a Process that listens for http itself.
type Dialer interface {
	// Dial connects to it, so that a test decides what is sent, and when. The process runs until the connection is closed.
	Dial(ctx context.Context) (net.Conn, error)
}

// Events are the events of one trigger.
type Events struct {
	// Kind is the word of the trigger's kind: http, timer, mq and so on.
	Kind string
	// Batch is a *Request of kinds whose events are requests, a Timer of timers, []byte of raw payloads, and of all others a
	// slice of the kind's event type: []mq.Message, []os.Event and so on.
	Batch any
	// Type is the type of the resource that they come from, as in resources of f.yml: bucket, queue, topic, kafka, log,
	// domain, bus. Name is its real name or ARN; empty is what the events say.
	Type, Name string
	// Function is the function that a raw payload is for, to be named in a call of it; empty if it needs no name.
	Function string
}

// Request is a client's request to the vendor's HTTP ingress.
type Request struct {
	Method string
	// Target is path and query as the client sent them, still encoded.
	Target string
	Host   string
	Header [][2]string
	Body   []byte
	// OnBody is called with each piece of the response's body when the client gets it, where it is streamed. Nil is nothing.
	OnBody func(piece []byte)
}

// Response is what the client gets.
type Response struct {
	Status int
	Header [][2]string
	Body   []byte
}

// Values returns the values of one header, in order. The name is matched without regard to case.
func (r *Response) Values(name string) []string {
	var vs []string
	for _, h := range r.Header {
		if equalFold(h[0], name) {
			vs = append(vs, h[1])
		}
	}
	return vs
}

// Timer is a timer that fires.
type Timer struct {
	// Name is the timer's name as the deployment file has it.
	Name    string
	Time    time.Time
	Payload string
}

// Result is the outcome of an event.
type Result struct {
	// Body is the function's result, or the vendor's error document when Error is set.
	Body []byte
	// Error is set when the vendor would count a function error.
	Error *FunctionError
}

// FunctionError is an error the function reported, or that the runtime found.
type FunctionError struct {
	Type, Message string
}

// Error returns type and message.
func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// InitError means that the process did not become ready.
type InitError struct {
	// Type and Message are what it reported, or what the runtime found: exited, init timeout.
	Type, Message string
	// ExitCode is the process's, -1 if it was killed.
	ExitCode int
}

// Error returns what was reported.
func (e *InitError) Error() string { return "init error: " + e.Type + ": " + e.Message }

// ViolationError lists the rules of the protocol that the process broke.
type ViolationError struct{ Rules []string }

// Error lists them.
func (e *ViolationError) Error() string {
	s := "protocol violations:"
	for _, r := range e.Rules {
		s += "\n\t" + r
	}
	return s
}

func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if 'A' <= x && x <= 'Z' {
			x += 'a' - 'A'
		}
		if 'A' <= y && y <= 'Z' {
			y += 'a' - 'A'
		}
		if x != y {
			return false
		}
	}
	return true
}
