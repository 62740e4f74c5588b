package aliyun

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	bus "github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	storage "github.com/faasgen/faasgen/framework/trigger/os"
)

// variables are those of the process.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { value, ok := v[name]; return value, ok }

// function takes events of the triggers, and notes under its name what it was called with.
func function(name string, got map[string]any, fail error, triggers ...framework.Trigger) *framework.Function {
	return &framework.Function{Name: name, Triggers: triggers, Handler: func(c *framework.Context) error { got[name] = c.Event(); return fail }}
}

// dispatcher has the codecs, for a unit of these functions.
func dispatcher(t testing.TB, env variables, codecs []platform.Codec, functions ...*framework.Function) *platform.Dispatcher {
	t.Helper()
	rt := &framework.Runtime{Variables: env, Logger: slog.New(slog.DiscardHandler)}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: functions})
	d, err := platform.NewDispatcher(e, codecs)
	if err != nil {
		t.Fatal(err)
	}
	d.Identify = Identify
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.WithoutCancel(t.Context())) })
	return d
}

// taking is a unit with one function that takes everything that the tests send.
func taking(t testing.TB, fail error) (*platform.Dispatcher, map[string]any) {
	got := map[string]any{}
	return dispatcher(t, nil, []platform.Codec{Bucket(), Queue(), Kafka(), Log(), CDN(), Bus()}, function("f", got, fail,
		storage.Bucket{Name: "b", Events: []string{"created", "removed", "other"}}, mq.Subscription{Topic: "t"}, mq.Subscription{Queue: "zeus"},
		kafka.Topic{Name: "T", Group: "g"}, log.Store{Name: "l"}, cdn.Domain{Name: "www.example.com", Events: []string{"refreshed", "logged"}},
		bus.Rule{Source: "shop"}, bus.Rule{Type: "Paid"})), got
}

const (
	ossOne = `{"events":[{"eventName":"ObjectCreated:PutObject","eventSource":"acs:oss","eventTime":"2017-04-21T12:46:37.000Z","eventVersion":"1.0","region":"cn-shanghai",` +
		`"oss":{"bucket":{"name":"b","arn":"acs:oss:cn-shanghai:1:b","ownerIdentity":"1"},"object":{"key":"image/ü +.jpg","size":12,"eTag":"68","deltaSize":12,"objectMeta":{"mimeType":"image/jpeg"}},"ossSchemaVersion":"1.0","ruleId":"9a"},` +
		`"requestParameters":{"sourceIPAddress":"192.0.2.1"},"responseElements":{"requestId":"R"},"userIdentity":{"principalId":"2"}}]}`
	slsOne = `{"parameter":{"a":1},"source":{"endpoint":"http://cn-shanghai-intranet.log.aliyuncs.com","projectName":"p","logstoreName":"l","shardId":0,"beginCursor":"MTUy","endCursor":"MTUz"},"jobName":"j","taskId":"t","cursorTime":1529486425}`
	mnsOne = `{"TopicOwner":"1","Message":"hello","Subscriber":"1","PublishTime":1550216480040,"SubscriptionName":"s","MessageMD5":"BA","TopicName":"t","MessageId":"2F"}`
	queued = `{"id":"e","source":"acs:mns","specversion":"1.0","type":"mns:Queue:SendMessage","datacontenttype":"application/json; charset=utf-8","subject":"acs:mns:cn-hangzhou:1:queues/zeus",` +
		`"time":"2021-04-08T06:28:17.093Z","data":{"requestId":"606E","messageId":"C6DB","messageBody":"TEST"}}`
	rocket = `{"id":"e","source":"acs:mq","specversion":"1.0","type":"mq:Topic:SendMessage","subject":"acs:mq:cn-hangzhou:1:MQ_INST%t","time":"2021-04-08T06:01:20.766Z",` +
		`"data":{"topic":"t","systemProperties":{"MIN_OFFSET":"0","TAGS":"red","UNIQ_KEY":"AC1","CONSUME_START_TIME":1628577790396,"__SHARDINGKEY":"g"},"userProperties":{"a":"x","n":1},"body":"TEST"}}`
	alikafka = `["{\"data\":{\"topic\":\"T\",\"partition\":9,\"offset\":3,\"timestamp\":1659346376797,\"value\":\"v\"},\"id\":\"1\",\"source\":\"acs:alikafka\",\"specversion\":\"1.0\",\"type\":\"alikafka:Topic:Message\"}"]`
	record   = `{"specversion":"1.0","id":"1","source":"acs:alikafka","type":"alikafka:Topic:Message","subject":"acs:alikafka_pre-cn-1:topic:T",` +
		`"data":{"topic":"T","partition":7,"offset":25,"timestamp":1655952591589,"headers":{"headers":[{"key":"h","value":"a"},{"key":"h","value":[118,-36,127]}],"isReadOnly":false},"key":"k","value":"hello"}}`
	cdnOne = `{"events":[{"eventName":"CachedObjectsRefreshed","eventVersion":"1.0.0","eventSource":"cdn","region":"cn-hangzhou","eventTime":"2018-03-16T14:19:55+08:00","traceId":"cf89",` +
		`"resource":{"domain":"www.example.com"},"eventParameter":{"objectPath":["/a.mp4","/b.mp4"],"createTime":1521180769,"objectType":"File","taskId":2089687230},"userIdentity":{"aliUid":"1"}}]}`
	paid = `{"id":"1","source":"billing","specversion":"1.0","type":"Paid","datacontenttype":"application/json; charset=utf-8","subject":"invoice/7","time":"2026-01-02T11:04:05+08:00",` +
		`"aliyunaccountid":"12","aliyunregionid":"cn-hangzhou","aliyuneventbusname":"default","data":{"n": 1}}`
)

