package tencent

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent/cls"
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

// dispatcher has every codec but those of http and timers, for a unit of these functions.
func dispatcher(t testing.TB, env variables, functions ...*framework.Function) *platform.Dispatcher {
	t.Helper()
	rt := &framework.Runtime{Variables: env, Logger: slog.New(slog.DiscardHandler)}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: functions})
	d, err := platform.NewDispatcher(e, []platform.Codec{Bucket(), Queue(), Kafka(), cls.Log()})
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
	return dispatcher(t, nil, function("f", got, fail,
		storage.Bucket{Name: "testpic-1253970026", Events: []string{"created", "removed", "restored", "other"}}, mq.Subscription{Topic: "q"},
		kafka.Topic{Name: "t", Group: "g"}, log.Store{Name: "c0ffee"})), got
}

// zipped is a payload of CLS.
func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return `{"clslogs":{"data":"` + base64.StdEncoding.EncodeToString(b.Bytes()) + `"}}`
}

const (
	cosOne = `{"Records":[{"cos":{"cosSchemaVersion":"1.0","cosObject":{"url":"http://testpic-1253970026.cos.ap-chengdu.myqcloud.com/in/%C3%BC%20%2B.pdf",` +
		`"meta":{"x-cos-request-id":"NWMx","Content-Type":""},"vid":"v","key":"/1253970026/testpic/in/ü +.pdf","size":1029},` +
		`"cosBucket":{"region":"cd","name":"testpic","appid":"1253970026"},"cosNotificationId":"unkown"},` +
		`"event":{"eventName":"cos:ObjectCreated:Post","eventVersion":"1.0","eventTime":1545205770,"eventSource":"qcs::cos",` +
		`"requestParameters":{"requestSourceIP":"192.0.2.1","requestHeaders":{"Authorization":"q-sign-secret","x-test":"1"}},` +
		`"eventQueue":"qcs:0:scf:cd:appid/1253970026:default.f.$LATEST","reservedInfo":"","reqid":179398952}}]}`
	ckafkaOne = `{"Records":[{"Ckafka":{"topic":"t","partition":0,"offset":7,"msgKey":"k","msgBody":"hello"}}]}`
	cmqOne    = `{"Records":[{"CMQ":{"type":"topic","topicOwner":120xx,"topicName":"q","subscriptionName":"s","publishTime":"1970-01-01T00:00:01.5Z","msgId":"123345346","requestId":"r","msgBody":"Hello","msgTag":"red, green"}}]}`
	tdmqOne   = `{"specversion":"1.0","id":"e","type":"connector:tdmq","source":"tdmq.cloud.tencent","subjuect":"qcs::tdmq:r:1:topicName/q","time":"1615430559146","region":"ap-guangzhou",` +
		`"datacontenttype":"application/json;charset=utf-8","data":{"topic":"persistent://1/default/q","tags":"red","TopicType":"0","subscriptionName":"s","toTimestamp":"1603352765001","partitions":"0","msgId":"m","msgBody":"hi"}}`
	clsOne = `{"topic_id":"c0ffee","topic_name":"access","records":[{"timestamp":"1605578090000001","content":"a line"},{"timestamp":"","content":"another"}]}`
)

// cmq has an owner that is a number, or text.
func cmqPayload(owner string) string { return strings.Replace(cmqOne, "120xx", owner, 1) }

