// Package aliyun is the payloads of Alibaba Cloud Function Compute 3.0 and the vendor's view of an invocation. One file is
// one payload:
//
//	http.go         requests that arrive as events: of API Gateway, and of http triggers in the format v1
//	timer.go        the timer event
//	os.go           OSS
//	mq.go           topics of MNS in both formats, and queues of MNS and RocketMQ through EventBridge
//	kafka.go        Kafka through EventBridge
//	log.go          SLS, whose payload says where entries are
//	cdn.go          the CDN
//	event.go        EventBridge, and cloudevent.go what all of its events have
//
// The vendor's own record of an event is returned typed by the function that is called after the service: [OSSOf],
// [MNSTopicOf], [MNSQueueOf], [RocketMQOf], [KafkaOf], [SLSOf], [CDNOf], [CloudEventOf]. No service takes back a part of a
// batch: when one event fails, all of its payload come again.
//
// The loop is aliyun/custom, an http server for the custom runtimes. Requests of http triggers reach it as plain http, so
// they need no payload there.
package aliyun
