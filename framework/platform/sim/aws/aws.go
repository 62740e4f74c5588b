// Package aws simulates AWS Lambda for the artefact of an OS-only runtime: the Runtime API and the Extensions API inside
// the sandbox, and before it the HTTP ingresses that turn requests into events and results into responses.
//
// It enforces the rules that Lambda enforces and records those that the process breaks: a response with a wrong id is 400
// and a second one 403, a response over 6 MiB is 413, a poll out of turn is 403; the start and each invocation have a
// time limit that ends the process; the process is frozen between invocations; SIGTERM comes only to who has registered
// an extension, and SIGKILL soon after. The ingresses know nothing of the codecs in platform/aws: a mistake in one must not
// be mirrored in the other.
package aws

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// The vendor's numbers.
const (
	maxRequest         = 6 << 20
	maxResponse        = 6<<20 + 100
	defaultTimeout     = 3 * time.Second
	defaultInitTimeout = 10 * time.Second
	defaultGrace       = 500 * time.Millisecond
	exitAfterInitError = 2 * time.Second
	region             = "us-east-1"
	account            = "123456789012"
)

// Options say what stands before the function.
type Options struct {
	// Ingress is the HTTP ingress: apigw-v1, apigw-v2, url (the default) or alb.
	Ingress string
	// Streaming gives the function URL the mode RESPONSE_STREAM.
	Streaming bool
	// Stage is API Gateway's stage: prod for apigw-v1 and $default for apigw-v2 if empty.
	Stage string
	// Routes are the route keys of an HTTP API, such as "GET /books/{id}" and "ANY /files/{path+}". A request that none of
	// them is for comes by $default.
	Routes []string
	// MultiValue is the load balancer's multi-value headers.
	MultiValue bool
	// NoBinary leaves a REST API without binaryMediaTypes, as a new one is.
	NoBinary bool
	// Rule delivers timers as scheduled EventBridge rules do, instead of as schedules do.
	Rule bool
	// Concurrency is that of Lambda Managed Instances; zero and one are ordinary Lambda.
	Concurrency int
	// Grace is the time between SIGTERM and SIGKILL, 500 ms if zero.
	Grace time.Duration
	// ClientContext and CognitoIdentity are JSON that comes with every invocation, nothing if empty.
	ClientContext, CognitoIdentity string
}

// New returns Lambda with an ingress.
func New(o Options) sim.Runtime { return &lambda{o} }

type lambda struct{ o Options }

// Name returns "aws".
func (*lambda) Name() string { return "aws" }

// Start starts the artefact and waits for its first poll.
func (l *lambda) Start(ctx context.Context, a sim.Artifact) (sim.Process, error) {
	o := l.o
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	o.Concurrency = max(o.Concurrency, 1)
	if a.Timeout == 0 {
		a.Timeout = defaultTimeout
	}
	if a.InitTimeout == 0 {
		a.InitTimeout = defaultInitTimeout
	}
	if a.Memory == 0 {
		a.Memory = 128
	}
	f, err := newIngress(o)
	if err != nil {
		return nil, err
	}
	s := &sandbox{o: o, a: a, ingress: f, turns: make(chan struct{}, o.Concurrency)}
	if _, err := s.launch(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// environment is what Lambda sets for an OS-only runtime.
func (s *sandbox) environment(api string) []string {
	dir, err := filepath.Abs(s.a.Dir)
	if err != nil {
		dir = s.a.Dir
	}
	env := []string{
		"_HANDLER=" + s.a.Command,
		"AWS_ACCESS_KEY_ID=" + keyID,
		"AWS_SECRET_ACCESS_KEY=" + secretKey,
		"AWS_SESSION_TOKEN=" + sessionToken,
		"AWS_DEFAULT_REGION=" + region,
		"AWS_REGION=" + region,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(s.a.Memory),
		"AWS_LAMBDA_FUNCTION_NAME=" + s.a.Unit,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + s.a.Unit,
		"AWS_LAMBDA_LOG_STREAM_NAME=2026/01/02/[$LATEST]0123456789abcdef0123456789abcdef",
		"AWS_LAMBDA_RUNTIME_API=" + api,
		"AWS_XRAY_CONTEXT_MISSING=LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000",
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		"LAMBDA_TASK_ROOT=" + dir,
		"LANG=en_US.UTF-8",
		"LD_LIBRARY_PATH=/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
		"PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ=:UTC",
	}
	if s.o.Concurrency > 1 {
		env = append(env, "AWS_LAMBDA_MAX_CONCURRENCY="+strconv.Itoa(s.o.Concurrency))
	}
	return env
}

func (s *sandbox) arn() string {
	return "arn:aws:lambda:" + region + ":" + account + ":function:" + s.a.Unit
}

// newID returns a random UUID.
func newID() string {
	b := random(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func newTrace(at time.Time) string {
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0;Lineage=1:0123abcd:0", at.Unix(), random(12), random(8))
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
