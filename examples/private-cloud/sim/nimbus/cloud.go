// Package nimbus simulates Nimbus for built artefacts, and says what faasgen and tests have to know of its events.
package nimbus

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"net/http"

	"github.com/faasgen/faasgen/examples/private-cloud/platform/nimbus"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// Cloud is Nimbus.
func Cloud() sim.Cloud {
	return sim.Cloud{
		Name: "nimbus", Region: "cellar", Identify: nimbus.Identify,
		Carries: []sim.Carried{
			{Kind: "http", Payload: sim.Requests(request)},
			{Kind: "timer", Codec: nimbus.Timer, Payload: sim.Timers(nimbus.EncodeTimer)},
			{Kind: "mq", Codec: nimbus.Queue, Payload: sim.Batches(nimbus.EncodeQueue)},
			{Kind: "raw", Codec: nimbus.Raw, Payload: sim.Raw},
		},
		Invocation: func(id string, event []byte) any { return &nimbus.Invocation{RequestID: id, Event: event} },
		Front:      front,
		Response:   response,
		Runtime:    func(sim.Entry) sim.Runtime { return runtime{} },
	}
}

// front is the loop's own handler.
func front(e *framework.Engine) (sim.Front, error) {
	h, err := nimbus.Handler(e)
	return func(requestID string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set(nimbus.RequestHeader, requestID)
			h.ServeHTTP(w, r)
		})
	}, err
}

// request is a request as it goes over the wire.
func request(s *sim.Request) ([]byte, error) {
	r, err := http.NewRequest(s.Method, s.Target, bytes.NewReader(s.Body))
	if err != nil {
		return nil, err
	}
	r.Host = cmp.Or(s.Host, "localhost")
	for _, h := range s.Header {
		r.Header.Add(h[0], h[1])
	}
	var b bytes.Buffer
	err = r.Write(&b)
	return b.Bytes(), err
}

// response reads an answer as it goes over the wire.
func response(answer []byte) (*sim.Response, error) {
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		return nil, err
	}
	out := &sim.Response{Status: r.StatusCode}
	for name, values := range r.Header {
		for _, v := range values {
			out.Header = append(out.Header, [2]string{name, v})
		}
	}
	out.Body, err = io.ReadAll(r.Body)
	return out, err
}
