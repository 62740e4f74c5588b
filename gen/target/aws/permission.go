package aws

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Permitter = cloud{}

// Permissions are those of the unit's role and of what calls the unit. The template grants those of callers. Without role, SAM makes
// one with the vendor's policies for what a unit polls, for its network, tracing and dead letters, and with inline ones for the results
// of asynchronous invocations; that was read in SAM's source. A role that is named has to have them. What x-aws adds otherwise, such
// as Policies, a DeadLetterConfig, or Globals of f.yml itself, is not looked at.
//
// Unconfirmed: that Lambda takes IAM for a cluster of MSK that offers it, unless SourceAccessConfigurations say otherwise.
func (cloud) Permissions(app *target.App, u *target.Unit) []target.Permission {
	r := &rights{app: app, unit: u, function: functionARN(app, u), made: said(app, u, "Role") == nil && u.Settings.Role == ""}
	r.settings()
	r.async()
	r.events()
	r.buckets()
	r.requests()
	r.calls()
	r.secrets()
	if u.Raw() {
		r.add(target.Permission{Grantee: target.GranteeCallers, Actions: []string{invoke}, Resource: r.function, Reason: "invocations"})
	}
	return target.UniquePermissions(r.list)
}

const invoke = "lambda:InvokeFunction"

// rights collects the permissions of a unit.
type rights struct {
	app      *target.App
	unit     *target.Unit
	function string
	// made says that SAM makes the role.
	made bool
	list []target.Permission
}

func (r *rights) add(p target.Permission) { r.list = append(r.list, p) }

// role is a permission of the unit's role. SAM says that the role which it makes has it.
func (r *rights) role(reason string, sam bool, resource string, actions ...string) {
	r.add(target.Permission{Grantee: target.GranteeRole, Actions: actions, Resource: resource, Reason: reason, Granted: sam && r.made})
}

// caller is a permission that the template grants to a service.
func (r *rights) caller(service, condition, reason string) {
	r.add(target.Permission{Grantee: service, Actions: []string{invoke}, Resource: r.function, Condition: condition, Reason: reason, Granted: true})
}

// functionARN is what calls the unit: the function, or its alias if it has one.
func functionARN(app *target.App, u *target.Unit) string {
	return arnOf("lambda", "function:"+app.FunctionName(u)+aliasOf(app, u))
}

// said is what x-aws has for a property of the unit's function, nil for nothing.
func said(app *target.App, u *target.Unit, key string) *yaml.Node {
	for _, x := range []*yaml.Node{u.Extension[Name], app.Spec.Provider.Extension[Name]} {
		if n := value(x, key); n != nil {
			return n
		}
	}
	return nil
}

func value(mapping *yaml.Node, key string) *yaml.Node {
	if !hasKey(mapping, key) {
		return nil
	}
	for i := 0; ; i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
}

