package aws

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/aws/cloudwatch"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// Cloud is AWS. Its requests are those of function URLs, and of a REST API for the kind apigw.
func Cloud() sim.Cloud {
	return sim.Cloud{
		Name: "aws", Region: region, Identify: aws.Identify,
		Carries: []sim.Carried{
			{Kind: "http", Codec: aws.HTTP, Payload: sim.Requests(func(r *sim.Request) ([]byte, error) { return requestOf(&gateway2{stage: "$default", url: true}, r) })},
			{Kind: "apigw", Trigger: "http", Codec: aws.HTTP, Payload: sim.Requests(func(r *sim.Request) ([]byte, error) { return requestOf(&gateway1{stage: "prod", binary: true}, r) })},
			{Kind: "timer", Codec: aws.Timer, Payload: sim.Timers(aws.EncodeTimer)},
			{Kind: "os", Codec: aws.Bucket, Payload: sim.Batches(aws.EncodeBucket)},
			{Kind: "mq", Codec: aws.Queue, Payload: sim.Batches(aws.EncodeQueue)},
			{Kind: "kafka", Codec: aws.Kafka, Payload: sim.Batches(aws.EncodeKafka)},
			{Kind: "log", Codec: cloudwatch.Log, Payload: sim.Batches(cloudwatch.EncodeLog)},
			{Kind: "event", Codec: aws.Bus, Payload: sim.Batches(aws.EncodeBus)},
			{Kind: "raw", Codec: aws.Raw, Payload: sim.Raw},
		},
		Invocation: func(id string, event []byte) any { return &aws.Invocation{RequestID: id, Event: event} },
		Response:   sim.Integrated,
		Runtime: func(e sim.Entry) sim.Runtime {
			if e.Ingress == "" && !e.Streaming {
				e.Ingress = "apigw-v2" // an HTTP API, which cannot stream
			}
			return New(Options{Ingress: e.Ingress, Routes: e.Routes, Streaming: e.Streaming})
		},
		Calls:  &sim.CallsAPI{Handler: invokeAPI, Retries: 2, Environment: func(url string) map[string]string { return map[string]string{"AWS_ENDPOINT_URL_LAMBDA": url} }},
		Stores: storesAPI(),
		Sample: sample,
	}
}

// requestOf is the event that an ingress makes of a request, always the same.
func requestOf(f ingress, r *sim.Request) ([]byte, error) {
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	return json.Marshal(f.event(&call{Request: r, id: "request-of-the-ingress", at: at, trace: "Root=1-6957de25-000000000000000000000001", path: r.Path(), query: r.Query()}))
}

// sample makes a message of a table's stream a change of the table.
func sample(e sim.Events) any {
	if batch, ok := e.Batch.([]mq.Message); ok && strings.HasPrefix(e.Name, "arn:aws:dynamodb:") {
		batch[0].Body, batch[0].Tag = []byte(`{"Keys":{"id":{"S":"1"}},"NewImage":{"id":{"S":"1"},"text":{"S":"a sample"}},"SequenceNumber":"1","SizeBytes":26,"StreamViewType":"NEW_AND_OLD_IMAGES"}`), "INSERT"
	}
	return e.Batch
}