func TestEvents(t *testing.T) {
	const object = `[{"id":"NWMx/in/ü +.pdf","resource":"testpic-1253970026","bucket":"testpic-1253970026","key":"in/ü +.pdf","action":"created","via":"post","name":"ObjectCreated:Post","size":1029,"version":"v","region":"ap-chengdu","time":"2018-12-19T07:49:30Z"}]`
	tests := []struct{ name, payload, want, err string }{
		{name: "COS", payload: cosOne, want: object},
		{name: "COS, a space in the name of the event", payload: strings.Replace(cosOne, "cos:Object", "cos: Object", 1), want: object},
		{name: "COS, numbers in text", payload: strings.NewReplacer(`"size":1029`, `"size":"1029"`, "1545205770", `"1545205770"`, `"appid":"1253970026"`, `"appid":1253970026`).Replace(cosOne), want: object},
		{name: "COS, the full name of the bucket", payload: strings.ReplaceAll(strings.ReplaceAll(cosOne, `"name":"testpic"`, `"name":"testpic-1253970026"`), "/1253970026/testpic/", "/1253970026/testpic-1253970026/"), want: object},
		{name: "COS, removed", payload: `{"Records":[{"cos":{"cosObject":{"url":"http://x/k","key":"/1253970026/testpic//125/k"},"cosBucket":{"region":"gz","name":"testpic","appid":"1253970026"}},"event":{"eventName":"cos:ObjectRemove:DeleteMarkerCreated","eventTime":"1970-01-01T00:00:00.000Z"}}]}`,
			want: `[{"resource":"testpic-1253970026","bucket":"testpic-1253970026","key":"/125/k","action":"removed","name":"ObjectRemove:DeleteMarkerCreated","size":-1,"region":"gz","time":"1970-01-01T00:00:00Z"}]`},
		{name: "COS, restored, and a key without a prefix", payload: `{"Records":[{"cos":{"cosObject":{"key":"a/b/c","size":0},"cosBucket":{"name":"testpic","appid":"1253970026"}},"event":{"eventName":"cos:ObjectRestore:Completed","eventTime":0}}]}`,
			want: `[{"resource":"testpic-1253970026","bucket":"testpic-1253970026","key":"a/b/c","action":"restored","name":"ObjectRestore:Completed","size":0,"time":"0001-01-01T00:00:00Z"}]`},
		{name: "COS, a restoration that was asked for", payload: strings.Replace(cosOne, "ObjectCreated:Post", "ObjectRestore:Post", 1),
			want: strings.NewReplacer(`"created","via":"post"`, `"other"`, "ObjectCreated:Post", "ObjectRestore:Post").Replace(object)},
		{name: "COS, fetched from the origin", payload: strings.Replace(cosOne, "ObjectCreated:Post", "ObjectCreated:Origin", 1),
			want: strings.NewReplacer(`,"via":"post"`, ``, "ObjectCreated:Post", "ObjectCreated:Origin").Replace(object)},
		{name: "COS, another bucket", payload: strings.ReplaceAll(cosOne, "testpic", "other"), err: `unknown_bucket: found created of key "in/ü +.pdf" of bucket "other-1253970026", expected "testpic-1253970026"`},
		{name: "COS, an event that the trigger does not take", payload: strings.Replace(cosOne, "ObjectCreated:Post", "ObjectShrunk:x", 1),
			want: strings.NewReplacer(`"created","via":"post"`, `"other"`, "ObjectCreated:Post", "ObjectShrunk:x").Replace(object)},
		{name: "COS, a wrong size", payload: strings.Replace(cosOne, `"size":1029`, `"size":"large"`, 1), err: "invalid_event: Records.cos.cosObject.size: found string, expected int64"},
		{name: "COS, a wrong time", payload: strings.Replace(cosOne, "1545205770", `"noon"`, 1), err: `invalid_event: Records.event.eventTime: found "noon", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "COS, a time that is an object", payload: strings.Replace(cosOne, "1545205770", `{}`, 1), err: `invalid_event: Records.event.eventTime: found object, expected string`},
		{name: "COS, cut short", payload: cosOne[:len(cosOne)-40], err: fmt.Sprintf("unknown_event: no trigger of unit u matches this event, %d bytes that are not JSON", len(cosOne)-40)},
		{name: "COS, a record that is none", payload: strings.Replace(cosOne, `"Records":[`, `"Records":[{"cos":{}`+`,"event":7},`, 1), err: "invalid_event: Records.event: found number, expected object"},
		{name: "CKafka", payload: ckafkaOne, want: `[{"resource":"t","topic":"t","partition":0,"offset":7,"key":"k","value":"hello","group":"g"}]`},
		{name: "CKafka, numbers that are empty texts", payload: strings.NewReplacer(`"partition":0`, `"partition":""`, `"offset":7`, `"offset":"8"`, `"k"`, `""`).Replace(ckafkaOne),
			want: `[{"resource":"t","topic":"t","partition":0,"offset":8,"value":"hello","group":"g"}]`},
		{name: "CKafka, a wrong partition", payload: strings.Replace(ckafkaOne, `"partition":0`, `"partition":[]`, 1), err: "invalid_event: Records.Ckafka.partition: found array, expected int64"},
		{name: "CKafka, a negative offset", payload: strings.Replace(ckafkaOne, `"offset":7`, `"offset":-7`, 1), err: "invalid_event: Records.Ckafka: found partition 0 and offset -7, expected numbers from 0"},
		{name: "CKafka, another topic", payload: strings.Replace(ckafkaOne, `"topic":"t"`, `"topic":"x"`, 1), err: `unknown_topic: found a record of topic "x", expected "t"`},
		{name: "CKafka and CMQ mixed", payload: strings.Replace(ckafkaOne, `}}]`, `}},{"CMQ":{"topicName":"q"}}]`, 1), err: "invalid_event: Records: found a record without Ckafka among those that have it"},
		{name: "CMQ", payload: cmqPayload("120123"), want: `[{"id":"123345346","resource":"q","source":"q","body":"Hello","tag":"red,green","time":"1970-01-01T00:00:01.5Z"}]`},
		{name: "CMQ, an owner in text", payload: cmqPayload(`"120xx"`), want: `[{"id":"123345346","resource":"q","source":"q","body":"Hello","tag":"red,green","time":"1970-01-01T00:00:01.5Z"}]`},
		{name: "CMQ, a body that is not text", payload: strings.Replace(cmqPayload("1"), `"Hello"`, "{}", 1), err: "invalid_event: Records.CMQ.msgBody: found object, expected string"},
		{name: "CMQ, another topic", payload: strings.Replace(cmqPayload("1"), `"topicName":"q"`, `"topicName":"x"`, 1), err: `unknown_queue_or_topic: found a message with the tag "red,green" of queue or topic "x", expected "q"`},
		{name: "TDMQ", payload: tdmqOne, want: `[{"id":"m","resource":"q","source":"q","body":"hi","tag":"red","time":"2021-03-11T02:42:39.146Z"}]`},
		{name: "TDMQ, no data", payload: `{"type":"connector:tdmq"}`, err: "invalid_event: data: found nothing, expected an object"},
		{name: "CLS", payload: zipped(clsOne), want: `[{"resource":"c0ffee","store":"access","storeId":"c0ffee","entries":[{"time":"2020-11-17T01:54:50.000001Z","message":"a line"},{"time":"0001-01-01T00:00:00Z","message":"another"}]}]`},
		{name: "CLS, another topic", payload: zipped(strings.Replace(clsOne, "c0ffee", "tea", 1)), err: `unknown_log_store: found a batch of log store "access", expected "c0ffee"`},
		{name: "CLS, no gzip", payload: `{"clslogs":{"data":"aGk="}}`, err: "invalid_event: clslogs.data: found no gzip in base64"},
		{name: "CLS, no text", payload: `{"clslogs":{"data":7}}`, err: "invalid_event: clslogs.data: found a number, expected a string"},
		{name: "CLS, cut short", payload: strings.Replace(zipped(clsOne), `AAAA`, ``, 1), err: "invalid_event: clslogs.data: found broken gzip in base64"},
		{name: "CLS, a bomb", payload: zipped(strings.Repeat(" ", 64<<20+1)), err: "invalid_event: clslogs.data: found more than 64 MB, decompressed"},
		{name: "CLS, no JSON", payload: zipped(`{`), err: "invalid_event: clslogs.data: found broken JSON"},
		{name: "a timer", payload: `{"Type":"Timer","TriggerName":"purge"}`, err: `unknown_event: no trigger of unit u matches this event, which looks like the timer "purge"`},
		{name: "a request", payload: `{"httpMethod":"GET","path":"/"}`, err: "unknown_event: no trigger of unit u matches this event, which looks like a request of a function URL"},
		{name: "MPS", payload: `{"EventType":"WorkflowTask","WorkflowTaskEvent":{}}`, err: "unknown_event: no trigger of unit u matches this event, which looks like an event of MPS"},
		{name: "a load balancer", payload: `{"headers":{},"payload":"","isBase64Encoded":"false"}`, err: "unknown_event: no trigger of unit u matches this event, which looks like a request of a load balancer"},
		{name: "another event of EventBridge", payload: `{"specversion":"1.0","type":"cvm:Error","source":"cvm"}`, err: `unknown_event: no trigger of unit u matches this event, which looks like an event of EventBridge, "cvm:Error" from "cvm"`},
		{name: "records of an unknown service", payload: `{"Records":[{"S3":{}}]}`, err: `unknown_event: no trigger of unit u matches this event, a JSON object with the members "Records"`},
		{name: "no records", payload: `{"Records":[]}`, err: `unknown_event: no trigger of unit u matches this event, a JSON object with the members "Records"`},
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

// TestResources: an event goes to the function whose trigger is for its bucket or topic, by the names of f.yml.
func TestResources(t *testing.T) {
	got := map[string]any{}
	created := []string{"created"}
	d := dispatcher(t, variables{platform.ResourcesVariable: "pictures=testpic-1253970026 clicks=t"},
		function("pictures", got, nil, storage.Bucket{Name: "pictures", Events: created}, log.Store{Name: "l"}),
		function("others", got, nil, storage.Bucket{Name: "other-1253970026", Events: created}),
		function("red", got, nil, mq.Subscription{Topic: "q", Tag: "red"}), function("blue", got, nil, mq.Subscription{Topic: "q", Tag: "blue"}),
		function("clicks", got, nil, kafka.Topic{Name: "clicks"}), function("views", got, nil, kafka.Topic{Name: "views"}))
	for _, tt := range []struct{ payload, function, err string }{
		{payload: cosOne, function: "pictures"},
		{payload: strings.ReplaceAll(cosOne, "testpic", "other"), function: "others"},
		{payload: strings.ReplaceAll(cosOne, "testpic", "third"), err: `expected one of "testpic-1253970026" (pictures), "other-1253970026"`},
		{payload: cmqPayload("1"), function: "red"},
		{payload: strings.Replace(cmqPayload("1"), "red", "blue", 1), function: "blue"},
		{payload: strings.Replace(cmqPayload("1"), "red, green", "red,blue", 1), err: "may be for the functions red, blue"},
		{payload: strings.Replace(cmqPayload("1"), "red, green", "yellow", 1), err: "which no trigger of the functions red, blue matches"},
		{payload: ckafkaOne, function: "clicks"},
		{payload: strings.Replace(ckafkaOne, `"t"`, `"views"`, 1), function: "views"},
		{payload: strings.Replace(ckafkaOne, `}}]`, `}},{"Ckafka":{"topic":"views"}}]`, 1), err: "found events of functions clicks and views in one payload"},
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

// TestTheWholeBatchFails: none of the services takes a part of a batch back.
func TestTheWholeBatchFails(t *testing.T) {
	var failed framework.BatchError
	failed.Add("t-0-7", errors.New("no"))
	d, _ := taking(t, failed.Err())
	payload := strings.Replace(ckafkaOne, `}}]`, `}},{"Ckafka":{"topic":"t","offset":8}}]`, 1)
	if response, err := d.Handle(t.Context(), []byte(payload), framework.Invocation{}); err == nil {
		t.Errorf("a record failed, and the response is %s", response)
	}
}

func TestVendor(t *testing.T) {
	d, got := taking(t, nil)
	for payload, want := range map[string]string{
		cosOne: "/1253970026/testpic/in/ü +.pdf testpic map[x-test:1]", cmqPayload("120"): "120 s", tdmqOne: "persistent://1/default/q", ckafkaOne: "hello", zipped(clsOne): "1605578090000001",
	} {
		if _, err := d.Handle(t.Context(), []byte(payload), framework.Invocation{}); err != nil {
			t.Fatal(err)
		}
		found := ""
		switch batch := got["f"].(type) {
		case []storage.Event:
			r, _ := COSOf(batch[0])
			found = fmt.Sprint(r.COS.Object.Key, " ", r.COS.Bucket.Name, " ", r.Event.RequestParameters.Headers)
			if _, ok := COSOf(storage.Event{}); ok {
				t.Error("an event of nowhere has no record")
			}
			if len(batch[0].Raw) == 0 {
				t.Error("no raw record")
			}
		case []mq.Message:
			if r, ok := CMQOf(batch[0]); ok {
				found = fmt.Sprint(r.TopicOwner, " ", r.SubscriptionName)
			}
			if r, ok := TDMQOf(batch[0]); ok {
				found = r.Data.Topic
			}
		case []kafka.Record:
			r, _ := CKafkaOf(batch[0])
			found = r.Body
		case []log.Batch:
			m, _ := cls.CLSOf(batch[0])
			found = string(m.Records[0].Timestamp)
			if string(batch[0].Raw) != clsOne {
				t.Errorf("raw is %s", batch[0].Raw)
			}
		}
		if found != want {
			t.Errorf("%.60s: %q, want %q", payload, found, want)
		}
	}
}

// FuzzEvents: no payload panics, and what was decoded survives its own JSON: encoded and decoded, it is the same.
func FuzzEvents(f *testing.F) {
	for _, payload := range []string{cosOne, ckafkaOne, cmqPayload("1"), cmqPayload(`"x"`), tdmqOne, zipped(clsOne), `{"Records":[]}`, `{"Records":[{"cos":{}}]}`} {
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
