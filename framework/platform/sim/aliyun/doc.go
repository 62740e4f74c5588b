// Package aliyun simulates the custom runtimes of Alibaba Cloud Function Compute 3.0 for built artefacts: an http server
// that gets requests, events and the calls of its life cycle, told apart by the header x-fc-control-path. It starts the
// process as FC does, speaks its protocol and enforces its rules; it deploys nothing and knows no account.
//
// Where the vendor's documents say nothing, it does what a function can least rely on, and a comment at the code says so.
package aliyun

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	maxPayload = 32 << 20  // of a synchronous event and of a request's body; the vendor documents no limit for responses
	maxAsync   = 128 << 10 // of an asynchronous event, which a timer's is
	maxHeader  = 8 << 10   // of a request
	maxTarget  = 4 << 10   // of path and query

	defaultTimeout     = 3 * time.Second
	defaultInitTimeout = 3 * time.Second
	listenTimeout      = 120 * time.Second
	preStopTimeout     = 30 * time.Second // as the deployment files configure it; the vendor's own default is 3 s

	// grace is the time between SIGTERM and SIGKILL. The vendor documents neither for custom runtimes.
	grace = 10 * time.Second
)

// NewCustom returns the runtime. It calls the initializer and the pre-stop hook, as FC does for functions whose
// deployment file configures them. In FC the port is 9000 unless it is configured; here it is a free one, passed in the
// vendor's own variables.
func NewCustom() sim.Runtime { return customRuntime{hooks: true, listen: listenTimeout} }

// NewCustomWithoutHooks is NewCustom for a function whose deployment file configures no instanceLifecycleConfig.
func NewCustomWithoutHooks() sim.Runtime { return customRuntime{listen: listenTimeout} }

type customRuntime struct {
	hooks  bool
	listen time.Duration
}

// Name returns "aliyun".
func (customRuntime) Name() string { return "aliyun" }

// Start starts the process, waits until it listens and calls its initializer.
func (c customRuntime) Start(ctx context.Context, a sim.Artifact) (sim.Process, error) {
	p := &process{hooks: c.hooks, initTimeout: cmp.Or(a.InitTimeout, defaultInitTimeout)}
	p.server = sim.Server{
		Artifact:    a,
		Environment: func(port int) []string { return environment(a, port) },
		InitTimeout: min(c.listen, cmp.Or(a.InitTimeout, c.listen)), // FC itself would wait the longer of the two
		Timeout:     cmp.Or(a.Timeout, defaultTimeout),
		MaxResponse: maxPayload,
	}
	if c.hooks {
		p.server.Ready = p.initialize
	}
	return p, initError(p.server.Start(ctx))
}

// initError adds the vendor's word to what went wrong at the start.
func initError(err error) error {
	ie, ok := errors.AsType[*sim.InitError](err)
	if !ok {
		return err
	}
	switch ie.Type {
	case "exited":
		ie.Message = "CAExited: " + ie.Message
	case "init timeout", "not reachable":
		ie.Message = "FunctionNotStarted: " + ie.Message
	}
	return ie
}

// environment is what FC sets. A function without a role has no credentials.
func environment(a sim.Artifact, port int) []string {
	env := []string{
		"FC_FUNC_CODE_PATH=" + codeRoot(a), "FC_FUNCTION_NAME=" + a.Unit, "FC_FUNCTION_HANDLER=index.handler",
		"FC_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(memory(a)), "FC_FUNCTION_VERSION=LATEST", "FC_REGION=" + region,
		"FC_ACCOUNT_ID=" + account, "FC_INSTANCE_ID=c-" + newID()[2:10],
		fmt.Sprintf("FC_SERVER_PORT=%d", port), fmt.Sprintf("FC_CUSTOM_LISTEN_PORT=%d", port),
	}
	if a.Role {
		env = append(env, "ALIBABA_CLOUD_ACCESS_KEY_ID="+keyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+secretKey, "ALIBABA_CLOUD_SECURITY_TOKEN="+startToken)
	}
	return env
}

// codeRoot is absolute, as the vendor's is: the process has a working directory of its own.
func codeRoot(a sim.Artifact) string {
	if dir, err := filepath.Abs(a.Dir); err == nil {
		return dir
	}
	return a.Dir
}

func memory(a sim.Artifact) int { return cmp.Or(a.Memory, 512) }

// newID is a request id in the vendor's form.
func newID() string {
	b := make([]byte, 14)
	rand.Read(b)
	return "1-" + hex.EncodeToString(b[:4]) + "-" + hex.EncodeToString(b[4:8]) + "-" + hex.EncodeToString(b[8:])
}

// common are the headers that FC adds to every request. The time limit is in whole seconds.
func (p *process) common(control string) [][2]string {
	a := p.server.Artifact
	h := [][2]string{
		{"X-Fc-Request-Id", newID()}, {"X-Fc-Control-Path", control}, {"X-Fc-Account-Id", account}, {"X-Fc-Region", region},
		{"X-Fc-Function-Name", a.Unit}, {"X-Fc-Function-Handler", "index.handler"}, {"X-Fc-Function-Memory", strconv.Itoa(memory(a))},
		{"X-Fc-Function-Timeout", strconv.Itoa(int(math.Ceil(p.server.Timeout.Seconds())))}, {"X-Fc-Qualifier", "LATEST"},
		{"X-Fc-Version-Id", "LATEST"}, {"X-Fc-Retry-Count", "0"},
	}
	if a.Role {
		h = append(h, [2]string{"X-Fc-Access-Key-Id", keyID}, [2]string{"X-Fc-Access-Key-Secret", secretKey}, [2]string{"X-Fc-Security-Token", callToken})
	}
	return h
}

// document is the form in which FC reports what it found itself, and in which functions report errors.
type document struct {
	Message string `json:"errorMessage"`
	Type    string `json:"errorType"`
}

func (d document) result() *sim.Result {
	body, _ := json.Marshal(d) // two strings
	return &sim.Result{Body: body, Error: &sim.FunctionError{Type: d.Type, Message: d.Message}}
}

func (d document) response(status int) *sim.Response {
	body, _ := json.Marshal(d)
	return &sim.Response{Status: status, Header: [][2]string{{"Content-Type", "application/json"}, {"X-Fc-Error-Type", d.Type}}, Body: body}
}

// reported reads an error document that a function wrote.
func reported(body []byte, otherwise string) document {
	var d document
	if json.Unmarshal(body, &d) != nil || d.Type+d.Message == "" {
		return document{Type: otherwise, Message: strings.TrimSpace(string(body[:min(len(body), 1000)]))}
	}
	return d
}
