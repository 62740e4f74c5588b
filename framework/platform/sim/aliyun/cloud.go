package aliyun

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/aliyun/custom"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// Cloud is Alibaba Cloud.
func Cloud() sim.Cloud {
	return sim.Cloud{
		Name: "aliyun", Region: region, Identify: aliyun.Identify,
		Carries: []sim.Carried{
			{Kind: "http", Payload: sim.Requests(request)},
			{Kind: "apigw", Trigger: "http", Codec: aliyun.HTTP, Payload: sim.Requests(gateway)},
			{Kind: "timer", Codec: aliyun.Timer, Payload: sim.Timers(aliyun.EncodeTimer)},
			{Kind: "os", Codec: aliyun.Bucket, Payload: sim.Batches(aliyun.EncodeBucket)},
			{Kind: "mq", Codec: aliyun.Queue, Payload: sim.Batches(aliyun.EncodeQueue)},
			{Kind: "kafka", Codec: aliyun.Kafka, Payload: sim.Batches(aliyun.EncodeKafka)},
			{Kind: "log", Codec: aliyun.Log, Payload: sim.Batches(aliyun.EncodeLog)},
			{Kind: "cdn", Codec: aliyun.CDN, Payload: sim.Batches(aliyun.EncodeCDN)},
			{Kind: "event", Codec: aliyun.Bus, Payload: sim.Batches(aliyun.EncodeBus)},
			{Kind: "raw", Codec: aliyun.Raw, Payload: sim.Raw},
		},
		Invocation: func(id string, event []byte) any { return &aliyun.Invocation{RequestID: id, Event: event} },
		Ingress:    ingress,
		Response:   response,
		Runtime:    func(sim.Entry) sim.Runtime { return NewCustom() },
		Calls:      &sim.CallsAPI{Handler: invokeAPI, Retries: 3, Environment: func(url string) map[string]string { return map[string]string{"FAAS_CALLS_ENDPOINT": url} }},
		Stores:     storesAPI(),
		Sample:     sample,
	}
}

// sample makes a batch of logs say where entries are, and have none.
func sample(e sim.Events) any {
	if batch, ok := e.Batch.([]log.Batch); ok {
		batch[0].Entries = nil
		batch[0].Range = &log.Range{Endpoint: "http://cn-hangzhou-intranet.log.aliyuncs.com", Begin: "MTUyOTQ4MDIwOTY1NTk3ODQ2Mw==", End: "MTUyOTQ4MDIwOTY1NTk3ODQ2NA==", Time: time.Now().UTC().Truncate(time.Second)}
	}
	return e.Batch
}

// ingress is the loop's own server.
func ingress(e *framework.Engine) (sim.Ingress, error) {
	h, err := custom.Handler(e)
	return func(requestID string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("X-Fc-Request-Id", requestID)
			h.ServeHTTP(w, r)
		})
	}, err
}

// request is the request itself with what FC adds to it, as it goes over the wire.
func request(s *sim.Request) ([]byte, error) {
	return sim.WriteRequest(s, map[string]string{
		"X-Fc-Control-Path": "/http-invoke", "X-Fc-Request-Id": "request-of-the-ingress", "X-Fc-Function-Name": "test", "X-Fc-Function-Memory": "128",
		"X-Fc-Client-Ip": sim.ClientIP, "X-Fc-Base-Path": "/", "X-Forwarded-Proto": "https",
	})
}

// gateway is the event of API Gateway, which encodes every body.
func gateway(s *sim.Request) ([]byte, error) {
	query := map[string]string{}
	values, err := url.ParseQuery(s.Query())
	if err != nil {
		return nil, err
	}
	for name, all := range values {
		query[name] = strings.Join(all, ",")
	}
	headers := map[string]string{"host": s.Host, "x-forwarded-proto": "https"} // names in lower case, several values in one
	for _, h := range s.Header {
		name := strings.ToLower(h[0])
		if before, ok := headers[name]; ok && name != "host" {
			headers[name] = before + "," + h[1]
			continue
		}
		headers[name] = h[1]
	}
	return json.Marshal(map[string]any{"httpMethod": s.Method, "path": s.Path(), "headers": headers, "queryParameters": query, "pathParameters": map[string]string{},
		"body": base64.StdEncoding.EncodeToString(s.Body), "isBase64Encoded": true})
}

// response reads a response as it goes over the wire, or one to an API gateway.
func response(response []byte) (*sim.Response, error) {
	if bytes.HasPrefix(response, []byte("{")) {
		return sim.Integrated(response)
	}
	r, err := sim.ReadResponse(response)
	if err != nil {
		return nil, err
	}
	r.Header = slices.DeleteFunc(r.Header, func(h [2]string) bool { return h[0] == status }) // the vendor's own
	return r, nil
}