// texts is an array of texts that hold the payloads.
func texts(payloads ...string) string {
	for i, p := range payloads {
		payloads[i] = strconv.Quote(p)
	}
	return "[" + strings.Join(payloads, ",") + "]"
}

func TestEvents(t *testing.T) {
	const (
		object   = `[{"id":"R/image/ü +.jpg","resource":"b","bucket":"b","key":"image/ü +.jpg","action":"created","via":"put","name":"ObjectCreated:PutObject","size":12,"etag":"68","region":"cn-shanghai","time":"2017-04-21T12:46:37Z"}]`
		zeus     = `{"id":"C6DB","resource":"zeus","source":"zeus","body":"TEST","time":"2021-04-08T06:28:17.093Z"}`
		rocketed = `{"id":"AC1","resource":"t","source":"t","body":"TEST","attributes":{"a":"x","n":"1"},"tag":"red","group":"g","time":"2021-04-08T06:01:20.766Z"}`
		event    = `{"id":"1","source":"billing","type":"Paid","subject":"invoice/7","time":"2026-01-02T03:04:05Z","data":{"n":1},"region":"cn-hangzhou","account":"12"}`
	)
	tests := []struct{ name, payload, want, err string }{
		{name: "OSS", payload: ossOne, want: object},
		{name: "OSS, the name of the trigger", payload: strings.Replace(ossOne, "ObjectCreated", "oss:ObjectCreated", 1), want: object},
		{name: "OSS, removed", payload: strings.Replace(ossOne, "ObjectCreated:PutObject", "ObjectRemoved:DeleteObjects", 1), want: strings.NewReplacer(`"created","via":"put"`, `"removed"`, "ObjectCreated:PutObject", "ObjectRemoved:DeleteObjects").Replace(object)},
		{name: "OSS, appended", payload: strings.Replace(ossOne, "PutObject", "AppendObject", 1), want: strings.NewReplacer(`,"via":"put"`, ``, "PutObject", "AppendObject").Replace(object)},
		{name: "OSS, the start of an upload in parts", payload: strings.Replace(ossOne, "ObjectCreated:PutObject", "ObjectCreated:InitiateMultipartUpload", 1), err: `unexpected_event: found part of key "image/ü +.jpg" of bucket "b", which no trigger of the functions f matches`},
		{name: "OSS, a part", payload: strings.Replace(ossOne, "ObjectCreated:PutObject", "ObjectCreated:UploadPart", 1), err: `unexpected_event: found part of key "image/ü +.jpg" of bucket "b", which no trigger of the functions f matches`},
		{name: "OSS, a copied part", payload: strings.Replace(ossOne, "ObjectCreated:PutObject", "ObjectCreated:UploadPartCopy", 1), err: `unexpected_event: found part of key "image/ü +.jpg" of bucket "b", which no trigger of the functions f matches`},
		{name: "OSS, an upload in parts given up", payload: strings.Replace(ossOne, "ObjectCreated:PutObject", "ObjectRemoved:AbortMultipartUpload", 1), err: `unexpected_event: found part of key "image/ü +.jpg" of bucket "b", which no trigger of the functions f matches`},
		{name: "OSS, modified", payload: `{"events":[{"eventName":"ObjectModified:UpdateObjectMeta","eventSource":"acs:oss","oss":{"bucket":{"name":"b"},"object":{"key":"k%20+"}}}]}`,
			want: `[{"resource":"b","bucket":"b","key":"k%20+","action":"other","name":"ObjectModified:UpdateObjectMeta","size":-1,"time":"0001-01-01T00:00:00Z"}]`},
		{name: "OSS, another bucket", payload: strings.Replace(ossOne, `"name":"b"`, `"name":"c"`, 1), err: `unknown_bucket: found created of key "image/ü +.jpg" of bucket "c", expected "b"`},
		{name: "OSS, a wrong size", payload: strings.Replace(ossOne, `"size":12`, `"size":"12"`, 1), err: "invalid_event: events.oss.object.size: found string, expected int64"},
		{name: "OSS, a wrong time", payload: strings.Replace(ossOne, "2017-", "17-", 1), err: `invalid_event: events.eventTime: found "17-04-21T12:46:37.000Z", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "OSS and the CDN mixed", payload: strings.Replace(ossOne, `}]}`, `},{"eventSource":"cdn"}]}`, 1), err: `invalid_event: events.eventSource: found "cdn" and "acs:oss", expected events of one service`},
		{name: "OSS, cut short", payload: ossOne[:len(ossOne)-30], err: fmt.Sprintf("unknown_event: no trigger of unit u matches this event, %d bytes that are not JSON", len(ossOne)-30)},
		{name: "SLS", payload: slsOne, want: `[{"id":"t","resource":"l","project":"p","store":"l","range":{"endpoint":"http://cn-shanghai-intranet.log.aliyuncs.com","shard":0,"begin":"MTUy","end":"MTUz","time":"2018-06-20T09:20:25Z"}}]`},
		{name: "SLS, no task", payload: `{"source":{"projectName":"p","logstoreName":"l","shardId":2,"beginCursor":"MTUy"}}`, want: `[{"id":"p/l/2/MTUy","resource":"l","project":"p","store":"l","range":{"shard":2,"begin":"MTUy","end":""}}]`},
		{name: "SLS, another store", payload: strings.Replace(slsOne, `"l"`, `"x"`, 1), err: `unknown_log_store: found a batch of log store "x", expected "l"`},
		{name: "SLS, a wrong shard", payload: strings.Replace(slsOne, `"shardId":0`, `"shardId":"0"`, 1), err: "invalid_event: event.source.shardId: found string, expected int"},
		{name: "MNS topic", payload: mnsOne, want: `[{"id":"2F","resource":"t","source":"t","body":"hello","time":"2019-02-15T07:41:20.04Z"}]`},
		{name: "MNS topic, attributes", payload: strings.Replace(mnsOne, "{", `{"MessageTag":"red","a":"x","n":7,"o":{"b":1},"z":null,`, 1),
			want: `[{"id":"2F","resource":"t","source":"t","body":"hello","attributes":{"a":"x","n":"7","o":"{\"b\":1}"},"tag":"red","time":"2019-02-15T07:41:20.04Z"}]`},
		{name: "MNS topic, another one", payload: strings.Replace(mnsOne, `"t"`, `"x"`, 1), err: `unknown_queue_or_topic: found a message of queue or topic "x", expected one of "t", "zeus"`},
		{name: "MNS topic, a wrong time", payload: strings.Replace(mnsOne, `1550216480040`, `"now"`, 1), err: "invalid_event: event.PublishTime: found string, expected int64"},
		{name: "MNS topic, STREAM, of two", payload: `{"body":"hello","attrs":{"a":"x"}}`, want: `[{"resource":"t","body":"hello","attributes":{"a":"x"}}]`},
		{name: "MNS topic, STREAM, wrong attributes", payload: `{"body":"hello","attrs":[]}`, err: "invalid_event: attrs: found an array, expected an object"},
		{name: "MNS topic, STREAM, in a unit with more", payload: `hello`, err: "unknown_event: no trigger of unit u matches this event, 5 bytes that are not JSON"},
		{name: "MNS queue", payload: queued, want: "[" + zeus + "]"},
		{name: "MNS queue, several", payload: texts(queued, queued), want: "[" + zeus + "," + zeus + "]"},
		{name: "MNS queue, a body that is JSON", payload: strings.Replace(queued, `"TEST"`, `{"id": 1}`, 1), want: "[" + strings.Replace(zeus, `"TEST"`, `"{\"id\": 1}"`, 1) + "]"},
		{name: "MNS queue, another one", payload: strings.Replace(queued, "queues/zeus", "queues/hera", 1), err: `unknown_queue_or_topic: found a message of queue or topic "hera", expected one of "t", "zeus"`},
		{name: "MNS queue, no data", payload: strings.Replace(queued, `"data"`, `"date"`, 1), err: "invalid_event: data: found nothing, expected an object"},
		{name: "RocketMQ", payload: rocket, want: "[" + rocketed + "]"},
		{name: "RocketMQ, several", payload: " [" + rocket + "," + rocket + "]", want: "[" + rocketed + "," + rocketed + "]"},
		{name: "RocketMQ and MNS mixed", payload: texts(rocket, queued), err: `invalid_event: type: found "mns:Queue:SendMessage" and "mq:Topic:SendMessage", expected events of one type`},
		{name: "Kafka", payload: alikafka, want: `[{"resource":"T","topic":"T","partition":9,"offset":3,"value":"v","time":"2022-08-01T09:32:56.797Z","group":"g"}]`},
		{name: "Kafka, key and headers", payload: texts(record), want: `[{"resource":"T","topic":"T","partition":7,"offset":25,"key":"aw==","value":"aGVsbG8=","headers":[{"name":"h","value":"YQ=="},{"name":"h","value":"dtx/"}],"isBase64Encoded":true,"time":"2022-06-23T02:49:51.589Z","group":"g"}]`},
		{name: "Kafka, objects", payload: "[" + strings.Replace(record, `"hello"`, "null", 1) + "]", want: `[{"resource":"T","topic":"T","partition":7,"offset":25,"key":"aw==","value":null,"headers":[{"name":"h","value":"YQ=="},{"name":"h","value":"dtx/"}],"isBase64Encoded":true,"time":"2022-06-23T02:49:51.589Z","group":"g"}]`},
		{name: "Kafka, another topic", payload: strings.ReplaceAll(alikafka, `\"T\"`, `\"x\"`), err: `unknown_topic: found a record of topic "x", expected "T"`},
		{name: "Kafka, two instances", payload: texts(record, strings.Replace(record, "alikafka_pre", "alikafka_post", 1)), err: `invalid_event: subject: found records of instances "alikafka_pre-cn-1" and "alikafka_post-cn-1", expected those of one`},
		{name: "Kafka, a text that is not an event", payload: strings.Replace(alikafka, `]`, `,"x"]`, 1), err: "invalid_event: event: found broken JSON"},
		{name: "the CDN", payload: cdnOne, want: `[{"id":"cf89","resource":"www.example.com","action":"refreshed","name":"CachedObjectsRefreshed","domain":"www.example.com","paths":["/a.mp4","/b.mp4"],"region":"cn-hangzhou","time":"2018-03-16T06:19:55Z"}]`},
		{name: "the CDN, a log file", payload: `{"events":[{"eventName":"LogFileCreated","eventSource":"cdn","eventTime":"","resource":{"domain":"www.example.com"},"eventParameter":{"filePath":"http://x/y.gz"}}]}`,
			want: `[{"resource":"www.example.com","action":"logged","name":"LogFileCreated","domain":"www.example.com","paths":["http://x/y.gz"],"time":"0001-01-01T00:00:00Z"}]`},
		{name: "the CDN, an event that the trigger does not take", payload: strings.Replace(cdnOne, "Refreshed", "Pushed", 1), err: `unexpected_event: found preloaded, "CachedObjectsPushed" of domain "www.example.com", which no trigger of the functions f matches`},
		{name: "the CDN, an event without a word", payload: strings.Replace(cdnOne, "Refreshed", "Frozen", 1), err: `unexpected_event: found other, "CachedObjectsFrozen" of domain "www.example.com", which no trigger of the functions f matches`},
		{name: "the CDN, a path that is none", payload: strings.Replace(cdnOne, `"/a.mp4"`, `7`, 1), err: "invalid_event: events.eventParameter.objectPath: found a number, expected a string"},
		{name: "EventBridge", payload: paid, want: "[" + event + "]"},
		{name: "EventBridge, several", payload: texts(paid, paid), want: "[" + event + "," + event + "]"},
		{name: "EventBridge, text", payload: strings.NewReplacer("application/json; charset=utf-8", "text/plain", `{"n": 1}`, `"one"`).Replace(paid), want: "[" + strings.Replace(event, `"data":{"n":1}`, `"datacontenttype":"text/plain","data":"one"`, 1) + "]"},
		{name: "EventBridge, bytes", payload: strings.NewReplacer("application/json; charset=utf-8", "image/png", `"data":{"n": 1}`, `"data_base64":"/w=="`).Replace(paid),
			want: "[" + strings.Replace(event, `"data":{"n":1}`, `"datacontenttype":"image/png","data":"/w==","isBase64Encoded":true`, 1) + "]"},
		{name: "EventBridge, no match", payload: strings.Replace(paid, "Paid", "Lost", 1), err: `unexpected_event: found an event of type "Lost" from source "billing", which no trigger of the functions f matches`},
		{name: "EventBridge, a wrong time", payload: strings.Replace(paid, "2026-", "26-", 1), err: `invalid_event: time: found "26-01-02T11:04:05+08:00", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "EventBridge, a year that JSON has no form for", payload: strings.Replace(paid, "2026-01-02T11", "0000-01-01T01", 1), err: `invalid_event: time: found "0000-01-01T01:04:05+08:00", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "a timer", payload: `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"purge","payload":""}`, err: `unknown_event: no trigger of unit u matches this event, which looks like the timer "purge"`},
		{name: "events of another service", payload: `{"events":[{"eventSource":"acs:vod"}]}`, err: `unknown_event: no trigger of unit u matches this event, which looks like events of "acs:vod"`},
		{name: "Tablestore", payload: `{"Version":"v1","Records":[]}`, err: "unknown_event: no trigger of unit u matches this event, which looks like records of Tablestore"},
		{name: "a request", payload: `{"version":"v1","rawPath":"/","requestContext":{}}`, err: "unknown_event: no trigger of unit u matches this event, which looks like a request of an http trigger"},
		{name: "anything", payload: `{"a":1}`, err: `unknown_event: no trigger of unit u matches this event, a JSON object with the members "a"`},
		{name: "a list", payload: `[1]`, err: `unknown_event: no trigger of unit u matches this event, JSON that is not an object`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, got := taking(t, nil)
			response, err := d.Handle(t.Context(), []byte(tt.payload), framework.Invocation{RequestID: "1"})
			found := ""
			if err != nil {
				if fe, ok := errors.AsType[*framework.Error](err); ok {
					fe.Err = nil // is for the log
				}
				found = err.Error()
			}
			if found != tt.err {
				t.Fatalf("error %s\nwant  %s", found, tt.err)
			}
			if tt.err != "" {
				return
			}
			b, err := json.Marshal(got["f"])
			if err != nil || string(b) != tt.want {
				t.Errorf("got  %s\nwant %s\n%v", b, tt.want, err)
			}
			if string(response) != "null" {
				t.Errorf("answered %s", response)
			}
		})
	}
}