// settings are what logs, the network, traces and file systems need.
func (r *rights) settings() {
	s := r.unit.Settings
	r.role("its own logs", true, arnOf("logs", "log-group:"+ownGroup(r.app, r.unit)+":*"), "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
	if s.VPC != nil {
		r.role("vpc", true, "*", "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses")
	}
	if t := s.Tracing; t != nil && t.Enabled != nil && *t.Enabled {
		r.role("tracing", true, "*", "xray:PutTelemetryRecords", "xray:PutTraceSegments")
	}
	for _, fs := range s.FileSystems {
		system, _, _ := strings.Cut(fs.Source, ":access-point/")
		r.add(target.Permission{
			Grantee: target.GranteeRole, Actions: []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"},
			Resource: system + ":file-system/*", Condition: "elasticfilesystem:AccessPointArn " + fs.Source,
			Reason: "fileSystems " + fs.Path + ", if the file system has a policy",
		})
	}
}

// async is what the results of asynchronous invocations need to get where they are sent. SAM has no policy for buckets.
func (r *rights) async() {
	send := func(reason, arn string) {
		actions := map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish", "Lambda": invoke, "EventBridge": "events:PutEvents"}
		switch kind := arnKind(arn); kind {
		case "":
		case "S3Bucket":
			r.role(reason, false, arn, "s3:ListBucket")
			r.role(reason, false, arn+"/*", "s3:PutObject")
		default:
			r.role(reason, true, arn, actions[kind])
		}
	}
	if a := r.unit.Settings.Async; a != nil {
		send(target.SettingAsyncOnSuccess, a.OnSuccess)
		send(target.SettingAsyncOnFailure, a.OnFailure)
	}
	if d := r.unit.Settings.DeadLetter; d != nil {
		send(target.SettingDeadLetter, d.Target)
	}
}

// events are what the events of the template need.
func (r *rights) events() {
	id := functionIDs(r.app, names{apiID: true})[r.unit]
	taken := names{}
	for t, made := range kinds(nil).Make(r.app, r.unit) {
		for _, e := range made {
			r.event(t, taken.take(id+e.name), e.event.Properties)
		}
	}
}

// event is what one event of the template needs, which SAM makes a resource of that name of.
func (r *rights) event(t target.Trigger, name string, properties any) {
	reason := t.Cause()
	switch e := properties.(type) {
	case *ScheduleEvent:
		r.schedule(t, reason)
	case *RuleEvent:
		r.caller("events.amazonaws.com", "aws:SourceArn ${"+name+".Arn}", reason)
	case *S3Event:
		r.caller("s3.amazonaws.com", "aws:SourceAccount ${AWS::AccountId}", reason)
	case *SNSEvent:
		r.caller("sns.amazonaws.com", "aws:SourceArn "+r.source(t, "sns"), reason)
	case *LogsEvent:
		group := r.app.Resource(t, target.Needs(t.Marker)[0])
		r.caller("logs.amazonaws.com", "aws:SourceArn "+arnOf("logs", "log-group:"+group.Name+":*"), reason)
	case *SQSEvent:
		r.role(reason, true, r.source(t, "sqs"), "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
	case *StreamEvent:
		stream := r.source(t, "")
		if service(stream) == "dynamodb" {
			r.role(reason, true, stream, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
			r.role(reason, true, "*", "dynamodb:ListStreams")
			return
		}
		r.role(reason, true, stream, "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
			"kinesis:ListShards", "kinesis:SubscribeToShard")
	case *MSKEvent:
		r.cluster(t, reason, e)
	}
}

// source is the ARN of what the events of a trigger come from.
func (r *rights) source(t target.Trigger, service string) string {
	from := r.app.Resource(t, target.Needs(t.Marker)[0])
	if from.ARN != "" {
		return from.ARN
	}
	return arnOf(service, from.Name)
}

// schedule is the right of the role by which the scheduler calls: the one of all timers, one that SAM makes, or one that x-aws names.
func (r *rights) schedule(t target.Trigger, reason string) {
	if own := value(t.Extension[Name], "RoleArn"); own != nil {
		role := own.Value
		if own.Kind != yaml.ScalarNode {
			role = "RoleArn of " + reason
		}
		r.add(target.Permission{Grantee: role, Actions: []string{invoke}, Resource: r.function, Reason: reason})
		return
	}
	r.caller("scheduler.amazonaws.com", "", reason)
}

// cluster is what reading a topic of MSK needs: its brokers, a way into its network and, where it authenticates by IAM, the topic.
func (r *rights) cluster(t target.Trigger, reason string, e *MSKEvent) {
	r.role(reason, true, e.Stream, "kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers")
	r.role(reason, true, "*", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
		"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")
	if hasKey(t.Extension[Name], "SourceAccessConfigurations") {
		return
	}
	reason += ", if the cluster authenticates by IAM"
	of := func(what, name string) string {
		return strings.Replace(e.Stream, ":cluster/", ":"+what+"/", 1) + "/" + name
	}
	r.role(reason, false, e.Stream, "kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration")
	r.role(reason, false, of("group", e.ConsumerGroupId), "kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup")
	for _, topic := range e.Topics {
		r.role(reason, false, of("topic", topic), "kafka-cluster:DescribeTopic", "kafka-cluster:ReadData")
	}
}

// buckets are what buckets that exist need; see [bucketPermissions].
func (r *rights) buckets() {
	for _, t := range r.unit.Triggers("os") {
		if b := r.app.Resource(t, target.Needs(t.Marker)[0]); !b.Created() {
			r.caller("s3.amazonaws.com", "aws:SourceArn arn:${AWS::Partition}:s3:::"+b.Name+", aws:SourceAccount ${AWS::AccountId}", t.Cause())
		}
	}
}

// requests are what the gateway needs, and those who sign their requests.
func (r *rights) requests() {
	if r.unit.Streams() {
		r.url()
		return
	}
	behind := slices.DeleteFunc(members(r.app), func(m member) bool { return m.unit != r.unit })
	if len(behind) == 0 {
		return
	}
	api := arnOf("execute-api", "${"+apiID+"}/")
	for _, m := range behind {
		for _, t := range requests(m.function) {
			r.caller("apigateway.amazonaws.com", "aws:SourceArn "+api+"*", t.Kind)
		}
	}
	if !slices.ContainsFunc(behind, func(m member) bool { return httpOf(m.function).Auth == "iam" }) {
		return
	}
	// As if no other unit had routes: of a path that two units have, HEAD may be said of both. All routes for each unit would take
	// seconds in a large application.
	own := &target.App{Spec: r.app.Spec, Stage: r.app.Stage, Units: []*target.Unit{r.unit}}
	for _, n := range routes(&target.Report{}, own) {
		if n.iam {
			method := strings.Replace(n.method, "ANY", "*", 1)
			r.add(target.Permission{
				Grantee: target.GranteeCallers, Actions: []string{"execute-api:Invoke"}, Resource: api + "$default/" + method + wildcardForm.ReplaceAllString(n.path, "*"),
				Reason: n.trigger.Kind + " " + n.method + " " + n.path,
			})
		}
	}
}

// url is what a function URL needs: two rights, as the vendor checks both.
func (r *rights) url() {
	signed := functionURL(r.unit).AuthType == "AWS_IAM"
	for action, condition := range map[string]string{"lambda:InvokeFunctionUrl": "lambda:FunctionUrlAuthType NONE", invoke: "lambda:InvokedViaFunctionUrl true"} {
		p := target.Permission{Grantee: target.GranteeEveryone, Actions: []string{action}, Resource: r.function, Condition: condition, Reason: "http.streaming", Granted: true}
		if signed {
			p.Grantee, p.Condition, p.Granted = target.GranteeCallers, strings.Replace(condition, "NONE", "AWS_IAM", 1), false
		}
		r.add(p)
	}
}
