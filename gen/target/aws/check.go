package aws

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

var (
	regionForm   = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d$`)
	variableForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]+$`)
)

// The lengths of a function's name and description.
const (
	maxName        = 64
	maxDescription = 256
)

func variables() target.Variables {
	return target.Variables{
		Form: variableForm, Expected: "at least two letters, digits and underscores, a letter first", Bytes: 4096,
		Reserved: []string{
			"AWS_LAMBDA_*", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
			"AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
		},
	}
}

func checkRegion(r *target.Report, app *target.App) {
	if region := app.Spec.Provider.Region; region != "" && !regionForm.MatchString(region) {
		r.Limit(app.Spec.Places["provider.region"], "region", fmt.Sprintf("%q", region), "a region such as us-east-1")
	}
}

// check reports what Lambda does not take of one unit.
func check(r *target.Report, app *target.App, u *target.Unit) {
	s := u.Settings
	if name := app.FunctionName(u); len(name) > maxName {
		r.Limit(u.At(""), "function name", fmt.Sprintf("%s with %d characters", name, len(name)), fmt.Sprintf("%d at most", maxName))
	}
	if n := len(u.Summary()); n > maxDescription {
		r.Limit(u.At(""), "description", fmt.Sprintf("%d characters", n), fmt.Sprintf("%d at most", maxDescription))
	}
	r.Range(u, target.SettingMemorySize, int(s.MemorySize), 128, 10240, 1, " MB")
	r.Seconds(u, target.SettingTimeout, s.Timeout, 1, 900)
	if s.InitTimeout > annotations.Duration(10*time.Second) {
		r.Limit(u.At(target.SettingInitTimeout), target.SettingInitTimeout, s.InitTimeout.String(), "10s at most: a longer start is begun again by the first invocation")
	}
	if s.DiskSize != 0 {
		r.Range(u, target.SettingDiskSize, int(s.DiskSize), 512, 10240, 1, " MB")
	}
	if s.CPU != 0 {
		r.Unsupported(u.At(target.SettingCPU), target.SettingCPU, "processors come with the memory, one for each 1769 MB")
	}
	if s.Concurrency > 1 {
		r.Loss(u, target.SettingConcurrency, u.At(target.SettingConcurrency), "concurrency %d: aws runs one invocation at a time in an instance", s.Concurrency)
	}
	r.Environment(app, u, variables())
	checkRollout(r, app, u)
	checkARN(r, u, "role", s.Role)
	checkNetwork(r, u)
	checkLogs(r, u)
	checkFiles(r, u)
	checkAsync(r, u)
	checkHTTP(r, u)
	kinds(map[string]string{}).Check(r, app, u)
}

func checkARN(r *target.Report, u *target.Unit, key, arn string) {
	if arn != "" && !strings.HasPrefix(arn, "arn:") {
		r.Limit(u.At(key), key, fmt.Sprintf("%q", arn), "an ARN that starts with arn:")
	}
}

func checkNetwork(r *target.Report, u *target.Unit) {
	vpc, internet := u.Settings.VPC, u.Settings.InternetAccess
	if vpc != nil {
		if len(vpc.Subnets) == 0 {
			r.Missing(u.At(target.SettingVPC), "vpc.subnets", "instances are put into subnets")
		}
		if len(vpc.SecurityGroups) == 0 {
			r.Missing(u.At(target.SettingVPC), "vpc.securityGroups", "instances in a network need at least one")
		}
		if vpc.ID != "" {
			r.Loss(u, target.SettingVPC, u.At("vpc.id"), "vpc.id: aws finds the network by its subnets")
		}
	}
	switch {
	case internet == nil:
	case vpc != nil:
		r.Unsupported(u.At(target.SettingInternetAccess), target.SettingInternetAccess, "in a network the routes of the subnets decide")
	case !*internet:
		r.Unsupported(u.At(target.SettingInternetAccess), "internetAccess: false", "outside a network functions always reach the internet; set vpc")
	}
}

