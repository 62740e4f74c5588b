package aws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// Types of resources.
const (
	functionType   = "AWS::Serverless::Function"
	permissionType = "AWS::Lambda::Permission"
	roleType       = "AWS::IAM::Role"
	mappingType    = "AWS::Lambda::EventSourceMapping"
	ruleType       = "AWS::Events::Rule"
)

// parsed is a template as far as SAM looks at it.
type parsed struct {
	Globals   map[string]map[string]any
	Resources map[string]parsedResource
}

type parsedResource struct {
	Type       string         `yaml:"Type"`
	Properties map[string]any `yaml:"Properties"`
}

func parse(root *yaml.Node) (*parsed, error) {
	var t struct {
		Globals   map[string]map[string]any `yaml:"Globals"`
		Resources map[string]parsedResource `yaml:"Resources"`
	}
	if err := root.Decode(&t); err != nil {
		return nil, err
	}
	return &parsed{t.Globals, t.Resources}, nil
}

// property is a property of a function, from Globals if it has none of its own; nil is none.
func (t *parsed) property(r parsedResource, key string) any {
	if v := r.Properties[key]; v != nil {
		return v
	}
	return t.Globals["Function"][key]
}

// expanded is a resource of CloudFormation that comes of the template.
type expanded struct {
	id, typ    string
	properties map[string]any
}

// expand says what SAM makes of a template, by its rules as of 2026: what CloudFormation counts, and what references may name. Of
// what this target does not write itself, and x-aws may add, it knows the usual; other resources of SAM count as one. In
// names, * stands for a hash.
func (t *parsed) expand() []expanded {
	var e expansion
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		r := t.Resources[id]
		switch r.Type {
		case functionType:
			e.function(t, id, r)
		case "AWS::Serverless::HttpApi":
			e.add(id, "AWS::ApiGatewayV2::Api", r.Properties)
			e.add(id+"ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage", nil)
			e.domain(id, r.Properties)
		case "AWS::Serverless::Api":
			e.add(id, "AWS::ApiGateway::RestApi", r.Properties)
			e.add(id+"Deployment*", "AWS::ApiGateway::Deployment", nil)
			e.add(id+"Stage", "AWS::ApiGateway::Stage", nil)
		case "AWS::Serverless::StateMachine":
			e.add(id, "AWS::StepFunctions::StateMachine", r.Properties)
			if r.Properties["Role"] == nil {
				e.add(id+"Role", roleType, nil)
			}
		default:
			e.add(id, r.Type, r.Properties)
		}
	}
	return e.resources
}

type expansion struct {
	resources []expanded
	// deploys says that the application of CodeDeploy, which all functions share, is there.
	deploys bool
}

func (e *expansion) add(id, typ string, properties map[string]any) {
	e.resources = append(e.resources, expanded{id, typ, properties})
}

// domain is what a domain of an HTTP API comes to.
func (e *expansion) domain(id string, properties map[string]any) {
	domain, ok := properties["Domain"].(map[string]any)
	if !ok {
		return
	}
	e.add("ApiGatewayDomainNameV2*", "AWS::ApiGatewayV2::DomainName", nil)
	paths, _ := domain["BasePath"].([]any)
	for i := range max(1, len(paths)) {
		name := id + "ApiMapping"
		if len(paths) > 0 {
			name = id + logicalName(fmt.Sprint(paths[i])) + "ApiMapping"
		}
		e.add(name, "AWS::ApiGatewayV2::ApiMapping", nil)
	}
	if domain["Route53"] != nil {
		e.add("RecordSetGroup*", "AWS::Route53::RecordSetGroup", nil)
	}
}

