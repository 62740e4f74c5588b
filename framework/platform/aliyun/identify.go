package aliyun

import (
	"fmt"

	"github.com/faasgen/faasgen/framework/platform"
)

// Identify says what a payload is in the words of the service that sent it, "" if it is not known.
func Identify(p *platform.Payload) string {
	text := func(name string) string { s, _ := p.Text(name); return s }
	switch from := source(p); {
	case from == "acs:oss":
		return "events of OSS"
	case from != "":
		return fmt.Sprintf("events of %.60q", from)
	case isSLS(p):
		return "a task of SLS"
	case p.Has("triggerTime", "triggerName"):
		return fmt.Sprintf("the timer %.60q", text("triggerName"))
	case p.Has("TopicName", "MessageId"):
		return "a message of an MNS topic"
	case p.Has("Version", "Records"):
		return "records of Tablestore"
	case isRequest(p):
		return "a request of an http trigger"
	case p.Has("httpMethod", "path"):
		return "a request of API Gateway"
	}
	if kind := eventType(p); kind != "" {
		return fmt.Sprintf("an event of EventBridge, %.60q", kind)
	}
	if streamed(p) {
		return "a message of an MNS topic"
	}
	return ""
}
