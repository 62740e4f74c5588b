package aws

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

// compare takes lines as a test writes them: without the account, and without the log group that each function has.
func compare(t *testing.T, name string, got []string, want string) {
	t.Helper()
	var lines []string
	for _, line := range got {
		line = strings.ReplaceAll(line, "${AWS::Region}:${AWS::AccountId}", "HERE")
		line = strings.ReplaceAll(line, "arn:${AWS::Partition}", "arn")
		if !strings.HasSuffix(line, " for its own logs") {
			lines = append(lines, line)
		}
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), lines); diff != "" {
		t.Errorf("%s: %s\n%s", name, diff, strings.Join(lines, "\n"))
	}
}

func TestPermissions(t *testing.T) {
	const msk = "arn:aws:kafka:eu-central-1:1:cluster/main/uuid"
	for _, c := range []struct{ name, source, want string }{
		{"http", "functions: {ff: {events: [http: {method: GET, path: /}]}}", `
granted apigateway.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if aws:SourceArn arn:execute-api:HERE:${Api}/* for http`},
		{"http, signed", "functions: {ff: {http: {auth: iam}, events: [http: {method: GET, path: '/a/{id}'}]}}", `
granted apigateway.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if aws:SourceArn arn:execute-api:HERE:${Api}/* for http
callers execute-api:Invoke on arn:execute-api:HERE:${Api}/$default/GET/a/* for http GET /a/{id}
callers execute-api:Invoke on arn:execute-api:HERE:${Api}/$default/HEAD/a/* for http HEAD /a/{id}`},
		{"a URL", "functions: {ff: {http: {streaming: true}, events: [http: {method: GET, path: /}]}}", `
granted everyone lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if lambda:InvokedViaFunctionUrl true for http.streaming
granted everyone lambda:InvokeFunctionUrl on arn:lambda:HERE:function:shop-ff if lambda:FunctionUrlAuthType NONE for http.streaming`},
		{"a URL, signed", "functions: {ff: {http: {streaming: true, auth: iam}, events: [http: {method: GET, path: /}]}}", `
callers lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if lambda:InvokedViaFunctionUrl true for http.streaming
callers lambda:InvokeFunctionUrl on arn:lambda:HERE:function:shop-ff if lambda:FunctionUrlAuthType AWS_IAM for http.streaming`},
		{"an alias", "functions: {ff: {provisionedInstances: 1, events: [timer: {every: 1h}]}}", `
granted scheduler.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff:live for timer ff`},
		{"an alias of a rollout", "functions: {ff: {rollout: {strategy: all}, events: [timer: {every: 1h}]}}", `
granted scheduler.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff:live for timer ff`},
		{"an alias of x-aws", "functions: {ff: {x-aws: {AutoPublishAlias: blue}, events: [timer: {every: 1h}]}}", `
granted scheduler.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff:blue for timer ff`},
		{"timers", "functions: {ff: {events: [timer: {every: 1h}, timer: {every: 1h, x-aws: {RoleArn: 'arn:aws:iam::1:role/r'}}]}}", `
arn:aws:iam::1:role/r lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff for timer ff-2
granted scheduler.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff for timer ff`},
		{"a bucket that exists", "functions: {ff: {events: [os: {bucket: uploads}]}}", `
granted s3.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if aws:SourceArn arn:s3:::uploads, aws:SourceAccount ${AWS::AccountId} for os bucket uploads`},
		{"a bucket that is made", "resources: {uploads: {create: true}}\nfunctions: {ff: {events: [os: {bucket: uploads}]}}", `
granted s3.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if aws:SourceAccount ${AWS::AccountId} for os bucket uploads`},
		{"a queue", "functions: {ff: {events: [mq: {queue: orders}]}}", `
granted role sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on arn:sqs:HERE:orders for mq queue orders`},
		{"a queue that is made", "resources: {orders: {create: true, name: shop-orders}}\nfunctions: {ff: {events: [mq: {queue: orders}]}}", `
granted role sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on arn:sqs:HERE:shop-orders for mq queue orders`},
		{"a queue with a role", "resources: {orders: {arn: 'arn:aws:sqs:eu-central-1:1:o'}}\nfunctions: {ff: {role: 'arn:aws:iam::1:role/r', events: [mq: {queue: orders}]}}", `
role sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on arn:aws:sqs:eu-central-1:1:o for mq queue orders`},
		{"a role in x-aws", "functions: {ff: {x-aws: {Role: !GetAtt R.Arn}, events: [mq: {queue: orders}]}}", `
role sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on arn:sqs:HERE:orders for mq queue orders`},
		{"a topic", "functions: {ff: {events: [mq: {topic: news}]}}", `
granted sns.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if aws:SourceArn arn:sns:HERE:news for mq topic news`},
		{"a stream", "resources: {s: {arn: 'arn:aws:kinesis:eu-central-1:1:stream/s'}}\nfunctions: {ff: {events: [mq: {queue: s}]}}", `
granted role kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards kinesis:SubscribeToShard on arn:aws:kinesis:eu-central-1:1:stream/s for mq queue s`},
		{"a table", "resources: {s: {arn: 'arn:aws:dynamodb:eu-central-1:1:table/t/stream/1'}}\nfunctions: {ff: {events: [mq: {queue: s}]}}", `
granted role dynamodb:ListStreams on * for mq queue s
granted role dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator on arn:aws:dynamodb:eu-central-1:1:table/t/stream/1 for mq queue s`},
		{"kafka", "resources: {clicks: {instance: '" + msk + "'}}\nfunctions: {ff: {events: [kafka: {topic: clicks, group: g}]}}", `
granted role ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs on * for kafka topic clicks
role kafka-cluster:Connect kafka-cluster:DescribeClusterDynamicConfiguration on arn:aws:kafka:eu-central-1:1:cluster/main/uuid for kafka topic clicks, if the cluster authenticates by IAM
granted role kafka:DescribeCluster kafka:DescribeClusterV2 kafka:GetBootstrapBrokers on arn:aws:kafka:eu-central-1:1:cluster/main/uuid for kafka topic clicks
role kafka-cluster:AlterGroup kafka-cluster:DescribeGroup on arn:aws:kafka:eu-central-1:1:group/main/uuid/g for kafka topic clicks, if the cluster authenticates by IAM
role kafka-cluster:DescribeTopic kafka-cluster:ReadData on arn:aws:kafka:eu-central-1:1:topic/main/uuid/clicks for kafka topic clicks, if the cluster authenticates by IAM`},
		{"kafka with a secret", "resources: {clicks: {instance: '" + msk + "'}}\nfunctions: {ff: {events: [kafka: {topic: clicks, x-aws: {SourceAccessConfigurations: []}}]}}", `
granted role ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs on * for kafka topic clicks
granted role kafka:DescribeCluster kafka:DescribeClusterV2 kafka:GetBootstrapBrokers on arn:aws:kafka:eu-central-1:1:cluster/main/uuid for kafka topic clicks`},
		{"logs", "functions: {ff: {events: [log: {store: audit}]}}", `
granted logs.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if aws:SourceArn arn:logs:HERE:log-group:audit:* for log store audit`},
		{"a bus", "functions: {ff: {events: [event: {source: crm}]}}", `
granted events.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff if aws:SourceArn ${FfFunctionFfRule.Arn} for event crm`},
		{"nothing calls it", "functions: {ff: {}}", `
callers lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff for invocations`},
	} {
		app := targettest.App(t, Name, "service: shop\n"+c.source+"\n")
		compare(t, c.name, targettest.Permissions(t, New(), app), strings.TrimSpace(c.want))
	}
}