// TestStream: a unit of topics alone takes a message that is nothing but itself, and still nothing that is of another form.
func TestStream(t *testing.T) {
	got := map[string]any{}
	d := dispatcher(t, nil, []platform.Codec{Queue()}, function("f", got, nil, mq.Subscription{Topic: "t"}))
	for _, tt := range []struct{ payload, body, err string }{
		{payload: "hello", body: "hello"},
		{payload: `{"id":7}`, body: `{"id":7}`},
		{payload: "", body: ""},
		{payload: `{"body":"x","attrs":{}}`, body: "x"},
		{payload: mnsOne, body: "hello"},
		{payload: ossOne, err: "which looks like events of OSS"},
		{payload: paid, err: `which looks like an event of EventBridge, "Paid"`},
	} {
		clear(got)
		_, err := d.Handle(t.Context(), []byte(tt.payload), framework.Invocation{})
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%.60s: %v, want %s", tt.payload, err, tt.err)
			}
			continue
		}
		list, _ := got["f"].([]mq.Message)
		if err != nil || len(list) != 1 || string(list[0].Body) != tt.body || list[0].Resource != "t" || string(list[0].Raw) != tt.payload {
			t.Errorf("%.60s: %+v, %v", tt.payload, list, err)
		}
	}
	d = dispatcher(t, nil, []platform.Codec{Queue()}, function("f", got, nil, mq.Subscription{Topic: "t"}), function("g", got, nil, mq.Subscription{Topic: "u"}))
	if _, err := d.Handle(t.Context(), []byte("hello"), framework.Invocation{}); err == nil || !strings.Contains(err.Error(), "a message may be for the functions f, g") {
		t.Errorf("of two topics: %v", err)
	}
}

