package tencent

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// NewCustom returns the runtime of event functions on the custom runtime, with a Function URL as its HTTP ingress.
func NewCustom() sim.Runtime { return customRuntime{name: "tencent/custom", ingress: functionURL{}} }

// NewCustomAPIGateway is NewCustom with an API Gateway trigger as the HTTP ingress, with base64 encoding configured.
func NewCustomAPIGateway() sim.Runtime {
	return customRuntime{name: "tencent/custom-apigw", ingress: apiGateway{}}
}

// ingress is a way from http to an event and back.
type ingress interface {
	// event encodes a request.
	event(r *sim.Request, requestID string) []byte
	// response decodes what the function returned. The second result is the rule that it broke, if it did.
	response(response []byte) (*sim.Response, string)
}

type customRuntime struct {
	name    string
	ingress ingress
}

// Name returns the name of loop and ingress.
func (c customRuntime) Name() string { return c.name }

// Start starts the process and waits until it says that it is ready.
func (c customRuntime) Start(ctx context.Context, a sim.Artifact) (sim.Process, error) {
	p := &customProcess{
		artifact: a, ingress: c.ingress,
		initTimeout: cmp.Or(a.InitTimeout, defaultInitTimeout),
		timeout:     cmp.Or(a.Timeout, defaultTimeout),
		turn:        make(chan struct{}, 1),
	}
	in, err := p.launch(ctx)
	if err != nil {
		return nil, err
	}
	p.current = in
	return p, nil
}

// customProcess is one instance, and those that follow it when it is gone. It gets one event at a time.
type customProcess struct {
	artifact             sim.Artifact
	ingress              ingress
	initTimeout, timeout time.Duration
	violations           sim.Violations
	turn                 chan struct{} // holds one token while an event is under way

	mu       sync.Mutex
	current  *instance
	stopping bool
}

// HTTP encodes the request as the ingress does and decodes the response.
func (p *customProcess) HTTP(ctx context.Context, r *sim.Request) (*sim.Response, error) {
	id := requestID()
	event := p.ingress.event(r, id)
	if len(event) > maxPayload {
		return requestTooLarge(len(event), maxPayload).response(), nil
	}
	o, err := p.call(ctx, id, event)
	switch {
	case err != nil:
		return nil, err
	case o.failure != nil:
		return o.failure.response(), nil
	case o.isError:
		return userError(o.body).response(), nil
	}
	resp, rule := p.ingress.response(o.body)
	if rule == "" {
		rule = forbidden(resp)
	}
	if rule != "" {
		p.violations.Add("%s", rule)
	}
	if r.Method == "HEAD" {
		resp.Body = nil
	}
	return resp, nil
}

// Invoke delivers a payload synchronously. SCF takes JSON only.
func (p *customProcess) Invoke(ctx context.Context, payload []byte) (*sim.Result, error) {
	return p.invoke(ctx, payload, maxPayload)
}

func (p *customProcess) invoke(ctx context.Context, event []byte, limit int) (*sim.Result, error) {
	if len(event) > limit {
		return requestTooLarge(len(event), limit).result(), nil
	}
	if !json.Valid(event) {
		return failure{400, "InvalidParameterValue", "the event is not JSON"}.result(), nil
	}
	o, err := p.call(ctx, requestID(), event)
	switch {
	case err != nil:
		return nil, err
	case o.failure != nil:
		return o.failure.result(), nil
	case o.isError:
		r := userError(o.body).result()
		r.Body = o.body
		return r, nil
	}
	return &sim.Result{Body: o.body}, nil
}

// userError is the vendor's view of what came by the error call.
func userError(body []byte) failure {
	f := failure{430, "UserCodeError", string(body)}
	var doc struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(body, &doc) == nil && doc.Type+doc.Message != "" {
		f.word, f.message = doc.Type, doc.Message
	}
	return f
}

// outcome is how an event ended: with a response, or with what SCF found itself.
type outcome struct {
	body    []byte
	isError bool
	failure *failure
}

