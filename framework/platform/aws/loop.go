package aws

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

// maxEvent is more than Lambda's 6 MB for a synchronous call, so that a raised limit does not end processes.
const maxEvent = 32 << 20

// loop polls for events and answers them, one at a time, until the API breaks its protocol or the process is stopping. The
// first is logged; in both cases the process ends soon. What the API refuses is not tried again: an endpoint that refuses once
// would be called thousands of times a second. A response is posted twice when the connection broke meanwhile, and a poll
// only if no event can have been lost (see [runtimeapi.Client.Do]).
func (p *process) loop(c *runtimeapi.Client) {
	l := &loop{process: p, client: c, ended: make(chan struct{})}
	l.detached = l.resume
	go l.run()
	<-l.ended
}

// loop is the state of one loop. Handlers run on its goroutine; when one ignores its deadline it keeps that goroutine,
// and the loop goes on with the one that answered instead.
type loop struct {
	*process
	client   *runtimeapi.Client
	inv      *Invocation // under way
	trace    string      // as it stands in the environment
	detached func(body []byte, err error)
	ended    chan struct{}

	background framework.Background
}

func (l *loop) run() {
	for l.poll() {
		body, err := l.handle()
		if err == platform.ErrDetached { // nothing of the loop is ours any more
			return
		}
		if !l.finish(body, err) {
			break
		}
	}
	close(l.ended)
}

// resume continues the loop with the response to an event whose handler has been left behind.
func (l *loop) resume(body []byte, err error) {
	if l.finish(body, err) {
		l.run()
		return
	}
	close(l.ended)
}

// poll waits for the next event.
func (l *loop) poll() bool {
	response, err := l.client.Do(context.Background(), runtimeapi.Request{Method: "GET", Path: apiVersion + "/runtime/invocation/next"})
	if err != nil || response.Status != 200 {
		l.log.Error("the poll for the next event failed; the process ends", "error", describe(response, err))
		return false
	}
	l.begin()
	inv, ok := l.invocation(response)
	if !ok {
		l.end()
		return false
	}
	l.inv, inv.loop = inv, l
	return true
}

// handle runs the function.
func (l *loop) handle() ([]byte, error) {
	inv := l.inv
	ctx := context.Background()
	if inv.Trace != "" {
		ctx = &traced{ctx, inv.Trace}
	}
	if l.concurrency == 1 {
		l.current.Store(&inv.RequestID)
		if l.trace != inv.Trace {
			l.trace = inv.Trace
			os.Setenv("_X_AMZN_TRACE_ID", l.trace) // where SDKs without a context look
		}
	}
	return l.dispatcher.HandleWatched(ctx, inv.Event, framework.Invocation{
		RequestID: inv.RequestID, Trace: inv.Trace, Deadline: inv.Deadline, Vendor: inv, Background: &l.background,
	}, l.detached)
}

// finish posts the outcome and reports whether the loop goes on.
func (l *loop) finish(body []byte, err error) bool {
	ok := l.inv.posted == accepted
	if l.inv.posted == notPosted {
		ok = l.respond(l.client, l.inv, body, err)
	}
	if ok {
		l.background.Wait() // the next poll freezes the process
	}
	if l.concurrency == 1 {
		l.current.Store(nil)
	}
	l.end()
	return ok && !l.isStopping() // an event taken while stopping would be lost
}

func (p *process) isStopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopping
}

// invocation reads the head of an event.
func (p *process) invocation(response *runtimeapi.Response) (*Invocation, bool) {
	inv := &Invocation{Event: response.Body}
	deadline := ""
	for i := range response.Header {
		f := &response.Header[i]
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
	if !segment(inv.RequestID) { // Lambda's are UUIDs
		p.log.Error("an event came with a request id that is not a segment of a path, so it cannot be answered; the process ends", "found", inv.RequestID)
		return nil, false
	}
	if ms, err := strconv.ParseInt(deadline, 10, 64); err == nil && ms > 0 {
		inv.Deadline = time.UnixMilli(ms)
	} else {
		p.log.Warn("an event came without a deadline", "found", deadline)
	}
	return inv, true
}

// segment reports whether a request id can stand in a path as it is.
func segment(id string) bool {
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// respond posts the outcome of a call. It reports whether the loop may go on.
func (p *process) respond(c *runtimeapi.Client, inv *Invocation, body []byte, err error) bool {
	request := runtimeapi.Request{Method: "POST", Body: body, Header: p.header[:]}
	if err == nil {
		request.Path = apiVersion + "/runtime/invocation/" + inv.RequestID + "/response"
	} else {
		if !platform.Logged(err) {
			p.log.Error("the invocation failed", "error", err.Error(), "request_id", inv.RequestID)
		}
		request = errorRequest(apiVersion+"/runtime/invocation/"+inv.RequestID+"/error", err)
	}
	request.Repeat = true // its path has the request's id: Lambda takes one response to it and refuses all others
	reply, err := c.Do(context.Background(), request)
	switch {
	case err == nil && reply.Status == 202:
		return true
	case err == nil && reply.Status == 413: // Lambda has answered the caller
		p.log.Error("Lambda refused the response: it is too large", "bytes", len(request.Body), "request_id", inv.RequestID)
		return true
	case err == nil && reply.Repeated && (reply.Status == 400 || reply.Status == 403):
		// Lambda has the first one: whole, or the next poll is refused and the process ends.
		p.log.Warn("the connection broke while the response was posted, and Lambda refused it the second time", "error", describe(reply, err), "request_id", inv.RequestID)
		return true
	}
	p.log.Error("the response could not be posted; the process ends", "error", describe(reply, err), "request_id", inv.RequestID)
	return false
}
