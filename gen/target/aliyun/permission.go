package aliyun

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Permitter = cloud{}

// The vendor's roles. Serverless Devs makes those of triggers where s.yaml has no invocationRole, and those of EventBridge;
// that was read in the source of the component fc3. Function Compute's own is there once an account uses the vendor's console.
const (
	serviceRole = "AliyunServiceRoleForFC"
	sendRole    = "AliyunServiceRoleForEventBridgeSendToFC"
)

// Permissions are those of the unit's role and of what calls the unit. Without role, Function Compute writes logs and enters a
// network by a role of its own; one that is named has to be allowed to. A file system is reached through the network and a
// collector of traces by its address, without a right of their own, and timers are a part of Function Compute.
//
// Unconfirmed: what the role of a log trigger may do beyond invoking, which the vendor lists as a policy; what the roles by which
// EventBridge reads queues and Kafka may, so that the names of their policies stand here; that the right to send signed requests is the
// one to invoke; and the rights for EventBridge and RocketMQ as destinations. Those of other services are left out.
func (cloud) Permissions(app *target.App, u *target.Unit) []target.Permission {
	r := &rights{app: app, unit: u, function: functionARN(app, u)}
	r.settings()
	r.async()
	for t, made := range kinds().Make(app, u) {
		for _, v := range made {
			r.trigger(t, v)
		}
	}
	r.requests()
	r.calls()
	r.secrets()
	if u.Raw() {
		r.invoke(target.GranteeCallers, false, "invocations")
	}
	return target.UniquePermissions(r.list)
}

func functionARN(app *target.App, u *target.Unit) string {
	return "acs:fc:" + app.Spec.Provider.Region + ":" + account + ":functions/" + app.FunctionName(u)
}

// rights collects the permissions of a unit.
type rights struct {
	app      *target.App
	unit     *target.Unit
	function string
	list     []target.Permission
}

func (r *rights) add(grantee string, granted bool, reason, resource string, actions ...string) {
	r.list = append(r.list, target.Permission{Grantee: grantee, Actions: actions, Resource: resource, Reason: reason, Granted: granted})
}

func (r *rights) invoke(grantee string, granted bool, reason string) {
	r.add(grantee, granted, reason, r.function, "fc:InvokeFunction")
}

// role is whose right it is what Function Compute does for the unit.
func (r *rights) role() (grantee string, granted bool) {
	if roleOf(r.app, r.unit) {
		return target.GranteeRole, false
	}
	return serviceRole, true
}

// said is what x-aliyun has for a key, nil for nothing.
func said(extension map[string]*yaml.Node, key string) *yaml.Node {
	n := extension[Name]
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func (r *rights) store(project, store string) string {
	return "acs:log:" + r.app.Spec.Provider.Region + ":" + account + ":project/" + project + "/logstore/" + store
}

// settings are what logs and the network need.
func (r *rights) settings() {
	role, granted := r.role()
	if l := r.unit.Settings.Log; l.Named() {
		r.add(role, granted, "its own logs", r.store(l.Project, l.Store), "log:PostLogStoreLogs")
	}
	if r.unit.Settings.VPC != nil {
		r.add(role, granted, "vpc", "*", "ecs:CreateNetworkInterface", "ecs:CreateNetworkInterfacePermission", "ecs:DeleteNetworkInterface",
			"ecs:DeleteNetworkInterfacePermission", "ecs:DescribeNetworkInterfacePermissions", "ecs:DescribeNetworkInterfaces", "vpc:DescribeVSwitchAttributes", "vpc:DescribeVpcAttribute")
	}
}

// async is what the results of asynchronous invocations need to get where they are sent. The vendor wants it of the unit's role.
func (r *rights) async() {
	a := r.unit.Settings.Async
	if a == nil {
		return
	}
	for _, to := range []struct{ reason, arn string }{{target.SettingAsyncOnSuccess, a.OnSuccess}, {target.SettingAsyncOnFailure, a.OnFailure}} {
		if to.arn == "" {
			continue
		}
		service, _, _ := strings.Cut(strings.TrimPrefix(to.arn, "acs:"), ":")
		action := map[string]string{"fc": "fc:InvokeFunction", "mns": "mns:SendMessage", "eventbridge": "eventbridge:PutEvents", "mq": "mq:PUB"}[service]
		if service == "mns" && strings.Contains(to.arn, "/topics/") {
			action = "mns:PublishMessage"
		}
		if action == "" {
			continue
		}
		r.add(target.GranteeRole, false, to.reason, to.arn, action)
	}
}

// trigger is what one trigger of the vendor needs.
func (r *rights) trigger(t target.Trigger, v Trigger) {
	reason := t.Cause()
	role, granted := "", true
	if own := said(t.Extension, "invocationRole"); own != nil {
		role, granted = own.Value, false
	}
	by := func(common string) string {
		if role == "" {
			role = common
		}
		return role
	}
	switch c := v.TriggerConfig.(type) {
	case *OSSTrigger:
		r.invoke(by("AliyunOSSEventNotificationRole"), granted, reason)
	case *MNSTrigger:
		r.invoke(by("AliyunMNSNotificationRole"), granted, reason)
	case *CDNTrigger:
		r.invoke(by("AliyunCDNEventNotificationRole"), granted, reason)
	case *LogTrigger:
		r.invoke(by("AliyunLogETLRole"), granted, reason)
		from := r.app.Resource(t, target.Needs(t.Marker)[0])
		r.add(role, granted, reason, r.store(from.Project, from.Name), "log:ConsumerGroupHeartBeat", "log:ConsumerGroupUpdateCheckPoint", "log:CreateConsumerGroup",
			"log:DeleteConsumerGroup", "log:GetConsumerGroupCheckPoint", "log:GetCursorOrData", "log:ListConsumerGroup", "log:ListShards", "log:UpdateConsumerGroup")
		r.add(role, granted, reason, r.store(c.LogConfig.Project, c.LogConfig.Logstore), "log:PostLogStoreLogs")
	case *EventBridgeTrigger:
		r.invoke(sendRole, true, reason)
		r.stream(t, c.EventSourceConfig, reason)
	}
}

// stream is what EventBridge needs to read what it passes on. The bus of the account is its own.
func (r *rights) stream(t target.Trigger, source EventSource, reason string) {
	const role, policy = "AliyunServiceRoleForEventBridgeSource", "AliyunServiceRolePolicyForEventBridgeSource"
	region := r.app.Spec.Provider.Region
	needs := target.Needs(t.Marker)
	switch source.EventSourceType {
	case "MNS":
		queue := r.app.Resource(t, needs[0])
		r.add(role+"MNS", true, reason, "acs:mns:"+region+":"+account+":/queues/"+queue.Name+"/messages", policy+"MNS")
	case "Kafka":
		id, _ := r.app.Instance(t)
		r.add(role+"Kafka", true, reason, "acs:alikafka:"+region+":"+account+":"+id, policy+"Kafka")
	}
}

// requests are who may call the URL of the unit.
func (r *rights) requests() {
	signed := r.app.Ingress(r.unit).IAM
	for _, t := range r.unit.Routes() {
		if signed {
			r.invoke(target.GranteeCallers, false, t.Kind)
		} else {
			r.invoke(target.GranteeEveryone, true, t.Kind)
		}
	}
}