// call waits for its turn, hands the event to an instance and waits for the response.
func (p *customProcess) call(ctx context.Context, id string, event []byte) (outcome, error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
	defer func() { <-p.turn }()
	in, err := p.running(ctx)
	if err != nil {
		return outcome{}, err
	}
	e := &delivery{id: id, body: event, done: make(chan outcome, 1)}
	limit := time.NewTimer(p.timeout)
	defer limit.Stop()
	select {
	case in.events <- e:
	case <-in.child.Exited():
		return p.ended(in), nil
	case <-limit.C:
		in.close()
		return outcome{failure: new(failure{433, "TimeLimitReached", fmt.Sprintf("the process did not poll for an event within %s", p.timeout)})}, nil
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
	select {
	case o := <-e.done:
		return o, nil
	case <-in.child.Exited():
		select { // it answered and exited
		case o := <-e.done:
			return o, nil
		default:
		}
		return p.ended(in), nil
	case <-limit.C:
		in.close()
		return outcome{failure: new(timeLimit(p.timeout))}, nil
	case <-ctx.Done():
		in.close() // the event is lost, and with it the instance's place in the protocol
		return outcome{}, ctx.Err()
	}
}

func (p *customProcess) ended(in *instance) outcome {
	in.close()
	return outcome{failure: new(exited(in.child.ExitCode()))}
}

// running returns the instance, or a new one when the last is gone.
func (p *customProcess) running(ctx context.Context) (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopping {
		return nil, errors.New("the instance was stopped")
	}
	select {
	case <-p.current.child.Exited():
	default:
		return p.current, nil
	}
	p.current.close()
	in, err := p.launch(ctx)
	if err != nil {
		return nil, err
	}
	p.current = in
	return in, nil
}

// Stop sends SIGTERM, waits and kills. An event under way may still be answered.
func (p *customProcess) Stop(ctx context.Context) error {
	p.mu.Lock()
	p.stopping = true
	in := p.current
	p.mu.Unlock()
	in.mu.Lock()
	in.stopping = true
	in.mu.Unlock()
	wait := grace
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline))
	}
	if err := in.child.Stop(wait); err != nil && !in.killed() {
		p.violations.Add("%v", err)
	}
	in.close()
	return p.violations.Err()
}

// integrated decodes the integrated response format.
func integrated(response []byte) (*sim.Response, *bool, string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(response, &members) != nil || members["statusCode"] == nil {
		return nil, nil, "no statusCode"
	}
	resp := &sim.Response{}
	var body string
	var encoded *bool
	if json.Unmarshal(members["statusCode"], &resp.Status) != nil || resp.Status < 100 || resp.Status > 599 {
		return nil, nil, "statusCode is not a number between 100 and 599"
	}
	if raw := members["isBase64Encoded"]; raw != nil && (json.Unmarshal(raw, &encoded) != nil || encoded == nil) {
		return nil, nil, "isBase64Encoded is not a boolean"
	}
	if raw := members["body"]; raw != nil && json.Unmarshal(raw, &body) != nil {
		return nil, nil, "body is not a string"
	}
	resp.Body = []byte(body)
	if raw := members["headers"]; raw != nil {
		rule := headers(resp, raw)
		if rule != "" {
			return nil, nil, rule
		}
	}
	return resp, encoded, ""
}

// headers reads the headers in the order in which they were written.
func headers(resp *sim.Response, raw json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return "headers is not an object"
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return "headers is broken"
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return "headers is broken"
		}
		values, several := value.([]any)
		if !several {
			values = []any{value}
		}
		for _, v := range values {
			s, ok := v.(string)
			if !ok || strings.ContainsAny(s, "\r\n") {
				return fmt.Sprintf("header %s is neither a string nor an array of strings", name)
			}
			resp.Header = append(resp.Header, [2]string{name.(string), s})
		}
	}
	return ""
}