// TestResources: an event goes to the function whose trigger is for its bucket, queue or topic, by the names of f.yml.
func TestResources(t *testing.T) {
	got := map[string]any{}
	created := []string{"created"}
	d := dispatcher(t, variables{platform.ResourcesVariable: "pictures=b said=acs:mns:cn-hangzhou:1:/topics/t clicks=T main=alikafka_pre-cn-1"}, []platform.Codec{Bucket(), Queue(), Kafka(), Bus()},
		function("pictures", got, nil, storage.Bucket{Name: "pictures", Events: created, Prefix: "image/"}), function("others", got, nil, storage.Bucket{Name: "other", Events: created}),
		function("said", got, nil, mq.Subscription{Topic: "said"}), function("zeus", got, nil, mq.Subscription{Queue: "zeus"}),
		function("clicks", got, nil, kafka.Topic{Name: "clicks", Cluster: "main"}), function("elsewhere", got, nil, kafka.Topic{Name: "clicks", Cluster: "second"}),
		function("paid", got, nil, bus.Rule{Source: "billing", Type: "Paid"}))
	for _, tt := range []struct{ payload, function, err string }{
		{payload: ossOne, function: "pictures"},
		{payload: strings.Replace(ossOne, `"b"`, `"other"`, 1), function: "others"},
		{payload: strings.Replace(ossOne, `"b"`, `"third"`, 1), err: `expected one of "b" (pictures), "other"`},
		{payload: strings.Replace(ossOne, `"image/`, `"text/`, 1), err: "which no trigger of the functions pictures matches"},
		{payload: mnsOne, function: "said"},
		{payload: queued, function: "zeus"},
		{payload: strings.Replace(queued, "subject", "object", 1), err: "may be for the functions said, zeus"},
		{payload: texts(record), function: "clicks"},
		{payload: texts(strings.Replace(record, "alikafka_pre-cn-1", "alikafka_pre-cn-2", 1)), err: "expected"},
		{payload: paid, function: "paid"},
	} {
		clear(got)
		_, err := d.Handle(t.Context(), []byte(tt.payload), framework.Invocation{})
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) || len(got) > 0 {
				t.Errorf("%.80s: %v, want %s", tt.payload, err, tt.err)
			}
			continue
		}
		if _, ok := got[tt.function]; !ok || len(got) != 1 || err != nil {
			t.Errorf("%.80s: %v, %v; want %s", tt.payload, got, err, tt.function)
		}
	}
}

