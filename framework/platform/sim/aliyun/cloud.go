package aliyun

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/aliyun/custom"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// Cloud is Alibaba Cloud.
func Cloud() sim.Cloud {
	return sim.Cloud{
		Name: "aliyun", Looks: aliyun.Looks,
		Carries: []sim.Carried{
			{Kind: "http", Payload: sim.Writes(request)},
			{Kind: "apigw", Trigger: "http", Codec: aliyun.HTTP, Payload: sim.Writes(gateway)},
			{Kind: "timer", Codec: aliyun.Timer, Payload: sim.Writes(tick)},
			{Kind: "os", Codec: aliyun.Bucket, Payload: sim.Writes(func(batch []os.Event, e sim.Events) ([]byte, error) {
				return list(batch, func(_ int, o os.Event) (members, error) { return ossEvent(o, e) })
			})},
			{Kind: "mq", Codec: aliyun.Queue, Payload: sim.Writes(func(batch []mq.Message, e sim.Events) ([]byte, error) {
				return one(batch, func(m mq.Message) ([]byte, error) { return message(m, e) })
			})},
			{Kind: "kafka", Codec: aliyun.Kafka, Payload: sim.Writes(func(batch []kafka.Record, e sim.Events) ([]byte, error) { return alikafka(batch, e) })},
			{Kind: "log", Codec: aliyun.Log, Payload: sim.Writes(func(batch []log.Batch, e sim.Events) ([]byte, error) {
				return one(batch, func(b log.Batch) ([]byte, error) { return task(b, e) })
			})},
			{Kind: "cdn", Codec: aliyun.CDN, Payload: sim.Writes(func(batch []cdn.Event, e sim.Events) ([]byte, error) {
				return list(batch, func(i int, c cdn.Event) (members, error) { return cdnEvent(i, c, e) })
			})},
			{Kind: "event", Codec: aliyun.Bus, Payload: sim.Writes(func(batch []event.Event, _ sim.Events) ([]byte, error) { return one(batch, cloudEvent) })},
		},
		Invocation: func(id string, event []byte) any { return &aliyun.Invocation{RequestID: id, Event: event} },
		Front:      front,
		Response:   response,
		Runtime:    func(sim.Entry) sim.Runtime { return NewCustom() },
		Sample: func(e sim.Events) any {
			if batch, ok := e.Batch.([]log.Batch); ok { // which says where entries are, and has none
				batch[0].Entries = nil
				batch[0].Range = &log.Range{Endpoint: "http://cn-hangzhou-intranet.log.aliyuncs.com", Begin: "MTUyOTQ4MDIwOTY1NTk3ODQ2Mw==", End: "MTUyOTQ4MDIwOTY1NTk3ODQ2NA==", Time: time.Now().UTC().Truncate(time.Second)}
			}
			return e.Batch
		},
	}
}

// front is the loop's own server.
func front(e *framework.Engine, requestID string) (http.Handler, error) {
	h, err := custom.Handler(e)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("X-Fc-Request-Id", requestID)
		h.ServeHTTP(w, r)
	}), err
}

func tick(t sim.Timer, _ sim.Events) ([]byte, error) {
	return json.Marshal(map[string]string{"triggerTime": t.Time.UTC().Format(time.RFC3339), "triggerName": t.Name, "payload": t.Payload})
}

// request is the request itself with what FC adds to it, as it goes over the wire.
func request(s *sim.Request, _ sim.Events) ([]byte, error) {
	r := &http.Request{Method: s.Method, URL: &url.URL{Path: s.Decoded(), RawPath: s.Path(), RawQuery: s.Query()}, Host: s.Host,
		Header: http.Header{}, ContentLength: int64(len(s.Body)), Body: io.NopCloser(bytes.NewReader(s.Body))}
	for _, h := range s.Header {
		r.Header.Add(h[0], h[1])
	}
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "") // which keeps Go's own away
	}
	for name, value := range map[string]string{
		"X-Fc-Control-Path": "/http-invoke", "X-Fc-Request-Id": "request-of-the-front", "X-Fc-Function-Name": "test", "X-Fc-Function-Memory": "128",
		"X-Fc-Client-Ip": sim.ClientIP, "X-Fc-Base-Path": "/", "X-Forwarded-Proto": "https",
	} {
		r.Header.Set(name, value)
	}
	if len(s.Body) == 0 {
		r.Body = http.NoBody
	}
	var b bytes.Buffer
	err := r.Write(&b)
	return b.Bytes(), err
}

// gateway is the event of API Gateway, which encodes every body.
func gateway(s *sim.Request, _ sim.Events) ([]byte, error) {
	query := map[string]string{}
	values, err := url.ParseQuery(s.Query())
	if err != nil {
		return nil, err
	}
	for name, all := range values {
		query[name] = strings.Join(all, ",")
	}
	return json.Marshal(members{"httpMethod": s.Method, "path": s.Path(), "headers": s.Joined(), "queryParameters": query, "pathParameters": map[string]string{},
		"body": base64.StdEncoding.EncodeToString(s.Body), "isBase64Encoded": true})
}

// response reads an answer as it goes over the wire, or one to an API gateway.
func response(answer []byte) (*sim.Response, error) {
	if bytes.HasPrefix(answer, []byte("{")) {
		return sim.Integrated(answer)
	}
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Del("X-Fc-Status") // the vendor's own
	out := &sim.Response{Status: r.StatusCode}
	for name, values := range r.Header {
		for _, v := range values {
			out.Header = append(out.Header, [2]string{name, v})
		}
	}
	out.Body, err = io.ReadAll(r.Body)
	return out, err
}
