package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/annotations"
)

// Rollout says how a new version of a function takes over from the one before. It is one value: that of a function replaces that of
// the provider whole, and so does that of an overlay.
type Rollout struct {
	// Strategy is canary: a share of the invocations first, and all of them after the interval; linear: the same share again after
	// each interval; or all: all invocations at once.
	Strategy string `faas:"strategy,required,enum=canary|linear|all"`
	// Percent is the share that goes to the new version first, and more with each interval of linear: 1 to 99.
	Percent int `faas:"percent"`
	// Interval is how long a share stays before more follows. A bare number is seconds.
	Interval annotations.Duration `faas:"interval"`
	// Alarms lists alarms that stop the rollout and lead back to the version before: on aws names of CloudWatch alarms, or their ARNs.
	Alarms []string `faas:"alarms"`
}

// Strategies of a rollout.
const (
	Canary = "canary"
	Linear = "linear"
	All    = "all"
)

// Gradual reports whether the new version gets a share of the invocations first. A nil one is not.
func (r *Rollout) Gradual() bool { return r != nil && (r.Strategy == Canary || r.Strategy == Linear) }

// maxAlarmName is how long the name of an alarm is at most.
const maxAlarmName = 255

// rollout checks what no cloud can make sense of.
func (c checker) rollout(prefix string, r *Rollout) {
	if r == nil {
		return
	}
	prefix += "rollout"
	strategy, said := c.Places[prefix+".strategy"]
	switch at := (func(key string) Place { return c.Places[prefix+"."+key] }); {
	case !said && !c.failed[prefix]: // rollout: with nothing behind it
		c.add(c.keys[prefix].Errorf(CodeRequired, "strategy is missing in %s", prefix))
	case r.Gradual():
		var missing []string
		for _, key := range []string{"percent", "interval"} {
			if !at(key).Valid() {
				missing = append(missing, key)
			}
		}
		if missing != nil {
			d := strategy.Errorf(CodeRequired, "strategy %s needs %s", r.Strategy, strings.Join(missing, " and "))
			d.Hint = "write {strategy: " + r.Strategy + ", percent: 10, interval: 5m}; a rollout replaces another one whole"
			c.add(d)
		}
		if at("percent").Valid() && (r.Percent < 1 || r.Percent > 99) {
			c.value(prefix+".percent", "percent: found %d, expected 1 to 99", r.Percent)
		}
	case r.Strategy == All:
		for _, key := range []string{"percent", "interval"} {
			if at(key).Valid() {
				d := c.keys[prefix+"."+key].Errorf(CodeValue, "%s means nothing for the strategy all, which moves all invocations at once", key)
				d.Hint = "leave it out, or set strategy: canary"
				c.add(d)
			}
		}
	}
	for i, alarm := range r.Alarms {
		c.alarm(fmt.Sprintf("%s.alarms.%d", prefix, i), withStage(alarm, "stage"), slices.Index(r.Alarms, alarm) < i)
	}
}

// alarm checks one entry of a rollout's list.
func (c checker) alarm(path, name string, again bool) {
	arn := strings.HasPrefix(name, "arn:") || strings.HasPrefix(name, "acs:")
	switch {
	case name == "" || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl):
		c.value(path, "found %q, expected the name of an alarm, or its ARN", name)
	case arn && strings.Count(name, ":") < 6:
		c.value(path, "found %q, expected an ARN such as arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors", name)
	case !arn && len(name) > maxAlarmName:
		c.value(path, "found the name of an alarm with %d bytes, expected at most %d", len(name), maxAlarmName)
	case again:
		c.value(path, "found the alarm %q a second time", name)
	}
}
