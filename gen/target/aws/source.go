package aws

import (
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

// sourceEvent is an event of the template with its name.
type sourceEvent struct {
	name  string
	event *Event
}

// kinds are how the vendor carries each kind of trigger. Made are the logical names of what the template makes.
func kinds(made map[string]string) target.Kinds[sourceEvent] {
	return target.Kinds[sourceEvent]{
		"http": carryHTTP(), "apigw": carryAPIGW(), "timer": carryTimer(), "os": carryOS(made), "mq": carryMQ(made), "kafka": carryKafka(),
		"log": carryLog(made), "cdn": carryCDN(), "event": carryEvent(), "raw": carryRaw(),
	}
}

// arn is the ARN of something that exists, in the account and region of the stack unless it is given.
func arn(r target.Resource, service string) any {
	if r.ARN != "" {
		return r.ARN
	}
	return sub(arnOf(service, r.Name))
}

// arnOf is the ARN of what a service has in the account and region of the stack.
func arnOf(service, name string) string {
	return "arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + name
}

func sub(text string) map[string]string { return map[string]string{"Fn::Sub": text} }

func ref(name string) map[string]string { return map[string]string{"Ref": name} }

// create reports what the template does not make.
func create(r *target.Report, resource target.Resource) {
	if resource.Created() {
		r.Unsupported(resource.At("create"), "create of a "+resource.Need.Words(), "the template makes buckets, queues, topics and log groups")
	}
}

// service is the service of an ARN, empty for what is none.
func service(arn string) string {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 || parts[0] != "arn" {
		return ""
	}
	return parts[2]
}

func checkBatch(r *target.Report, t target.Trigger, batch int, window annotations.Duration, most int) {
	if batch > most {
		r.Limit(t.At("batch"), "batch", fmt.Sprint(batch), fmt.Sprintf("%d at most", most))
	}
	if window > annotations.Duration(300*time.Second) {
		r.Limit(t.At("window"), "window", window.String(), "5m at most")
	}
}

// resources makes what f.yml has the template make, and returns its logical names. Timeout is that of the slowest
// function that reads a queue.
func resources(app *target.App, logical names, to map[string]any) map[string]string {
	made := map[string]string{}
	timeout := map[string]int{}
	var needs []target.Resource
	for _, u := range app.Units {
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				for _, n := range target.Needs(t.Marker) {
					if r := app.Resource(t, n); r.Created() {
						timeout[n.Name] = max(timeout[n.Name], u.Settings.Timeout.WholeSeconds())
						needs = append(needs, r)
					}
				}
			}
		}
	}
	for _, r := range needs {
		if made[r.Need.Name] != "" {
			continue
		}
		var id string
		switch r.Need.Type {
		case "bucket":
			id = logical.take(logicalName(r.Need.Name) + "Bucket")
			to[id] = &Resource{Type: "AWS::S3::Bucket", DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", Properties: map[string]any{"BucketName": r.Name}}
		case "queue":
			id = logical.take(logicalName(r.Need.Name) + "Queue")
			properties := map[string]any{"QueueName": r.Name, "VisibilityTimeout": 6 * timeout[r.Need.Name]}
			if strings.HasSuffix(r.Name, ".fifo") {
				properties["FifoQueue"] = true
			}
			to[id] = &Resource{Type: "AWS::SQS::Queue", Properties: properties}
		case "topic":
			id = logical.take(logicalName(r.Need.Name) + "Topic")
			properties := map[string]any{"TopicName": r.Name}
			if strings.HasSuffix(r.Name, ".fifo") {
				properties["FifoTopic"] = true
			}
			to[id] = &Resource{Type: "AWS::SNS::Topic", Properties: properties}
		case "log":
			id = logical.take(logicalName(r.Need.Name) + "LogGroup")
			to[id] = &Resource{Type: "AWS::Logs::LogGroup", Properties: map[string]any{"LogGroupName": r.Name}}
		default:
			continue // Check has refused it
		}
		made[r.Need.Name] = id
	}
	return made
}