func (e *expansion) function(t *parsed, id string, r parsedResource) {
	e.add(id, "AWS::Lambda::Function", r.Properties)
	if t.property(r, "Role") == nil {
		e.add(id+"Role", roleType, nil)
	}
	callee := id
	if alias := t.property(r, "AutoPublishAlias"); alias != nil {
		callee = id + "Alias" + alphanumeric(fmt.Sprint(alias))
		e.add(id+"Version*", "AWS::Lambda::Version", nil)
		e.add(callee, "AWS::Lambda::Alias", nil)
		if t.property(r, "DeploymentPreference") != nil {
			e.add(id+"DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup", nil)
			if !e.deploys {
				e.deploys = true
				e.add("ServerlessDeploymentApplication", "AWS::CodeDeploy::Application", nil)
				e.add("CodeDeployServiceRole", roleType, nil)
			}
		}
	}
	if invoke, ok := t.property(r, "EventInvokeConfig").(map[string]any); ok {
		e.add(id+"EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", nil)
		destinations, _ := invoke["DestinationConfig"].(map[string]any)
		for _, on := range []string{"OnFailure", "OnSuccess"} {
			if d, ok := destinations[on].(map[string]any); ok && d["Destination"] == nil {
				e.add(fmt.Sprintf("%sEventInvokeConfig%s%v", id, on, d["Type"]), "AWS::SQS::Queue", nil) // or a topic
			}
		}
	}
	if url, ok := t.property(r, "FunctionUrlConfig").(map[string]any); ok {
		e.add(id+"Url", "AWS::Lambda::Url", nil)
		if url["AuthType"] == "NONE" {
			for name, action := range map[string]string{"UrlPublicPermissions": "lambda:InvokeFunctionUrl", "URLInvokeAllowPublicAccess": "lambda:InvokeFunction"} {
				e.add(id+name, permissionType, map[string]any{"Action": action, "FunctionName": ref(callee), "Principal": "*"})
			}
		}
	}
	events, _ := r.Properties["Events"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(events)) {
		event, _ := events[name].(map[string]any)
		properties, _ := event["Properties"].(map[string]any)
		e.event(id+name, fmt.Sprint(event["Type"]), callee, properties)
	}
}

// event is what an event of a function comes to.
func (e *expansion) event(id, typ, callee string, p map[string]any) {
	permission := func(principal string, more ...any) {
		properties := map[string]any{"Action": "lambda:InvokeFunction", "FunctionName": map[string]any{"Ref": callee}, "Principal": principal}
		for i := 0; i < len(more); i += 2 {
			properties[more[i].(string)] = more[i+1]
		}
		e.add(id+"Permission", permissionType, properties)
	}
	queue := func() {
		if q, ok := p["DeadLetterConfig"].(map[string]any); ok && q["Arn"] == nil {
			e.add(fmt.Sprint(cmp.Or(q["QueueLogicalId"], any(id+"Queue"))), "AWS::SQS::Queue", nil)
		}
	}
	getArn := map[string]any{"Fn::GetAtt": []any{id, "Arn"}}
	switch typ {
	case "ScheduleV2":
		e.add(id, "AWS::Scheduler::Schedule", p)
		if p["RoleArn"] == nil {
			e.add(id+"Role", roleType, nil)
		}
		queue()
	case "Schedule", "EventBridgeRule", "CloudWatchEvent":
		e.add(id, ruleType, p)
		permission("events.amazonaws.com", "SourceArn", getArn)
		queue()
	case "S3":
		permission("s3.amazonaws.com", "SourceAccount", map[string]any{"Ref": "AWS::AccountId"})
	case "SNS":
		e.add(id, "AWS::SNS::Subscription", p)
		if p["SqsSubscription"] == nil || p["SqsSubscription"] == false {
			permission("sns.amazonaws.com", "SourceArn", p["Topic"])
			return
		}
		e.add(id+"Queue", "AWS::SQS::Queue", nil)
		e.add(id+"QueuePolicy", "AWS::SQS::QueuePolicy", nil)
		e.add(id+"EventSourceMapping", mappingType, nil)
	case "CloudWatchLogs":
		e.add(id, "AWS::Logs::SubscriptionFilter", p)
		permission("logs.amazonaws.com", "SourceArn", map[string]any{"Fn::Join": []any{"", []any{
			map[string]any{"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"}, p["LogGroupName"], ":*",
		}}})
	case "HttpApi", "Api":
		permission("apigateway.amazonaws.com", "SourceArn", map[string]any{
			"Fn::Sub": fmt.Sprintf("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${%s}/*/*%v", apiID, p["Path"]),
		})
	case "AlexaSkill", "Cognito", "IoTRule":
		permission("amazonaws.com")
	default: // SQS, Kinesis, DynamoDB, MSK, MQ and what else is polled
		e.add(id, mappingType, p)
	}
}

// alphanumeric leaves out of an alias what a logical name does not have.
func alphanumeric(s string) string {
	var kept []rune
	for _, r := range s {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
