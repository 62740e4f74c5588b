// Package tencent is the payloads of Tencent Cloud SCF and the vendor's view of an invocation. One file is one payload:
//
//	functionurl.go   the http event of a Function URL
//	apigateway.go    the http event of an API Gateway trigger
//	timer.go         the timer event
//	os.go            COS
//	mq.go            topics of CMQ, and TDMQ through EventBridge
//	kafka.go         CKafka
//	cls              CLS, in a package of its own
//
// The vendor's own record of an event is returned typed by the function that is called after the service: [COSOf], [CMQOf],
// [TDMQOf], [CKafkaOf], and in package cls CLSOf. No service takes back a part of a batch: when one event fails, all of its payload come again.
//
// The loops that carry them are the folders below: tencent/web listens for the plain HTTP of a web function,
// tencent/custom polls the custom runtime API. A unit that only has http triggers runs as a web function and needs none of
// these payloads.
//
// What an event function cannot carry over http, because the vendor does not document it for Function URLs: a binary
// request body (the event has no flag, so the body is what the JSON string holds), several values of one response header
// (sent as an array, as API Gateway takes them) and a binary response body (sent as base64 with isBase64Encoded, as API
// Gateway takes it). A web function carries all three.
package tencent