func TestPermissionsOfSettings(t *testing.T) {
	const raw = "\ncallers lambda:InvokeFunction on arn:lambda:HERE:function:shop-ff for invocations"
	const network = "role ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:UnassignPrivateIpAddresses on * for vpc"
	for _, c := range []struct{ settings, want string }{
		{"vpc: {subnets: [s], securityGroups: [g]}", "\ngranted " + network},
		{"role: 'arn:aws:iam::1:role/r', vpc: {subnets: [s], securityGroups: [g]}", "\n" + network},
		{"vpc: {subnets: [s], securityGroups: [g]}, fileSystems: [{source: 'arn:aws:elasticfilesystem:r:1:access-point/fsap-1', path: /mnt/x}]", "\ngranted " + network + `
role elasticfilesystem:ClientMount elasticfilesystem:ClientWrite on arn:aws:elasticfilesystem:r:1:file-system/* if elasticfilesystem:AccessPointArn arn:aws:elasticfilesystem:r:1:access-point/fsap-1 for fileSystems /mnt/x, if the file system has a policy`},
		{"tracing: {enabled: true}", "\ngranted role xray:PutTelemetryRecords xray:PutTraceSegments on * for tracing"},
		{"tracing: {enabled: false}", ""},
		{"deadLetter: {target: 'arn:aws:sqs:r:1:dead'}", "\ngranted role sqs:SendMessage on arn:aws:sqs:r:1:dead for deadLetter"},
		{"deadLetter: {target: 'arn:aws:sns:r:1:dead'}", "\ngranted role sns:Publish on arn:aws:sns:r:1:dead for deadLetter"},
		{"async: {onSuccess: 'arn:aws:lambda:r:1:function:g', onFailure: 'arn:aws:events:r:1:event-bus/b'}", `
granted role events:PutEvents on arn:aws:events:r:1:event-bus/b for async.onFailure
granted role lambda:InvokeFunction on arn:aws:lambda:r:1:function:g for async.onSuccess`},
		{"async: {onFailure: 'arn:aws:s3:::dead'}", "\nrole s3:ListBucket on arn:aws:s3:::dead for async.onFailure\nrole s3:PutObject on arn:aws:s3:::dead/* for async.onFailure"},
	} {
		app := targettest.App(t, Name, "service: shop\nfunctions: {ff: {"+c.settings+"}}\n")
		compare(t, c.settings, targettest.Permissions(t, New(), app), strings.TrimSpace(raw+c.want))
	}
	for settings, want := range map[string]string{
		"":                      "granted role logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents on arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/shop-ff:* for its own logs",
		"log: {store: /shop/f}": "granted role logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents on arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/shop/f:* for its own logs",
	} {
		got := targettest.Permissions(t, New(), targettest.App(t, Name, "service: shop\nfunctions: {ff: {"+settings+"}}\n"))
		if got[len(got)-1] != want {
			t.Errorf("%s: %s", settings, strings.Join(got, "\n"))
		}
	}
}

