package aws

import (
	"fmt"

	"github.com/faasgen/faasgen/framework/platform"
)

// Identify says what a payload is in the words of the service that sent it, "" if it is not known.
func Identify(p *platform.Payload) string {
	if s := source(p); s != "" {
		return fmt.Sprintf("records of %.60q", s)
	}
	if s, _ := p.Text("eventSource"); s != "" {
		return fmt.Sprintf("a batch of %.60q", s)
	}
	switch text := func(name string) string { s, _ := p.Text(name); return s }; {
	case p.Has("awslogs"):
		return "a batch of CloudWatch Logs"
	case p.Has("detail-type"):
		return fmt.Sprintf("an event of EventBridge, %.60q from %.60q", text("detail-type"), text("source"))
	case p.Has("deliveryStreamArn"):
		return "records of Firehose"
	case p.Has("triggerSource"):
		return fmt.Sprintf("a trigger of Cognito, %.60q", text("triggerSource"))
	case p.Has("type", "methodArn"), p.Has("type", "routeArn"):
		return "a question to an authorizer of API Gateway"
	case platform.Member(p.Field("requestContext"), "connectionId") != nil:
		return "an event of a WebSocket API"
	case p.Has("requestContext", "identitySource"), p.Has("authorizationToken"):
		return "a question to an authorizer"
	case p.Has("tasks", "invocationId"):
		return "a task of S3 Batch Operations"
	case p.Has("getObjectContext"), p.Has("xAmzRequestId"):
		return "a request of S3 Object Lambda"
	case p.Has("invokingEvent"):
		return "an event of AWS Config"
	case p.Has("CodePipeline.job"):
		return "a job of CodePipeline"
	case p.Has("datasetRecords"):
		return "a trigger of Cognito Sync"
	case p.Has("SecretId", "Step"):
		return "a step of the rotation of a secret"
	case p.Has("bot", "inputTranscript"), p.Has("currentIntent"):
		return "a turn of Lex"
	case p.Has("requestContext"):
		return "a request of API Gateway, a load balancer or a function URL"
	case string(p.Field("faas")) == `"timer"`:
		return fmt.Sprintf("the timer %.60q", text("name"))
	}
	return ""
}