// TestKafkaValues: EventBridge may write a value that is JSON as it is, and in the place of a text.
func TestKafkaValues(t *testing.T) {
	for value, want := range map[string]string{
		`"hello"`: "hello", `"\u00fc\"{"`: `ü"{`, `""`: "", `{"a": "<\u00fc>"}`: `{"a": "<\u00fc>"}`, `[1, 2]`: "[1, 2]", `1.50`: "1.50", `true`: "true",
	} {
		d, got := taking(t, nil)
		data := strings.NewReplacer(`"hello"`, value, `"key":"k"`, `"key":`+value).Replace(record)
		for _, payload := range []string{texts(data), "[" + data + "]", data} {
			if _, err := d.Handle(t.Context(), []byte(payload), framework.Invocation{}); err != nil {
				t.Errorf("%s: %v", payload, err)
				continue
			}
			r := got["f"].([]kafka.Record)[0]
			v, _ := KafkaOf(r)
			if string(r.Value) != want || string(r.Key) != want || v.Value == nil || string(*v.Value) != want {
				t.Errorf("%s: %q and %q, want %q", payload, r.Key, r.Value, want)
			}
		}
	}
}

// TestKafkaHeaders: the value of a header may be any JSON, too, and bytes as numbers.
func TestKafkaHeaders(t *testing.T) {
	for value, want := range map[string]string{
		`"a"`: "a", `[104, -61, -68]`: "h\u00fc", `null`: "", `7`: "7", `true`: "true", `{"a": 1}`: `{"a": 1}`, `["a"]`: `["a"]`, `[300]`: "[300]", `[1.5]`: "[1.5]", `[]`: "",
	} {
		d, got := taking(t, nil)
		data := strings.Replace(record, `{"key":"h","value":"a"},{"key":"h","value":[118,-36,127]}`, `{"key":"h","value":`+value+`}`, 1)
		if _, err := d.Handle(t.Context(), []byte(texts(data)), framework.Invocation{}); err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		if r := got["f"].([]kafka.Record)[0]; len(r.Headers) != 1 || string(r.Headers[0].Value) != want {
			t.Errorf("%s: headers %q, want %q", value, r.Headers, want)
		}
	}
}