// TestPermissionsOfGroups: a function that another unit has, too, has no routes of its own, and who calls is each function's.
func TestPermissionsOfGroups(t *testing.T) {
	app := grouped(t, `service: shop
functions:
  aa: {http: {auth: iam}, events: [http: {method: PUT, path: /a}]}
  bb: {events: [http: {method: PUT, path: /b}, mq: {queue: orders}]}
  cc: {events: [mq: {queue: orders}, timer: {every: 1h}]}
`, "all=aa,bb,cc alone=(aa)")
	if diags := New().Check(app); diags.Failed() {
		t.Fatal(diags.Render(""))
	}
	compare(t, "all", targettest.PermissionsOf(t, New(), app, app.Units[0]), strings.TrimSpace(`
granted apigateway.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-all if aws:SourceArn arn:execute-api:HERE:${Api}/* for http
callers execute-api:Invoke on arn:execute-api:HERE:${Api}/$default/PUT/a for http PUT /a
granted role sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on arn:sqs:HERE:orders for mq queue orders
granted scheduler.amazonaws.com lambda:InvokeFunction on arn:lambda:HERE:function:shop-all for timer cc`))
	if got := targettest.PermissionsOf(t, New(), app, app.Units[1]); len(got) != 1 {
		t.Errorf("a guest: %v", got)
	}
}

func TestEachKindHasPermissions(t *testing.T) {
	targettest.EachKindHasPermissions(t, New(), "resources: {clicks: {instance: 'arn:aws:kafka:eu-central-1:1:cluster/main/uuid'}}\n", "")
}

// TestPermissionsAreThoseOfTheTemplate: what is said to be granted to a service is a permission of the expanded template.
func TestPermissionsAreThoseOfTheTemplate(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
resources: {made: {create: true}}
functions:
  ff:
    events: [http: {method: GET, path: /}, os: {bucket: made}, os: {bucket: there}, mq: {topic: news}, log: {store: audit}, event: {source: crm}]
`)
	parsed, err := parse(document(app))
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]int{}
	rules := map[string]bool{}
	for _, r := range parsed.expand() {
		switch r.typ {
		case permissionType:
			services[r.properties["Principal"].(string)]++
		case ruleType:
			rules["aws:SourceArn ${"+r.id+".Arn}"] = true
		}
	}
	for _, p := range (cloud{}).Permissions(app, app.Units[0]) {
		if p.Granted && strings.HasSuffix(p.Grantee, ".amazonaws.com") {
			services[p.Grantee]--
		}
		if p.Grantee == "events.amazonaws.com" && !rules[p.Condition] {
			t.Errorf("%s is none of %v", p.Condition, rules)
		}
	}
	for service, n := range services {
		if n != 0 {
			t.Errorf("%s: %d permissions more in the template", service, n)
		}
	}
}