func checkLogs(r *target.Report, u *target.Unit) {
	if l := u.Settings.Log; l != nil {
		if l.Project != "" {
			r.Unsupported(u.At("log.project"), "log.project", "a log group is in none; log.store names it")
		}
		if l.Store == "" && l.Retention == 0 {
			r.Missing(u.At(target.SettingLog), "log.store", "it names the log group")
		}
		checkRetention(r, u, int(l.Retention))
	}
	if t := u.Settings.Tracing; t != nil && t.Endpoint != "" {
		r.Unsupported(u.At("tracing.endpoint"), "tracing.endpoint", "traces go to X-Ray")
	}
	if n := len(u.Settings.Layers); n > 5 {
		r.Limit(u.At(target.SettingLayers), target.SettingLayers, fmt.Sprint(n), "5 at most")
	}
	for i, layer := range u.Settings.Layers {
		checkARN(r, u, fmt.Sprintf("layers.%d", i), layer)
	}
}

func checkFiles(r *target.Report, u *target.Unit) {
	files := u.Settings.FileSystems
	if len(files) > 1 {
		r.Limit(u.At(target.SettingFileSystems), target.SettingFileSystems, fmt.Sprint(len(files)), "1 at most")
	}
	if len(files) > 0 && u.Settings.VPC == nil {
		r.Missing(u.At(target.SettingFileSystems), target.SettingVPC, "file systems are reached through a network")
	}
	for i, fs := range files {
		key := fmt.Sprintf("fileSystems.%d.", i)
		checkARN(r, u, key+"source", fs.Source)
		if !strings.HasPrefix(fs.Path, "/mnt/") {
			r.Limit(u.At(key+"path"), key+"path", fmt.Sprintf("%q", fs.Path), "a path below /mnt")
		}
		for name, set := range map[string]bool{"remotePath": fs.RemotePath != "", "user": fs.User != nil, "group": fs.Group != nil} {
			if set {
				r.Unsupported(u.At(key+name), key+name, "the access point decides")
			}
		}
	}
}

func checkAsync(r *target.Report, u *target.Unit) {
	u.NoteSyncTriggers(r, "what fails for good goes where the queue's RedrivePolicy or the trigger's DestinationConfig says", kinds(nil).Waits)
	if a := u.Settings.Async; a != nil {
		if a.Retries != nil {
			r.Range(u, target.SettingAsyncRetries, *a.Retries, 0, 2, 1, "")
		}
		if a.MaxAge != 0 {
			r.Seconds(u, target.SettingAsyncMaxAge, a.MaxAge, 60, 21600)
		}
		if a.LongRunning != nil && *a.LongRunning {
			r.Unsupported(u.At(target.SettingAsyncLongRunning), target.SettingAsyncLongRunning, "no invocation runs longer than 900 seconds")
		}
		for key, arn := range map[string]string{"async.onSuccess": a.OnSuccess, "async.onFailure": a.OnFailure} {
			if arn != "" && arnKind(arn) == "" {
				r.Limit(u.At(key), key, fmt.Sprintf("%q", arn), "the ARN of a queue, topic, function, event bus or bucket")
			}
		}
	}
	d := u.Settings.DeadLetter
	if d == nil {
		return
	}
	want := map[string]string{"queue": "SQS", "topic": "SNS"}[d.Type]
	switch {
	case d.Target == "":
		r.Missing(u.At(target.SettingDeadLetter), "deadLetter.target", "it names the queue or topic")
	case arnKind(d.Target) != "SQS" && arnKind(d.Target) != "SNS" || want != "" && arnKind(d.Target) != want:
		what := "queue or topic"
		if d.Type != "" {
			what = d.Type
		}
		r.Limit(u.At("deadLetter.target"), "deadLetter.target", fmt.Sprintf("%q", d.Target), "the ARN of a "+what)
	}
}
