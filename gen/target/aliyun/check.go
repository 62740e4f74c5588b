package aliyun

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

// maxName is the length of a function's name.
const maxName = 64

// maxStart is how many seconds a unit may take to start. The vendor waits two minutes until an instance listens, and one
// that could not start has to listen in time to say why.
const maxStart = 110

func regions() []string {
	return []string{
		"ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-5", "ap-southeast-7",
		"cn-beijing", "cn-chengdu", "cn-hangzhou", "cn-heyuan-acdr-1", "cn-hongkong", "cn-huhehaote", "cn-qingdao", "cn-shanghai",
		"cn-shanghai-cloudspe", "cn-shanghai-finance-1", "cn-shenzhen", "cn-wulanchabu", "cn-zhangjiakou", "eu-central-1", "eu-west-1",
		"me-central-1", "us-east-1", "us-west-1",
	}
}

func variables() target.Variables {
	return target.Variables{
		Form: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`), Expected: "letters, digits and underscores, a letter first", Bytes: 4096,
		Reserved: []string{"FC_*"},
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func checkRegion(r *target.Report, app *target.App) {
	switch region := app.Spec.Provider.Region; {
	case region == "":
		r.Missing(app.Spec.Places["provider"].Or(app.Spec.Places["service"]), "provider.region", "functions are deployed to one, such as cn-hangzhou").
			Hint = "write it in f.yml: targets: {aliyun: {provider: {region: cn-hangzhou}}}"
	case !slices.Contains(regions(), region):
		d := r.Limit(app.Spec.Places["provider.region"], "region", fmt.Sprintf("%q", region), "one of the vendor's regions")
		if s := annotations.Suggest(region, regions()); s != "" {
			d.Hint = fmt.Sprintf("did you mean %q?", s)
		} else {
			d.Hint = "known: " + strings.Join(regions(), ", ")
		}
	}
}

// check reports what Function Compute does not take of one unit.
func check(r *target.Report, app *target.App, u *target.Unit) {
	s := u.Settings
	if name := app.FunctionName(u); len(name) > maxName {
		r.Limit(u.At(""), "function name", fmt.Sprintf("%s with %d characters", name, len(name)), fmt.Sprintf("%d at most", maxName))
	}
	r.Range(u, target.SettingMemorySize, int(s.MemorySize), 128, 32768, 64, " MB")
	checkCPU(r, u)
	if s.DiskSize != 0 && s.DiskSize != 512 && s.DiskSize != 10240 {
		r.Limit(u.At(target.SettingDiskSize), target.SettingDiskSize, s.DiskSize.String(), "512MB or 10GB")
	}
	r.Seconds(u, target.SettingTimeout, s.Timeout, 1, 86400)
	r.Seconds(u, target.SettingInitTimeout, s.InitTimeout, 1, maxStart)
	r.Range(u, target.SettingConcurrency, max(1, s.Concurrency), 1, 200, 1, "")
	checkRollout(r, u)
	if s.Architecture != "amd64" {
		r.Unsupported(u.At(target.SettingArchitecture), "architecture "+s.Architecture, "instances are amd64")
	}
	r.Environment(app, u, variables())
	checkARN(r, u, "role", s.Role)
	for i, layer := range s.Layers {
		checkARN(r, u, fmt.Sprintf("layers.%d", i), layer)
	}
	if s.DeadLetter != nil {
		r.Unsupported(u.At(target.SettingDeadLetter), target.SettingDeadLetter, "async.onFailure takes events that could not be handled")
	}
	checkNetwork(r, u)
	checkLogs(r, u)
	checkFiles(r, u)
	checkAsync(r, u)
	r.Origins(u)
	r.OneIngress(u)
	checkSources(r, app, u)
}

// checkCPU wants steps of 0.05, and 1 to 4 GB of memory for each processor.
func checkCPU(r *target.Report, u *target.Unit) {
	cpu := u.Settings.CPU
	if cpu == 0 {
		return
	}
	steps := cpu / 0.05
	if cpu < 0.05 || cpu > 16 || math.Abs(steps-math.Round(steps)) > 1e-9 {
		r.Limit(u.At(target.SettingCPU), target.SettingCPU, fmt.Sprint(cpu), "0.05 to 16 in steps of 0.05")
		return
	}
	if ratio := float64(u.Settings.MemorySize) / 1024 / cpu; ratio < 1 || ratio > 4 {
		d := r.Limit(u.At("cpu"), "cpu", fmt.Sprintf("%v with %s of memory", cpu, u.Settings.MemorySize), "1 to 4 GB of memory for each processor")
		if len(u.Functions) > 1 {
			d.Hint = "a group has the maximum of its functions, of each: set cpu or memorySize in the group"
		}
	}
}

func checkARN(r *target.Report, u *target.Unit, key, arn string) {
	if arn != "" && !strings.HasPrefix(arn, "acs:") {
		r.Limit(u.At(key), key, fmt.Sprintf("%q", arn), "an ARN that starts with acs:")
	}
}

func checkNetwork(r *target.Report, u *target.Unit) {
	vpc := u.Settings.VPC
	if vpc == nil {
		return
	}
	if vpc.ID == "" {
		r.Missing(u.At(target.SettingVPC), "vpc.id", "it names the network")
	}
	if len(vpc.Subnets) == 0 {
		r.Missing(u.At(target.SettingVPC), "vpc.subnets", "instances are put into vSwitches")
	}
	switch n := len(vpc.SecurityGroups); {
	case n == 0:
		r.Missing(u.At(target.SettingVPC), "vpc.securityGroups", "instances in a network need one")
	case n > 1:
		r.Limit(u.At("vpc.securityGroups"), "vpc.securityGroups", fmt.Sprint(n), "one")
	}
}

func checkLogs(r *target.Report, u *target.Unit) {
	if l := u.Settings.Log; l != nil && l.Retention != 0 {
		r.Loss(u, target.SettingLog, u.At("log.retention"), "log.retention: s.yaml has no key for it, and logs are kept as long as the logstore says")
	}
	if l := u.Settings.Log; l.Named() {
		if l.Project == "" {
			r.Missing(u.At(target.SettingLog), "log.project", "a logstore is in one")
		}
		if l.Store == "" {
			r.Missing(u.At(target.SettingLog), "log.store", "it names the logstore")
		}
	}
	if t := u.Settings.Tracing; t != nil && t.Enabled != nil && *t.Enabled && t.Endpoint == "" {
		r.Missing(u.At(target.SettingTracing), "tracing.endpoint", "traces go to a Jaeger collector")
	}
}

func checkFiles(r *target.Report, u *target.Unit) {
	files := u.Settings.FileSystems
	if len(files) > 5 {
		r.Limit(u.At(target.SettingFileSystems), target.SettingFileSystems, fmt.Sprint(len(files)), "5 at most")
	}
	if len(files) > 0 && u.Settings.VPC == nil {
		r.Missing(u.At(target.SettingFileSystems), target.SettingVPC, "file systems are reached through a network")
	}
	for i, fs := range files {
		key := fmt.Sprintf("fileSystems.%d.", i)
		if host, path, ok := strings.Cut(fs.Source, ":"); !ok || host == "" || !strings.HasPrefix(path, "/") {
			r.Limit(u.At(key+"source"), key+"source", fmt.Sprintf("%q", fs.Source), "host:/path of a NAS mount target")
		}
		if fs.RemotePath != "" {
			r.Unsupported(u.At(key+"remotePath"), key+"remotePath", "source ends in the path")
		}
		if fs.User == nil || fs.Group == nil {
			r.Missing(u.At(key+"source"), key+"user and group", "files are accessed as them")
		} else if first := files[0]; first.User != nil && first.Group != nil && (*fs.User != *first.User || *fs.Group != *first.Group) {
			r.Limit(u.At(key+"user"), key+"user and group", fmt.Sprintf("%d and %d", *fs.User, *fs.Group), "the same for all file systems of a function")
		}
	}
}

func checkAsync(r *target.Report, u *target.Unit) {
	a := u.Settings.Async
	if a == nil {
		return
	}
	u.NoteSyncTriggers(r, "what fails for good goes where runOptions of the trigger says (x-aliyun)", kinds().Waits)
	if a.Retries != nil {
		r.Range(u, target.SettingAsyncRetries, *a.Retries, 0, 8, 1, "")
	}
	if a.MaxAge != 0 {
		r.Seconds(u, target.SettingAsyncMaxAge, a.MaxAge, 1, 2592000)
	}
	checkARN(r, u, "async.onSuccess", a.OnSuccess)
	checkARN(r, u, "async.onFailure", a.OnFailure)
}
