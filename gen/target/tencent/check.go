package tencent

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var (
	nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]$`)
	// namespaceForm leaves the length to the vendor.
	namespaceForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	regionForm    = regexp.MustCompile(`^[a-z]{2,}-[a-z]+(-[a-z0-9]+)*$`)
)

// The vendor's limits.
const (
	maxTriggers    = 10 // of one type
	maxFunctions   = 50 // in a namespace
	maxTimeout     = 900
	maxTaskTimeout = 24 * 60 * 60
	maxMemory      = 3072
	smallMemory    = 64
	maxRequests    = 100 // of a web function, at once in an instance
)

func variables() target.Variables {
	return target.Variables{
		Form: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{1,63}$`), Expected: "2 to 64 letters, digits and underscores, a letter first", Bytes: 4096,
		Reserved: []string{"SCF_*", "QCLOUD_*", "TENCENTCLOUD_*"},
	}
}

func checkRegion(r *target.Report, app *target.App) {
	if region := app.Spec.Provider.Region; region != "" && !regionForm.MatchString(region) {
		r.Limit(app.Spec.Places["provider.region"], "region", fmt.Sprintf("%q", region), "a region such as ap-guangzhou")
	}
}

// check reports what Serverless Cloud Function does not take of one unit.
func check(r *target.Report, app *target.App, u *target.Unit) {
	s := u.Settings
	if name := app.FunctionName(u); !nameForm.MatchString(name) {
		r.Limit(u.At(""), "function name", fmt.Sprintf("%s with %d characters", name, len(name)), "2 to 60")
	}
	if s.MemorySize != smallMemory && (s.MemorySize < 128 || s.MemorySize > maxMemory || s.MemorySize%128 != 0) {
		r.Limit(u.At(target.SettingMemorySize), target.SettingMemorySize, fmt.Sprintf("%d MB", int(s.MemorySize)), "64 MB, or 128 to 3072 MB in steps of 128")
	}
	if s.DiskSize != 0 {
		r.Range(u, target.SettingDiskSize, int(s.DiskSize), 512, 10240, 1, " MB")
	}
	r.Seconds(u, target.SettingInitTimeout, s.InitTimeout, 3, 300)
	if s.CPU != 0 {
		r.Unsupported(u.At(target.SettingCPU), target.SettingCPU, "processors come with the memory")
	}
	if s.Architecture != "amd64" {
		r.Unsupported(u.At(target.SettingArchitecture), "architecture "+s.Architecture, "instances are amd64")
	}
	if s.ReservedConcurrency != nil {
		r.Unsupported(u.At(target.SettingReservedConcurrency), target.SettingReservedConcurrency, "it is a quota that is set in the console")
	}
	checkConcurrency(r, u)
	checkRollout(r, u)
	r.Environment(app, u, variables())
	if s.Role != "" && strings.ContainsAny(s.Role, ":/") {
		r.Limit(u.At(target.SettingRole), target.SettingRole, fmt.Sprintf("%q", s.Role), "the name of a role")
	}
	for i, layer := range s.Layers {
		name, version, _ := strings.Cut(layer, ":")
		if n, err := strconv.Atoi(version); name == "" || err != nil || n < 1 {
			key := fmt.Sprintf("layers.%d", i)
			r.Limit(u.At(key), key, fmt.Sprintf("%q", layer), "name:version such as tools:3")
		}
	}
	checkNetwork(r, u)
	checkAsync(r, u)
	r.Origins(u)
	checkTimers(r, u)
	checkHTTP(r, app, u)
	checkSources(r, app, u)
}

func checkConcurrency(r *target.Report, u *target.Unit) {
	n := u.Settings.Concurrency
	switch {
	case n <= 1:
	case web(u):
		r.Range(u, target.SettingConcurrency, n, 1, maxRequests, 1, "")
	default:
		r.Loss(u, target.SettingConcurrency, u.At(target.SettingConcurrency), "concurrency %d: tencent runs one event at a time in an instance; a unit of http functions alone takes several requests", n)
	}
}

