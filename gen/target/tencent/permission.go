package tencent

import (
	"cmp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Permitter = cloud{}

// The role by which Serverless Cloud Function works for functions, and the policy that it has by default.
const (
	serviceRole   = "SCF_QcsRole"
	servicePolicy = "QcloudAccessForScfRole"
)

// Permissions are those of the vendor's role and of what calls the unit. The role in f.yml is for what the code itself does, and no
// trigger or setting needs it. Triggers, logs and dead letters are served by SCF_QcsRole with the policy QcloudAccessForScfRole, of which
// the vendor's documents say in sentences that it writes and reads the notifications of buckets, reads and writes CLS and CMQ, and
// lists CKafka; its name stands for actions that they do not list. The component makes the role unless x-tencent has enableRoleAuth:
// false. A file system needs a policy more on that role. Timers are a part of the vendor's service, and its documents name no right
// for networks.
//
// Unconfirmed: that the right to send signed requests to a function URL is the one to invoke.
func (cloud) Permissions(app *target.App, u *target.Unit) []target.Permission {
	r := &rights{app: app, unit: u, made: !refused(app, u)}
	r.settings()
	for t, made := range kinds().Make(app, u) {
		for _, e := range made {
			r.event(t, e)
		}
	}
	r.requests()
	r.calls()
	r.secrets()
	if u.Raw() {
		r.add(target.GranteeCallers, false, "invocations", r.function(), "scf:InvokeFunction")
	}
	return target.UniquePermissions(r.list)
}

// rights collects the permissions of a unit.
type rights struct {
	app  *target.App
	unit *target.Unit
	// made says that the component makes the vendor's role.
	made bool
	list []target.Permission
}

func (r *rights) add(grantee string, granted bool, reason, resource string, actions ...string) {
	r.list = append(r.list, target.Permission{Grantee: grantee, Actions: actions, Resource: resource, Reason: reason, Granted: granted})
}

// service is a right that the vendor's role has by default.
func (r *rights) service(reason, resource string, actions ...string) {
	r.add(serviceRole, r.made, reason, resource, actions...)
}

// refused reports whether x-tencent keeps the component from making the vendor's role.
func refused(app *target.App, u *target.Unit) bool {
	return extended(app, u, "enableRoleAuth") == "false"
}

// extended is what x-tencent has for a key of the unit's function, empty for nothing.
func extended(app *target.App, u *target.Unit, key string) string {
	for _, n := range []*yaml.Node{u.Extension[Name], app.Spec.Provider.Extension[Name]} {
		if n == nil || n.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1].Value
			}
		}
	}
	return ""
}

// qcs is what a service of the vendor has, in its form of six parts: without an account it is that of the policy.
func (r *rights) qcs(service, resource string) string {
	return "qcs::" + service + ":" + region(r.app) + "::" + resource
}

func (r *rights) function() string { return functionQCS(r.app, r.unit) }

func functionQCS(app *target.App, u *target.Unit) string {
	return (&rights{app: app}).qcs("scf", "namespace/"+cmp.Or(app.Spec.Provider.Namespace, "default")+"/function/"+app.FunctionName(u))
}

// settings are what logs, file systems and dead letters need.
func (r *rights) settings() {
	s := r.unit.Settings
	if s.Log.Named() {
		r.service("its own logs", r.qcs("cls", "topic/"+s.Log.Store), servicePolicy)
	}
	for _, fs := range s.FileSystems {
		r.add(serviceRole, false, "fileSystems "+fs.Path, r.qcs("cfs", "filesystem/"+fs.Source), "QcloudCFSFullAccess")
	}
	if d := s.DeadLetter; d != nil {
		r.service(target.SettingDeadLetter, r.qcs("cmq"+d.Type, d.Target), servicePolicy)
	}
}

// event is what one trigger of the vendor needs.
func (r *rights) event(t target.Trigger, e Event) {
	reason := t.Cause()
	switch {
	case e.COS != nil:
		bucket := r.app.Resource(t, target.Needs(t.Marker)[0]).Real()
		r.service(reason, "qcs::cos:"+region(r.app)+":uid/"+appID(bucket)+":"+bucket+"/*", "name/cos:GetBucketNotification", "name/cos:PutBucketNotification")
	case e.CMQ != nil:
		r.service(reason, r.qcs("cmqtopic", e.CMQ.Parameters.Name), servicePolicy)
	case e.CKafka != nil:
		r.service(reason, r.qcs("ckafka", "ckafkaId/"+e.CKafka.Parameters.Name), servicePolicy)
	case e.CLS != nil:
		r.service(reason, r.qcs("cls", "topic/"+e.CLS.Parameters.TopicId), servicePolicy)
	}
}

// appID is the account in the name of a bucket, which ends in it.
func appID(bucket string) string { return bucket[strings.LastIndexByte(bucket, '-')+1:] }

// requests are who may call the URL of the unit.
func (r *rights) requests() {
	signed := r.app.Ingress(r.unit).IAM
	for _, t := range r.unit.Routes() {
		if signed {
			r.add(target.GranteeCallers, false, t.Kind, r.function(), "scf:InvokeFunction")
		} else {
			r.add(target.GranteeEveryone, true, t.Kind, r.function(), "scf:InvokeFunction")
		}
	}
}
