package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	bus "github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	storage "github.com/faasgen/faasgen/framework/trigger/os"
)

// taking is a unit with one function that takes everything that the tests send, and every codec but those of http and
// timers. It keeps what the function was called with.
func taking(t testing.TB, fail error) (*platform.Dispatcher, *any) {
	t.Helper()
	var got any
	f := &framework.Function{Name: "f", Triggers: []framework.Trigger{
		storage.Bucket{Name: "b", Events: []string{"created", "removed", "restored", "other"}}, mq.Subscription{Queue: "q"}, kafka.Topic{Name: "t", Group: "g"},
		bus.Rule{Source: "shop"}, bus.Rule{Type: "Paid"},
	}, Handler: func(c *framework.Context) error { got = c.Event(); return fail }}
	rt := &framework.Runtime{Variables: none{}, Logger: slog.New(slog.DiscardHandler)}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	d, err := platform.NewDispatcher(e, []platform.Codec{Bucket(), Queue(), Kafka(), Bus()})
	if err != nil {
		t.Fatal(err)
	}
	d.Identify = Identify
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.WithoutCancel(t.Context())) })
	return d, &got
}

// none has no environment variables.
type none struct{}

func (none) LookupEnv(string) (string, bool) { return "", false }

const (
	s3 = `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-central-1","eventTime":"2026-01-02T03:04:05.678Z","eventName":"ObjectCreated:Put",` +
		`"responseElements":{"x-amz-request-id":"R1"},"s3":{"bucket":{"name":"b","arn":"arn:aws:s3:::b"},"object":{"key":"a+b/%C3%BC%2B.pdf","size":7,"eTag":"e","versionId":"v","sequencer":"00A"}}}]}`
	sqsTwo = `{"Records":[{"messageId":"1","body":"first","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:q","attributes":{"ApproximateReceiveCount":"2","SentTimestamp":"1767323045678","MessageGroupId":"g"},` +
		`"messageAttributes":{"a":{"stringValue":"x","dataType":"String"},"b":{"binaryValue":"/wA=","dataType":"Binary"}}},` +
		`{"messageId":"2","body":"second","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:q"}]}`
	kinesisOne = `{"Records":[{"eventSource":"aws:kinesis","eventSourceARN":"arn:aws:kinesis:r:1:stream/q","kinesis":{"partitionKey":"p","sequenceNumber":"49","data":"aGk=","approximateArrivalTimestamp":1767323045.678}}]}`
	dynamoOne  = `{"Records":[{"eventName":"REMOVE","eventSource":"aws:dynamodb","eventSourceARN":"arn:aws:dynamodb:r:1:table/q/stream/2026-01-01T00:00:00.000",` +
		`"dynamodb":{"ApproximateCreationDateTime":1767323045,"Keys":{"id": {"N": "1"}},"SequenceNumber":"111"}}]}`
	msk = `{"eventSource":"aws:kafka","eventSourceArn":"arn:aws:kafka:r:1:cluster/c/u","bootstrapServers":"s:9092","records":{"t-0":[` +
		`{"topic":"t","partition":0,"offset":1099511627776,"timestamp":1767323045678,"key":"aw==","value":"dg==","headers":[{"h":[118,-36,0,127,-128]},{"h":[49]}]},{"topic":"t","partition":0,"offset":3,"timestamp":-1,"key":null,"value":null}]}}`
	bridge = `{"version":"0","id":"1","detail-type":"Paid","source":"billing","account":"12","time":"2026-01-02T03:04:05Z","region":"r","resources":["arn:x"],"detail":{"n": 1}}`
)