// TestTheWholeBatchFails: none of the services takes a part of a batch back.
func TestTheWholeBatchFails(t *testing.T) {
	var failed framework.BatchError
	failed.Add("T-7-25", errors.New("no"))
	d, _ := taking(t, failed.Err())
	if response, err := d.Handle(t.Context(), []byte(texts(record, strings.Replace(record, "25", "26", 1))), framework.Invocation{}); err == nil {
		t.Errorf("a record failed, and the response is %s", response)
	}
}

func TestVendor(t *testing.T) {
	d, got := taking(t, nil)
	for payload, want := range map[string]string{
		ossOne: "9a", mnsOne: "BA", queued: "606E e", rocket: "1628577790396", alikafka: "acs:alikafka", slsOne: `{"a":1}`, cdnOne: "1", paid: "default",
	} {
		if _, err := d.Handle(t.Context(), []byte(payload), framework.Invocation{}); err != nil {
			t.Fatal(err)
		}
		found := ""
		switch batch := got["f"].(type) {
		case []storage.Event:
			v, _ := OSSOf(batch[0])
			found = v.OSS.RuleID
			if _, ok := OSSOf(storage.Event{}); ok {
				t.Error("an event of nowhere has no record")
			}
		case []mq.Message:
			if v, ok := MNSTopicOf(batch[0]); ok {
				found = v.MessageMD5
			}
			if v, ok := MNSQueueOf(batch[0]); ok {
				found = v.RequestID + " " + v.ID
			}
			if v, ok := RocketMQOf(batch[0]); ok {
				found = string(v.SystemProperties["CONSUME_START_TIME"])
			}
		case []kafka.Record:
			v, _ := KafkaOf(batch[0])
			found = v.Source
		case []log.Batch:
			v, _ := SLSOf(batch[0])
			found = string(v.Parameter)
		case []cdn.Event:
			v, _ := CDNOf(batch[0])
			found = v.UserIdentity.AliUID
		case []bus.Event:
			v, _ := CloudEventOf(batch[0])
			found = v.BusName
		}
		if found != want {
			t.Errorf("%.60s: %q, want %q", payload, found, want)
		}
	}
}

// FuzzEvents: no payload panics, and what was decoded survives its own JSON: encoded and decoded, it is the same.
func FuzzEvents(f *testing.F) {
	for _, payload := range []string{ossOne, slsOne, mnsOne, queued, rocket, alikafka, texts(record), "[" + record + "]", cdnOne, paid, texts(paid), `{"body":"x","attrs":{"a":"b"}}`, `[]`, `[""]`, `{"events":[]}`, "x"} {
		f.Add([]byte(payload))
	}
	d, got := taking(f, nil)
	f.Fuzz(func(t *testing.T, payload []byte) {
		clear(got)
		if _, err := d.Handle(t.Context(), payload, framework.Invocation{}); err != nil || got["f"] == nil {
			return
		}
		b, err := json.Marshal(got["f"])
		if err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		back := reflect.New(reflect.TypeOf(got["f"]))
		if err := json.Unmarshal(b, back.Interface()); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		again, err := json.Marshal(back.Elem().Interface())
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s\nbecame %s, %v", b, again, err)
		}
	})
}
