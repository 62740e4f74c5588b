package aws

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	// maxStream is the size of a streamed response.
	maxStream = 200 << 20
	// integration is the type of a response that begins with status and headers for an HTTP ingress.
	integration = "application/vnd.awslambda.http-integration-response"
)

// separator stands between those and the body.
const separator = "\x00\x00\x00\x00\x00\x00\x00\x00"

// flow is a response on its way to the client.
type flow struct {
	mu      sync.Mutex         // an invocation that is cut short leaves its response still coming
	on      func(piece []byte) // of the body
	prelude []byte             // without the separator, nil if there is none yet
	body    []byte
	head    []byte // what came before the separator was seen whole
	begun   bool   // the response was streamed
}

// take passes on what has arrived.
func (f *flow) take(piece []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.prelude == nil {
		f.head = append(f.head, piece...)
		prelude, body, found := bytes.Cut(f.head, []byte(separator))
		if !found {
			return
		}
		f.prelude, piece = prelude, body
	}
	f.body = append(f.body, piece...)
	if f.on != nil && len(piece) > 0 {
		f.on(bytes.Clone(piece))
	}
}

func (f *flow) whole() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.prelude != nil
}

// streamed takes a response piece by piece.
func (s *sandbox) streamed(w http.ResponseWriter, r *http.Request, p *process, inv *invocation) {
	f := inv.flow
	f.mu.Lock()
	f.begun = true
	f.mu.Unlock()
	if r.ContentLength >= 0 {
		s.violate("a streamed response came with its length, expected chunks")
	}
	if kind := r.Header.Get("Content-Type"); kind != integration {
		s.violate("a streamed response for an HTTP ingress has the type %q, expected %s", kind, integration)
	}
	from, piece := http.MaxBytesReader(w, r.Body, maxStream), make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		f.take(piece[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			s.finish(p, inv, failure(inv.id, "Runtime.TruncatedResponse", "the stream ended before its end"))
			reply(w, http.StatusRequestEntityTooLarge, map[string]string{"errorType": "RequestEntityTooLarge", "errorMessage": err.Error()})
			return
		}
	}
	result := &sim.Result{}
	if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
		body, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		if err != nil || !json.Valid(body) {
			s.violate("the trailer Lambda-Runtime-Function-Error-Body is not JSON in base64")
		}
		result.Error = &sim.FunctionError{Type: errorType(kind), Message: errorMessage(body)}
	}
	if !f.whole() {
		s.violate("a streamed response has no eight NUL bytes after its prelude")
	}
	s.finish(p, inv, result)
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

// stream sends a request through a function URL that streams.
func (s *sandbox) stream(ctx context.Context, c *call, event []byte) (*sim.Response, error) {
	f := &flow{on: c.OnBody}
	result, err := s.invoke(ctx, c.id, event, f)
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case result.Error != nil && f.prelude != nil: // the client has the beginning
		return nil, fmt.Errorf("%w: %w", sim.ErrBroken, result.Error)
	case result.Error != nil:
		return s.ingress.failed(c), nil
	case !f.begun: // nothing looks for a status in such a response
		return withLength(&sim.Response{Status: 200, Header: [][2]string{{"Content-Type", "application/octet-stream"}}, Body: result.Body}), nil
	}
	response, err := prelude(f.prelude)
	if err != nil {
		s.violate("the prelude of a streamed response: %v", err)
		return s.ingress.failed(c), nil
	}
	if response.Body = f.body; c.Method == "HEAD" || response.Status == 204 || response.Status == 304 {
		response.Body = nil
	}
	return response, nil
}

// prelude reads status, headers and cookies.
func prelude(raw []byte) (*sim.Response, error) {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	status, err := o.status()
	if err != nil {
		return nil, err
	}
	header, err := o.texts("headers")
	if err != nil {
		return nil, err
	}
	for name := range o {
		switch name {
		case "statusCode", "headers", "cookies":
		default:
			return nil, fmt.Errorf("the member %s means nothing", name)
		}
	}
	var cookies []string
	if o["cookies"] != nil {
		if err := json.Unmarshal(o["cookies"], &cookies); err != nil {
			return nil, fmt.Errorf("cookies: %w", err)
		}
	}
	for i, h := range header {
		if strings.EqualFold(h[0], "Content-Length") || strings.EqualFold(h[0], "Transfer-Encoding") {
			return nil, fmt.Errorf("the header %s is the ingress's own", h[0])
		}
		header[i][0] = http.CanonicalHeaderKey(h[0])
	}
	for _, v := range cookies {
		header = append(header, [2]string{"Set-Cookie", v})
	}
	return &sim.Response{Status: status, Header: append(defaultType(header), [2]string{"Transfer-Encoding", "chunked"})}, nil
}
