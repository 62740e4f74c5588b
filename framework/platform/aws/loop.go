package aws

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

// maxEvent is more than Lambda's 6 MB for a synchronous call, so that a raised limit does not end processes.
const maxEvent = 32 << 20

// loop asks for events and answers them, one at a time, until the API says something that it must not or the process is
// stopping. The first is logged; in both cases the process ends soon. Nothing here is tried twice: an endpoint that
// refuses once would be asked thousands of times a second.
func (p *process) loop(c *runtimeapi.Client) {
	var trace string // as it stands in the environment
	for {
		answer, err := c.Do(context.Background(), runtimeapi.Request{Method: "GET", Path: apiVersion + "/runtime/invocation/next"})
		if err != nil || answer.Status != 200 {
			p.log.Error("the poll for the next event failed; the process ends", "error", describe(answer, err))
			return
		}
		p.begin()
		inv, ok := p.invocation(answer)
		if !ok {
			p.end()
			return
		}
		ctx := context.Background()
		if inv.Trace != "" {
			ctx = &traced{ctx, inv.Trace}
		}
		if p.concurrency == 1 {
			p.current.Store(&inv.RequestID)
			if trace != inv.Trace {
				trace = inv.Trace
				os.Setenv("_X_AMZN_TRACE_ID", trace) // where SDKs without a context look
			}
		}
		ok = p.answer(ctx, c, inv)
		if p.concurrency == 1 {
			p.current.Store(nil)
		}
		if p.end(); !ok || p.resting() { // an event taken while stopping would be lost
			return
		}
	}
}

func (p *process) resting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopping
}

// invocation reads the head of an event.
func (p *process) invocation(answer *runtimeapi.Response) (*Invocation, bool) {
	inv := &Invocation{Event: answer.Body}
	deadline := ""
	for i := range answer.Header {
		f := &answer.Header[i]
		switch {
		case strings.EqualFold(f.Name, "Lambda-Runtime-Aws-Request-Id"):
			inv.RequestID = f.Value
		case strings.EqualFold(f.Name, "Lambda-Runtime-Deadline-Ms"):
			deadline = f.Value
		case strings.EqualFold(f.Name, "Lambda-Runtime-Invoked-Function-Arn"):
			inv.FunctionARN = f.Value
		case strings.EqualFold(f.Name, "Lambda-Runtime-Trace-Id"):
			inv.Trace = f.Value
		case strings.EqualFold(f.Name, "Lambda-Runtime-Aws-Tenant-Id"):
			inv.Tenant = f.Value
		case strings.EqualFold(f.Name, "Lambda-Runtime-Client-Context"):
			inv.client = f.Value
		case strings.EqualFold(f.Name, "Lambda-Runtime-Cognito-Identity"):
			inv.identity = f.Value
		}
	}
	if inv.RequestID == "" {
		p.log.Error("an event came without a request id, so it cannot be answered; the process ends")
		return nil, false
	}
	if ms, err := strconv.ParseInt(deadline, 10, 64); err == nil && ms > 0 {
		inv.Deadline = time.UnixMilli(ms)
	} else {
		p.log.Warn("an event came without a deadline", "found", deadline)
	}
	return inv, true
}

// answer runs the function and posts its outcome. It reports whether the loop may go on.
func (p *process) answer(ctx context.Context, c *runtimeapi.Client, inv *Invocation) bool {
	body, err := p.dispatcher.Handle(ctx, inv.Event, framework.Invocation{
		RequestID: inv.RequestID, Trace: inv.Trace, Deadline: inv.Deadline, Vendor: inv,
	})
	request := runtimeapi.Request{Method: "POST", Body: body, Header: p.header[:]}
	if err == nil {
		request.Path = apiVersion + "/runtime/invocation/" + inv.RequestID + "/response"
	} else {
		if pe := (*framework.PanicError)(nil); !errors.As(err, &pe) { // a panic was logged with its stack
			p.log.Error("the invocation failed", "error", err.Error(), "request_id", inv.RequestID)
		}
		request = errorRequest(apiVersion+"/runtime/invocation/"+inv.RequestID+"/error", err)
	}
	reply, err := c.Do(context.Background(), request)
	switch {
	case err == nil && reply.Status == 202:
		return true
	case err == nil && reply.Status == 413: // the caller has been told
		p.log.Error("Lambda refused the answer: it is too large", "bytes", len(request.Body), "request_id", inv.RequestID)
		return true
	}
	p.log.Error("the answer could not be posted; the process ends", "error", describe(reply, err), "request_id", inv.RequestID)
	return false
}
