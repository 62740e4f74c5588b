package aliyun

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

// here stands for the region and the account in what tests want.
const here = "cn-hangzhou:" + account

func TestPermissions(t *testing.T) {
	const function = " on acs:fc:HERE:functions/shop-ff for "
	const network = "ecs:CreateNetworkInterface ecs:CreateNetworkInterfacePermission ecs:DeleteNetworkInterface ecs:DeleteNetworkInterfacePermission " +
		"ecs:DescribeNetworkInterfacePermissions ecs:DescribeNetworkInterfaces vpc:DescribeVSwitchAttributes vpc:DescribeVpcAttribute on * for vpc"
	const logs = "log:PostLogStoreLogs on acs:log:HERE:project/p/logstore/s for its own logs"
	const consumer = "log:ConsumerGroupHeartBeat log:ConsumerGroupUpdateCheckPoint log:CreateConsumerGroup log:DeleteConsumerGroup log:GetConsumerGroupCheckPoint " +
		"log:GetCursorOrData log:ListConsumerGroup log:ListShards log:UpdateConsumerGroup on acs:log:HERE:project/q/logstore/audit for log store audit"
	const timer = "events: [timer: {every: 1h}]"
	const vpc = "vpc: {id: v, subnets: [s], securityGroups: [g]}, "
	for _, c := range []struct{ name, resources, function, want string }{
		{"http", "", "events: [http: {method: GET, path: /}, http: {method: POST, path: /}]", "granted everyone fc:InvokeFunction" + function + "http"},
		{"http, signed", "", "http: {auth: iam}, events: [http: {method: GET, path: /}]", "callers fc:InvokeFunction" + function + "http"},
		{"a timer", "", timer, ""},
		{"a bucket", "", "events: [os: {bucket: uploads}]", "granted AliyunOSSEventNotificationRole fc:InvokeFunction" + function + "os bucket uploads"},
		{"a bucket with a role", "", "events: [os: {bucket: uploads, x-aliyun: {invocationRole: 'acs:ram::1:role/mine'}}]", "acs:ram::1:role/mine fc:InvokeFunction" + function + "os bucket uploads"},
		{"a topic", "", "events: [mq: {topic: news}]", "granted AliyunMNSNotificationRole fc:InvokeFunction" + function + "mq topic news"},
		{"a queue", "orders: {name: shop-orders}", "events: [mq: {queue: orders}]", "granted AliyunServiceRoleForEventBridgeSendToFC fc:InvokeFunction" + function + `mq queue orders
granted AliyunServiceRoleForEventBridgeSourceMNS AliyunServiceRolePolicyForEventBridgeSourceMNS on acs:mns:HERE:/queues/shop-orders/messages for mq queue orders`},
		{"kafka", "clicks: {instance: alikafka_1}", "events: [kafka: {topic: clicks}]", "granted AliyunServiceRoleForEventBridgeSendToFC fc:InvokeFunction" + function + `kafka topic clicks
granted AliyunServiceRoleForEventBridgeSourceKafka AliyunServiceRolePolicyForEventBridgeSourceKafka on acs:alikafka:HERE:alikafka_1 for kafka topic clicks`},
		{"a bus", "", "events: [event: {source: crm}]", "granted AliyunServiceRoleForEventBridgeSendToFC fc:InvokeFunction" + function + "event crm"},
		{"a CDN", "", "events: [cdn: {domains: [www.example.com], events: [started, stopped]}]", "granted AliyunCDNEventNotificationRole fc:InvokeFunction" + function + "cdn domains www.example.com"},
		{"logs", "audit: {project: q}", "log: {project: p, store: s}, events: [log: {store: audit}]", "granted AliyunLogETLRole fc:InvokeFunction" + function + `log store audit
granted AliyunLogETLRole log:PostLogStoreLogs on acs:log:HERE:project/p/logstore/s for log store audit
granted AliyunLogETLRole ` + consumer + `
granted AliyunServiceRoleForFC ` + logs},
		{"nothing calls it", "", "", "callers fc:InvokeFunction" + function + "invocations"},
		{"a network", "", vpc + timer, "granted AliyunServiceRoleForFC " + network},
		{"with a role", "", "role: 'acs:ram::1:role/r', log: {project: p, store: s}, " + vpc + timer, "role " + network + "\nrole " + logs},
		{"with a role of x-aliyun", "", "x-aliyun: {role: r}, " + vpc + timer, "role " + network},
		{"destinations", "", "async: {onSuccess: 'acs:mns:cn-hangzhou:1:/queues/q/messages', onFailure: 'acs:mns:cn-hangzhou:1:/topics/t/messages'}, " + timer, `role mns:SendMessage on acs:mns:cn-hangzhou:1:/queues/q/messages for async.onSuccess
role mns:PublishMessage on acs:mns:cn-hangzhou:1:/topics/t/messages for async.onFailure`},
		{"a function as destination", "", "async: {onSuccess: 'acs:fc:cn-hangzhou:1:functions/g', onFailure: 'acs:other:cn-hangzhou:1:x'}, " + timer, "role fc:InvokeFunction on acs:fc:cn-hangzhou:1:functions/g for async.onSuccess"},
	} {
		source := "service: shop\nprovider: {region: cn-hangzhou}\nresources: {" + c.resources + "}\nfunctions: {ff: {" + c.function + "}}\n"
		got := strings.Join(targettest.Permissions(t, New(), targettest.App(t, Name, source)), "\n")
		if diff := cmp.Diff(c.want, strings.ReplaceAll(got, here, "HERE")); diff != "" {
			t.Errorf("%s: %s\n%s", c.name, diff, got)
		}
	}
}

func TestEachKindHasPermissions(t *testing.T) {
	declared := "provider: {region: cn-hangzhou}\nresources: {clicks: {instance: alikafka_1}, audit: {project: q}}\n"
	targettest.EachKindHasPermissions(t, New(), declared, "log: {project: p, store: s}, ", "timer")
}
