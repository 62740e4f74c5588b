package tencent

import (
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent/cls"
)

// web is the command of web functions, which get requests as they are. Every other unit is an event function.
const web = "scf_bootstrap"

// Cloud is Tencent Cloud. Its requests are those of a Function URL, which cannot say that a body is base64, and of API Gateway where
// a body is not text, and for the kind apigw.
func Cloud() sim.Cloud {
	return sim.Cloud{
		Name: "tencent", Region: region, Identify: tencent.Identify,
		Carries: []sim.Carried{
			{Kind: "http", Codec: tencent.HTTP, Payload: sim.Requests(func(r *sim.Request) ([]byte, error) {
				if utf8.Valid(r.Body) {
					return requestOf(functionURL{}, r)
				}
				return requestOf(apiGateway{}, r)
			})},
			{Kind: "apigw", Trigger: "http", Codec: tencent.HTTP, Payload: sim.Requests(func(r *sim.Request) ([]byte, error) { return requestOf(apiGateway{}, r) })},
			{Kind: "timer", Codec: tencent.Timer, Payload: sim.Timers(tencent.EncodeTimer)},
			{Kind: "os", Codec: tencent.Bucket, Payload: sim.Batches(tencent.EncodeBucket)},
			{Kind: "mq", Codec: tencent.Queue, Payload: sim.Batches(tencent.EncodeQueue)},
			{Kind: "kafka", Codec: tencent.Kafka, Payload: sim.Batches(tencent.EncodeKafka)},
			{Kind: "log", Codec: cls.Log, Payload: sim.Batches(cls.EncodeLog)},
			{Kind: "raw", Codec: tencent.Raw, Payload: sim.Raw},
		},
		Invocation: func(id string, event []byte) any { return &tencent.Invocation{RequestID: id, Event: event} },
		Response:   sim.Integrated,
		Calls:      &sim.CallsAPI{Handler: invokeAPI, Retries: 2, Environment: func(url string) map[string]string { return map[string]string{"FAAS_CALLS_ENDPOINT": url} }},
		Stores:     storesAPI(),
		Runtime: func(e sim.Entry) sim.Runtime {
			if e.Command == web {
				return NewWeb()
			}
			return NewCustom()
		},
	}
}

// requestOf is the event that an ingress makes of a request, always the same.
func requestOf(f ingress, r *sim.Request) ([]byte, error) {
	return f.event(r, "request-of-the-ingress"), nil
}