func TestEvents(t *testing.T) {
	tests := []struct{ name, payload, want, response, err string }{
		{name: "S3", payload: s3, want: `[{"id":"R1/00A","resource":"b","bucket":"b","key":"a b/ü+.pdf","action":"created","via":"put","name":"ObjectCreated:Put","size":7,"etag":"e","version":"v","region":"eu-central-1","time":"2026-01-02T03:04:05.678Z"}]`},
		{name: "S3, removed", payload: `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectRemoved:DeleteMarkerCreated","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}`,
			want: `[{"resource":"b","bucket":"b","key":"k","action":"removed","name":"ObjectRemoved:DeleteMarkerCreated","size":-1,"time":"0001-01-01T00:00:00Z"}]`},
		{name: "S3, restored", payload: `{"Records":[{"eventSource":"aws:s3","eventName":"s3:ObjectRestore:Completed","s3":{"bucket":{"name":"b"},"object":{"key":"k","size":0}}}]}`,
			want: `[{"resource":"b","bucket":"b","key":"k","action":"restored","name":"ObjectRestore:Completed","size":0,"time":"0001-01-01T00:00:00Z"}]`},
		{name: "S3, a restoration that was asked for", payload: `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectRestore:Post","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}`,
			want: `[{"resource":"b","bucket":"b","key":"k","action":"other","name":"ObjectRestore:Post","size":-1,"time":"0001-01-01T00:00:00Z"}]`},
		{name: "S3, a restored copy that expired", payload: `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectRestore:Delete","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}`,
			want: `[{"resource":"b","bucket":"b","key":"k","action":"other","name":"ObjectRestore:Delete","size":-1,"time":"0001-01-01T00:00:00Z"}]`},
		{name: "S3, a key that is not encoded", payload: strings.Replace(s3, "%2B", "%2", 1), err: "invalid_event: Records.s3.object.key: found a key that is not encoded as a query is"},
		{name: "S3, a key that is not UTF-8", payload: strings.Replace(s3, "%C3", "%80", 1), err: "invalid_event: Records.s3.object.key: found bytes that are not UTF-8, as every key of S3 is"},
		{name: "S3, a wrong time", payload: strings.Replace(s3, "2026-", "26-", 1), err: `invalid_event: Records.eventTime: found "26-01-02T03:04:05.678Z", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "S3, a wrong size", payload: strings.Replace(s3, `"size":7`, `"size":"7"`, 1), err: "invalid_event: Records.s3.object.size: found string, expected int64"},
		{name: "S3, another bucket", payload: strings.Replace(s3, `"name":"b"`, `"name":"c"`, 1), err: `unknown_bucket: found created of key "a b/ü+.pdf" of bucket "c", expected "b"`},
		{name: "SQS", payload: sqsTwo, response: `{"batchItemFailures":[]}`,
			want: `[{"id":"1","resource":"q","source":"q","body":"first","attributes":{"a":"x","b":"/wA="},"group":"g","time":"2026-01-02T03:04:05.678Z","deliveries":2},{"id":"2","resource":"q","source":"q","body":"second"}]`},
		{name: "SQS, two queues", payload: strings.Replace(sqsTwo, ":1:q", ":1:r", 1), err: `invalid_event: Records: found records of "arn:aws:sqs:r:1:r" and of "arn:aws:sqs:r:1:q", expected those of one source`},
		{name: "SNS", payload: `{"Records":[{"EventSource":"aws:sns","Sns":{"MessageId":"1","TopicArn":"arn:aws:sns:r:1:q","Message":"hi","Timestamp":"2026-01-02T03:04:05.678Z","MessageAttributes":{"a":{"Type":"String","Value":"x"},"tag":{"Type":"String","Value":"new"}}}}]}`,
			want: `[{"id":"1","resource":"q","source":"q","body":"hi","attributes":{"a":"x","tag":"new"},"tag":"new","time":"2026-01-02T03:04:05.678Z"}]`},
		{name: "Kinesis", payload: kinesisOne, response: `{"batchItemFailures":[]}`, want: `[{"id":"49","resource":"q","source":"q","body":"hi","group":"p","time":"2026-01-02T03:04:05.678Z"}]`},
		{name: "Kinesis, no base64", payload: strings.Replace(kinesisOne, "aGk=", "a", 1), err: "invalid_event: Records: found broken JSON"},
		{name: "Kinesis, a window", payload: strings.Replace(kinesisOne, "{", `{"window":{},`, 1), err: "invalid_event: found a tumbling window, which is not supported: its state would be lost; take TumblingWindowInSeconds out of the event source mapping"},
		{name: "DynamoDB", payload: dynamoOne, response: `{"batchItemFailures":[]}`,
			want: `[{"id":"111","resource":"q","source":"q","body":"{\"ApproximateCreationDateTime\":1767323045,\"Keys\":{\"id\": {\"N\": \"1\"}},\"SequenceNumber\":\"111\"}","tag":"REMOVE","group":"{\"id\":{\"N\":\"1\"}}","time":"2026-01-02T03:04:05Z"}]`},
		{name: "ActiveMQ", payload: `{"eventSource":"aws:mq","messages":[{"messageID":"1","data":"aGk=","timestamp":1767323045678,"destination":{"physicalName":"q"},"properties":{"a":"x","n":1}}]}`,
			want: `[{"id":"1","resource":"q","source":"q","body":"hi","attributes":{"a":"x","n":"1"},"time":"2026-01-02T03:04:05.678Z"}]`},
		{name: "RabbitMQ", payload: `{"eventSource":"aws:rmq","rmqMessagesByQueue":{"q::/":[{"basicProperties":{"messageId":"1","timestamp":"Jan 1, 1970, 12:33:41 AM"},"data":"aGk="}]}}`,
			want: `[{"id":"1","resource":"q","source":"q","body":"hi","time":"1970-01-01T00:33:41Z"}]`},
		{name: "MSK", payload: msk, want: `[{"resource":"t","topic":"t","partition":0,"offset":1099511627776,"key":"aw==","value":"dg==","headers":[{"name":"h","value":"dtwAf4A="},{"name":"h","value":"MQ=="}],"isBase64Encoded":true,"time":"2026-01-02T03:04:05.678Z","group":"g"},` +
			`{"resource":"t","topic":"t","partition":0,"offset":3,"value":null,"group":"g"}]`},
		{name: "Kafka of the user's own", payload: `{"eventSource":"SelfManagedKafka","bootstrapServers":"s","records":{"t-0":[{"topic":"t","value":"dg=="}]}}`, want: `[{"resource":"t","topic":"t","partition":0,"offset":0,"value":"v","group":"g"}]`},
		{name: "Kafka, a header that is not a byte", payload: strings.Replace(msk, "-128", "-129", 1), err: "invalid_event: records.headers: found -129, expected a byte"},
		{name: "Kafka, another topic", payload: strings.ReplaceAll(msk, `"topic":"t"`, `"topic":"x"`), err: `unknown_topic: found a record of topic "x", expected "t"`},
		{name: "EventBridge", payload: bridge, want: `[{"id":"1","source":"billing","type":"Paid","subject":"arn:x","time":"2026-01-02T03:04:05Z","data":{"n":1},"region":"r","account":"12"}]`},
		{name: "EventBridge, no match", payload: strings.Replace(bridge, "Paid", "Lost", 1), err: `unexpected_event: found an event of type "Lost" from source "billing", which no trigger of the functions f matches`},
		{name: "records of another service", payload: `{"Records":[{"eventSource":"aws:ses"}]}`, err: `unknown_event: no trigger of unit u matches this event, which looks like records of "aws:ses"`},
		{name: "Cognito", payload: `{"triggerSource":"PreSignUp_SignUp"}`, err: `unknown_event: no trigger of unit u matches this event, which looks like a trigger of Cognito, "PreSignUp_SignUp"`},
		{name: "anything", payload: `{"a":1}`, err: `unknown_event: no trigger of unit u matches this event, a JSON object with the members "a"`},
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
			b, err := json.Marshal(*got)
			if err != nil || string(b) != tt.want {
				t.Errorf("got  %s\nwant %s\n%v", b, tt.want, err)
			}
			if tt.response == "" {
				tt.response = "null"
			}
			if string(response) != tt.response {
				t.Errorf("answered %s, want %s", response, tt.response)
			}
		})
	}
}

// TestBrokenSQSMessageGoesBack: what cannot be decoded fails by itself, with what has to be handled after it.
func TestBrokenSQSMessageGoesBack(t *testing.T) {
	record := func(id, group, value string) string {
		return fmt.Sprintf(`{"messageId":%s,"body":"x","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:q","attributes":{"MessageGroupId":%q},`+
			`"messageAttributes":{"a":{"binaryValue":%q,"dataType":"Binary"}}}`, id, group, value)
	}
	const good, bad = "/wA=", "%%"
	no := errors.New("no")
	tests := []struct {
		name, records string
		fail          error
		handled, want string
		err           string
	}{
		{"bad base64", record(`"1"`, "", bad) + "," + record(`"2"`, "", good), nil, "[2]", `{"batchItemFailures":[{"itemIdentifier":"1"}]}`, ""},
		{"another kind of value", record(`"1"`, "", good) + `,{"eventSource":"aws:sqs","messageId":"2","body":7}`, nil, "[1]", `{"batchItemFailures":[{"itemIdentifier":"2"}]}`, ""},
		{"the function fails another", record(`"1"`, "", bad) + "," + record(`"2"`, "", good) + "," + record(`"3"`, "", good),
			&framework.BatchError{Failures: []framework.MessageFailure{{ID: "3", Err: no}}}, "[2 3]", `{"batchItemFailures":[{"itemIdentifier":"1"},{"itemIdentifier":"3"}]}`, ""},
		{"the function fails the rest", record(`"1"`, "", bad) + "," + record(`"2"`, "", good), no, "[2]", "", "no"},
		{"the function fails each of the rest", record(`"1"`, "", bad) + "," + record(`"2"`, "", good),
			&framework.BatchError{Failures: []framework.MessageFailure{{ID: "2", Err: no}}}, "[2]", "", "2 messages of the batch failed; 1: invalid_event: Records: found broken JSON; 2: no"},
		{"later ones of its group wait", record(`"1"`, "g", bad) + "," + record(`"2"`, "g", good) + "," + record(`"3"`, "h", good), nil, "[3]",
			`{"batchItemFailures":[{"itemIdentifier":"1"},{"itemIdentifier":"2"}]}`, ""},
		{"all are broken", record(`"1"`, "", bad) + "," + record(`"2"`, "", bad), nil, "[]", "", "invalid_event: Records: found broken JSON"},
		{"without an id", record(`""`, "", bad) + "," + record(`"2"`, "", good), nil, "[]", "", "invalid_event: Records: found broken JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, got := taking(t, tt.fail)
			response, err := d.Handle(t.Context(), []byte(`{"Records":[`+tt.records+`]}`), framework.Invocation{})
			handled := []string{}
			if batch, ok := (*got).([]mq.Message); ok {
				for _, m := range batch {
					handled = append(handled, m.ID)
				}
			}
			failure := ""
			if err != nil {
				failure = err.Error()
			}
			if fmt.Sprint(handled) != tt.handled || string(response) != tt.want || failure != tt.err {
				t.Errorf("handled %v, answered %s, %s; want %s, %s, %s", handled, response, failure, tt.handled, tt.want, tt.err)
			}
		})
	}
}

// TestBrokenStreamRecordGoesBack: records before the broken one are handled; Lambda begins again with it, so those after it wait.
func TestBrokenStreamRecordGoesBack(t *testing.T) {
	kinesis := func(id, data string) string {
		return fmt.Sprintf(`{"eventSource":"aws:kinesis","eventSourceARN":"arn:aws:kinesis:r:1:stream/q","kinesis":{"sequenceNumber":%s,"partitionKey":"p","data":%q}}`, id, data)
	}
	change := func(id, key string) string {
		return fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventSourceARN":"arn:aws:dynamodb:r:1:table/q/stream/t","dynamodb":{"SequenceNumber":%s,"Keys":{"id":{"S":"1"}},"SizeBytes":%s}}`, id, key)
	}
	tests := []struct{ name, records, handled, want, err string }{
		{"kinesis", kinesis(`"1"`, "aGk=") + "," + kinesis(`"2"`, "%%") + "," + kinesis(`"3"`, "aGk="), "[1]", `{"batchItemFailures":[{"itemIdentifier":"2"},{"itemIdentifier":"3"}]}`, ""},
		{"kinesis, the first", kinesis(`"1"`, "%%") + "," + kinesis(`"2"`, "aGk="), "[]", "", "invalid_event: Records: found broken JSON"},
		{"kinesis, without a number", kinesis(`"1"`, "aGk=") + "," + kinesis(`7`, "aGk="), "[]", "", "invalid_event: Records.kinesis.sequenceNumber: found number, expected string"},
		{"dynamodb", change(`"1"`, "1") + "," + change(`"2"`, `"many"`) + "," + change(`"3"`, "1"), "[1]", `{"batchItemFailures":[{"itemIdentifier":"2"},{"itemIdentifier":"3"}]}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, got := taking(t, nil)
			response, err := d.Handle(t.Context(), []byte(`{"Records":[`+tt.records+`]}`), framework.Invocation{})
			handled := []string{}
			if batch, ok := (*got).([]mq.Message); ok {
				for _, m := range batch {
					handled = append(handled, m.ID)
				}
			}
			failure := ""
			if err != nil {
				failure = err.Error()
			}
			if fmt.Sprint(handled) != tt.handled || string(response) != tt.want || failure != tt.err {
				t.Errorf("handled %v, answered %s, %s; want %s, %s, %s", handled, response, failure, tt.handled, tt.want, tt.err)
			}
		})
	}
}

// TestFailedMessagesGoBack: a queue and streams take back what failed by its id, everything else the whole batch.
func TestFailedMessagesGoBack(t *testing.T) {
	var failed framework.BatchError
	failed.Add("2", errors.New("no"))
	d, _ := taking(t, failed.Err())
	response, err := d.Handle(t.Context(), []byte(sqsTwo), framework.Invocation{})
	if want := `{"batchItemFailures":[{"itemIdentifier":"2"}]}`; string(response) != want || err != nil {
		t.Errorf("got %s, %v", response, err)
	}
	var one framework.BatchError
	one.Add("t-0-3", errors.New("no"))
	d, _ = taking(t, one.Err())
	if response, err := d.Handle(t.Context(), []byte(msk), framework.Invocation{}); err == nil {
		t.Errorf("a record failed, and the response is %s", response)
	}
}

func TestVendor(t *testing.T) {
	d, got := taking(t, nil)
	for _, payload := range []string{s3, sqsTwo, kinesisOne, dynamoOne, msk, bridge} {
		if _, err := d.Handle(t.Context(), []byte(payload), framework.Invocation{}); err != nil {
			t.Fatal(err)
		}
		found := ""
		switch batch := (*got).(type) {
		case []storage.Event:
			r, ok := S3Of(batch[0])
			found = fmt.Sprint(ok, r.S3.Object.Key, r.S3.Bucket.ARN)
			if _, ok := S3Of(storage.Event{}); ok {
				t.Error("an event of nowhere has no record")
			}
		case []mq.Message:
			if r, ok := SQSOf(batch[0]); ok {
				found = *r.MessageAttributes["a"].String
			}
			if r, ok := KinesisOf(batch[0]); ok {
				found = string(r.Kinesis.Data)
			}
			if r, ok := DynamoDBOf(batch[0]); ok {
				found = r.EventName
			}
		case []kafka.Record:
			r, _ := KafkaOf(batch[0])
			found = r.BootstrapServers
		case []bus.Event:
			b, _ := EventBridgeOf(batch[0])
			found = b.Resources[0]
		}
		want := map[string]string{s3: "truea+b/%C3%BC%2B.pdfarn:aws:s3:::b", sqsTwo: "x", kinesisOne: "hi", dynamoOne: "REMOVE", msk: "s:9092", bridge: "arn:x"}[payload]
		if found != want {
			t.Errorf("%.60s: %q, want %q", payload, found, want)
		}
	}
}

// FuzzEvents: no payload panics, and what was decoded survives its own JSON: encoded and decoded, it is the same.
func FuzzEvents(f *testing.F) {
	for _, payload := range []string{s3, sqsTwo, kinesisOne, dynamoOne, msk, bridge, strings.Replace(s3, "a+b", "%80", 1), `{"Records":[]}`, `{"eventSource":"aws:rmq","rmqMessagesByQueue":{"q::/":[{"data":"aGk="}]}}`} {
		f.Add([]byte(payload))
	}
	d, got := taking(f, nil)
	f.Fuzz(func(t *testing.T, payload []byte) {
		*got = nil
		if _, err := d.Handle(t.Context(), payload, framework.Invocation{}); err != nil || *got == nil {
			return
		}
		b, err := json.Marshal(*got)
		if err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		back := reflect.New(reflect.TypeOf(*got))
		if err := json.Unmarshal(b, back.Interface()); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		again, err := json.Marshal(back.Elem().Interface())
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s\nbecame %s, %v", b, again, err)
		}
	})
}