func checkNetwork(r *target.Report, u *target.Unit) {
	if vpc := u.Settings.VPC; vpc != nil {
		if vpc.ID == "" {
			r.Missing(u.At(target.SettingVPC), "vpc.id", "it names the network")
		}
		switch n := len(vpc.Subnets); {
		case n == 0:
			r.Missing(u.At(target.SettingVPC), "vpc.subnets", "instances are put into a subnet")
		case n > 1:
			r.Limit(u.At("vpc.subnets"), "vpc.subnets", fmt.Sprint(n), "one")
		}
		if len(vpc.SecurityGroups) > 0 {
			r.Unsupported(u.At("vpc.securityGroups"), "vpc.securityGroups", "functions have none")
		}
	}
	if l := u.Settings.Log; l != nil && l.Retention != 0 {
		r.Loss(u, target.SettingLog, u.At("log.retention"), "log.retention: the component has no key for it, and logs are kept as long as the topic of CLS says")
	}
	if l := u.Settings.Log; l.Named() {
		if l.Project == "" {
			r.Missing(u.At(target.SettingLog), "log.project", "it names the log set")
		}
		if l.Store == "" {
			r.Missing(u.At(target.SettingLog), "log.store", "it names the topic")
		}
	}
	if len(u.Settings.FileSystems) > 0 && u.Settings.VPC == nil {
		r.Missing(u.At(target.SettingFileSystems), target.SettingVPC, "file systems are reached through a network")
	}
}

// checkAsync wants long-running tasks where the vendor's keys mean something with them only.
func checkAsync(r *target.Report, u *target.Unit) {
	s := u.Settings
	long := s.Async != nil && s.Async.LongRunning != nil && *s.Async.LongRunning
	limit := maxTimeout
	if long {
		limit = maxTaskTimeout
		if !s.Log.Named() {
			r.Missing(u.At(target.SettingAsyncLongRunning), target.SettingLog, "long-running functions keep their logs in CLS")
		}
		if web(u) {
			r.Unsupported(u.At(target.SettingAsyncLongRunning), target.SettingAsyncLongRunning, "web functions answer at once")
		}
	}
	r.Seconds(u, target.SettingTimeout, s.Timeout, 1, limit)
	const needs = "it works with async.longRunning only"
	if a := s.Async; a != nil {
		switch {
		case a.Retries != nil && !long:
			r.Unsupported(u.At(target.SettingAsyncRetries), target.SettingAsyncRetries, needs)
		case a.Retries != nil:
			r.Range(u, target.SettingAsyncRetries, *a.Retries, 0, 2, 1, "")
		}
		switch {
		case a.MaxAge != 0 && !long:
			r.Unsupported(u.At(target.SettingAsyncMaxAge), target.SettingAsyncMaxAge, needs)
		case a.MaxAge != 0:
			r.Seconds(u, target.SettingAsyncMaxAge, a.MaxAge, 60, 21600)
		}
		for key, set := range map[string]bool{"async.onSuccess": a.OnSuccess != "", "async.onFailure": a.OnFailure != ""} {
			if set {
				r.Unsupported(u.At(key), key, "deadLetter takes events that could not be handled")
			}
		}
	}
	if t := s.Tracing; t != nil && t.Enabled != nil && *t.Enabled {
		if !long {
			r.Unsupported(u.At("tracing.enabled"), target.SettingTracing, needs)
		}
		if t.Endpoint != "" {
			r.Unsupported(u.At("tracing.endpoint"), "tracing.endpoint", "the vendor keeps the state of tasks itself")
		}
	}
	if d := s.DeadLetter; d != nil {
		if d.Type == "" {
			r.Missing(u.At(target.SettingDeadLetter), "deadLetter.type", "a target is named without its type")
		}
		if d.Target == "" {
			r.Missing(u.At(target.SettingDeadLetter), "deadLetter.target", "it names the queue or topic")
		} else if strings.Contains(d.Target, ":") {
			r.Limit(u.At("deadLetter.target"), "deadLetter.target", fmt.Sprintf("%q", d.Target), "the name of a queue or topic")
		}
	}
}
