// Package nimbus simulates Nimbus for built artefacts, and says what faasgen and tests have to know of its events.
package nimbus

import (
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
			{Kind: "http", Payload: sim.Requests(func(r *sim.Request) ([]byte, error) { return sim.WriteRequest(r, nil) })},
			{Kind: "timer", Codec: nimbus.Timer, Payload: sim.Timers(nimbus.EncodeTimer)},
			{Kind: "mq", Codec: nimbus.Queue, Payload: sim.Batches(nimbus.EncodeQueue)},
			{Kind: "raw", Codec: nimbus.Raw, Payload: sim.Raw},
		},
		Invocation: func(id string, event []byte) any { return &nimbus.Invocation{RequestID: id, Event: event} },
		Ingress:    ingress,
		Response:   sim.ReadResponse,
		Runtime:    func(sim.Entry) sim.Runtime { return runtime{} },
	}
}

// ingress is the loop's own handler.
func ingress(e *framework.Engine) (sim.Ingress, error) {
	h, err := nimbus.Handler(e)
	return func(requestID string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set(nimbus.RequestHeader, requestID)
			h.ServeHTTP(w, r)
		})
	}, err
}
