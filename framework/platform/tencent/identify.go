package tencent

import (
	"fmt"

	"github.com/faasgen/faasgen/framework/platform"
)

// Identify says what a payload is in the words of the service that sent it, "" if it is not known.
func Identify(p *platform.Payload) string {
	text := func(name string) string { s, _ := p.Text(name); return s }
	switch r := record(p); {
	case platform.Member(r, "cos") != nil:
		return "events of COS"
	case platform.Member(r, "Ckafka") != nil:
		return "records of CKafka"
	case platform.Member(r, "CMQ") != nil:
		return "messages of CMQ"
	case platform.Member(p.Field("clslogs"), "data") != nil:
		return "a batch of CLS"
	case isTDMQ(p):
		return "a message of TDMQ"
	case string(p.Field("Type")) == `"Timer"`:
		return fmt.Sprintf("the timer %.60q", text("TriggerName"))
	case p.Has("EventType", "WorkflowTaskEvent"):
		return "an event of MPS"
	case p.Has("requestContext", "httpMethod"):
		return "a request of API Gateway"
	case p.Has("httpMethod", "path"):
		return "a request of a function URL"
	case p.Has("headers", "payload", "isBase64Encoded"):
		return "a request of a load balancer"
	case p.Has("specversion", "type"):
		return fmt.Sprintf("an event of EventBridge, %.60q from %.60q", text("type"), text("source"))
	}
	return ""
}
