package tencent

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

const topic = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"

func TestPermissions(t *testing.T) {
	const timer = "events: [timer: {every: 1h}]"
	const invoke = "scf:InvokeFunction on qcs::scf:ap-guangzhou::namespace/default/function/shop-ff for "
	const bucket = "SCF_QcsRole name/cos:GetBucketNotification name/cos:PutBucketNotification on qcs::cos:ap-guangzhou:uid/125:up-125/* for os bucket uploads"
	for _, c := range []struct{ name, declared, function, want string }{
		{"http", "", "events: [http: {method: GET, path: /}, http: {method: POST, path: /}]", "granted everyone " + invoke + "http"},
		{"http, signed", "", "http: {auth: iam}, events: [http: {method: GET, path: /}]", "callers " + invoke + "http"},
		{"a timer", "", timer, ""},
		{"a bucket", "resources: {uploads: {name: up-125}}", "events: [os: {bucket: uploads, events: [created, removed]}]", "granted " + bucket},
		{"a bucket by its domain", "resources: {uploads: {name: up-125.cos.ap-guangzhou.myqcloud.com}}", "events: [os: {bucket: uploads}]", "granted " + bucket},
		{"no role of the vendor", "resources: {uploads: {name: up-125}}", "x-tencent: {enableRoleAuth: false}, events: [os: {bucket: uploads}]", bucket},
		{"nor for any function", "resources: {uploads: {name: up-125}}\nprovider: {x-tencent: {enableRoleAuth: false}}", "events: [os: {bucket: uploads}]", bucket},
		{"a topic", "", "events: [mq: {topic: news}]", "granted SCF_QcsRole QcloudAccessForScfRole on qcs::cmqtopic:ap-guangzhou::news for mq topic news"},
		{"kafka", "resources: {clicks: {instance: ckafka-1}}", "events: [kafka: {topic: clicks}]", "granted SCF_QcsRole QcloudAccessForScfRole on qcs::ckafka:ap-guangzhou::ckafkaId/ckafka-1 for kafka topic clicks"},
		{"logs", "resources: {audit: {name: " + topic + "}}", "log: {project: p, store: s}, events: [log: {store: audit}]", "granted SCF_QcsRole QcloudAccessForScfRole on qcs::cls:ap-guangzhou::topic/" + topic + ` for log store audit
granted SCF_QcsRole QcloudAccessForScfRole on qcs::cls:ap-guangzhou::topic/s for its own logs`},
		{"nothing calls it", "provider: {namespace: shop, region: ap-beijing}", "", "callers scf:InvokeFunction on qcs::scf:ap-beijing::namespace/shop/function/shop-ff for invocations"},
		{"a network and a role", "", "role: r, vpc: {id: v, subnets: [s]}, " + timer, ""},
		{"a file system", "", "role: r, vpc: {id: v, subnets: [s]}, fileSystems: [{source: cfs-1, path: /mnt/x}], " + timer, "SCF_QcsRole QcloudCFSFullAccess on qcs::cfs:ap-guangzhou::filesystem/cfs-1 for fileSystems /mnt/x"},
		{"dead letters", "", "deadLetter: {type: queue, target: dead}, " + timer, "granted SCF_QcsRole QcloudAccessForScfRole on qcs::cmqqueue:ap-guangzhou::dead for deadLetter"},
	} {
		source := "service: shop\n" + c.declared + "\nfunctions: {ff: {" + c.function + "}}\n"
		got := strings.Join(targettest.Permissions(t, New(), targettest.App(t, Name, source)), "\n")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s\n%s", c.name, diff, got)
		}
	}
}

func TestEachKindHasPermissions(t *testing.T) {
	declared := "resources: {clicks: {instance: ckafka-1}, invoices: {name: up-125}, audit: {name: " + topic + "}}\n"
	targettest.EachKindHasPermissions(t, New(), declared, "", "timer")
}
