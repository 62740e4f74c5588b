package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// Cloud is this machine. Its payloads are the events that people write for faasgen invoke.
func Cloud() sim.Cloud {
	return sim.Cloud{
		Name: local.Name,
		Carries: []sim.Carried{
			{Kind: "http", Codec: envelope.HTTP, Payload: sim.Requests(request)},
			{Kind: "apigw", Trigger: "http", Codec: envelope.HTTP, Payload: sim.Requests(request)},
			{Kind: "timer", Codec: envelope.Timer, Payload: sim.Timers(envelope.EncodeTimer)},
			batches[os.Event]("os"), batches[mq.Message]("mq"), batches[kafka.Record]("kafka"), batches[log.Batch]("log"),
			batches[cdn.Event]("cdn"), batches[event.Event]("event"),
			{Kind: "raw", Codec: platform.Raw, Payload: sim.Raw},
		},
		Identify:   func(*platform.Payload) string { return "" },
		Invocation: invocation,
		Response:   response,
		Runtime:    func(sim.Entry) sim.Runtime { return New() },
	}
}

func batches[E any](kind string) sim.Carried {
	return sim.Carried{Kind: kind, Codec: func() platform.Codec { return envelope.Batch(kind) }, Payload: sim.Batches(envelope.EncodeBatch[E])}
}

func request(r *sim.Request) ([]byte, error) {
	return envelope.EncodeRequest(&envelope.Request{Method: r.Method, Target: r.Target, Host: r.Host, Header: r.Header, Body: r.Body})
}

// invocation is the request as the server's handler has it; of any other event the server says nothing.
func invocation(_ string, event []byte) any {
	if !envelope.IsRequest(event) {
		return nil
	}
	in, err := envelope.ParseRequest(nil, event)
	if err != nil {
		return nil
	}
	r, err := http.NewRequest(in.Method, in.Target, bytes.NewReader(in.Body))
	if err != nil {
		return nil
	}
	for _, h := range in.Header {
		r.Header.Add(h[0], h[1])
	}
	r.Host, r.RequestURI, r.RemoteAddr = in.Host, in.Target, "127.0.0.1:0"
	return r
}

func response(response []byte) (*sim.Response, error) {
	var o envelope.Outcome
	if err := json.Unmarshal(response, &o); err != nil {
		return nil, err
	}
	if o.Status == 0 {
		return nil, errors.New("it has no status")
	}
	r := &sim.Response{Status: o.Status}
	for name, values := range o.Headers {
		for _, v := range values {
			r.Header = append(r.Header, [2]string{name, v})
		}
	}
	var err error
	r.Body, err = o.Bytes()
	return r, err
}
