package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// configType is the type of a way to shift traffic.
const configType = "AWS::CodeDeploy::DeploymentConfig"

// CodeDeploy's limits.
const (
	maxAlarms = 10   // of a deployment group
	maxShift  = 2880 // minutes from the first shift to the last
)

// predefined are CodeDeploy's own ways to shift traffic, as SAM calls them.
func predefined() []string {
	return []string{
		"Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes",
		"Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes", "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes",
	}
}

// minutes is the interval of a rollout.
func minutes(r *spec.Rollout) int { return int(time.Duration(r.Interval) / time.Minute) }

// shift names how a gradual rollout shifts traffic, as CodeDeploy does.
func shift(r *spec.Rollout) string {
	unit := "Minutes"
	if minutes(r) == 1 {
		unit = "Minute"
	}
	if r.Strategy == spec.Linear {
		return fmt.Sprintf("Linear%dPercentEvery%d%s", r.Percent, minutes(r), unit)
	}
	return fmt.Sprintf("Canary%dPercent%d%s", r.Percent, minutes(r), unit)
}

// rollouts makes the preferences of the units that have a rollout, and the ways to shift that CodeDeploy has not itself: one for all
// units that shift alike. Traffic that moves at once needs no CodeDeploy, unless alarms can lead it back.
func (b *builder) rollouts() {
	b.preferences = map[*target.Unit]*DeploymentPreference{}
	own := map[string]string{}
	for _, u := range b.app.Units {
		r := u.Settings.Rollout
		if !r.Gradual() && (r == nil || len(r.Alarms) == 0) {
			continue
		}
		p := &DeploymentPreference{Type: "AllAtOnce"}
		for _, a := range r.Alarms {
			p.Alarms = append(p.Alarms, sub(strings.ReplaceAll(alarmName(a), "${", "${!")))
		}
		b.preferences[u] = p
		if !r.Gradual() {
			continue
		}
		way := shift(r)
		if p.Type = way; slices.Contains(predefined(), way) {
			continue
		}
		if own[way] == "" {
			own[way] = b.logical.take(way)
			b.template.Resources[own[way]] = &Resource{Type: configType, Properties: map[string]any{"ComputePlatform": "Lambda", "TrafficRoutingConfig": routing(r)}}
		}
		p.Type = ref(own[way])
	}
}

// routing is a gradual rollout in the words of CodeDeploy.
func routing(r *spec.Rollout) map[string]any {
	if r.Strategy == spec.Linear {
		return map[string]any{"Type": "TimeBasedLinear", "TimeBasedLinear": map[string]int{"LinearPercentage": r.Percent, "LinearInterval": minutes(r)}}
	}
	return map[string]any{"Type": "TimeBasedCanary", "TimeBasedCanary": map[string]int{"CanaryPercentage": r.Percent, "CanaryInterval": minutes(r)}}
}

// alarmName is the name of an alarm that may be given as an ARN.
func alarmName(alarm string) string {
	if parts := strings.SplitN(alarm, ":", 7); len(parts) == 7 && parts[0] == "arn" {
		return parts[6]
	}
	return alarm
}

// checkRollout reports what CodeDeploy does not take.
func checkRollout(r *target.Report, app *target.App, u *target.Unit) {
	out := u.Settings.Rollout
	if out == nil {
		return
	}
	if out.Gradual() {
		at := u.At("rollout.interval")
		steps := 1
		if out.Strategy == spec.Linear {
			steps = (100+out.Percent-1)/out.Percent - 1
		}
		switch n := minutes(out); {
		case out.Interval%annotations.Duration(time.Minute) != 0:
			r.Limit(at, "rollout.interval", out.Interval.String(), "whole minutes")
		case n*steps > maxShift:
			r.Limit(at, "rollout.interval", fmt.Sprintf("%s, %d minutes until all traffic has moved", out.Interval, n*steps), fmt.Sprintf("%d minutes at most", maxShift))
		}
	}
	if n := len(out.Alarms); n > maxAlarms {
		r.Limit(u.At("rollout.alarms"), "rollout.alarms", fmt.Sprint(n), fmt.Sprintf("%d at most", maxAlarms))
	}
	for i, a := range out.Alarms {
		key := fmt.Sprintf("rollout.alarms.%d", i)
		parts := strings.SplitN(a, ":", 7)
		switch {
		case len(parts) < 7 && !strings.HasPrefix(a, "acs:"):
			continue
		case parts[0] != "arn" || parts[2] != "cloudwatch" || parts[5] != "alarm":
			r.Limit(u.At(key), key, fmt.Sprintf("%q", a), "the name of a CloudWatch alarm, or its ARN")
		case app.Spec.Provider.Region != "" && parts[3] != app.Spec.Provider.Region:
			r.Limit(u.At(key), key, "an alarm in "+parts[3], "alarms in the region of the function, "+app.Spec.Provider.Region)
		}
	}
}

var _ target.Mover = cloud{}

// Moves leads the alias back to a version that an earlier deployment made: SAM keeps them all. Nothing ends a rollout but CodeDeploy.
func (cloud) Moves(app *target.App, u *target.Unit, _ string) []target.Move {
	if u.Settings.Rollout == nil {
		return nil
	}
	function, region := " --function-name "+app.FunctionName(u), ""
	if r := app.Spec.Provider.Region; r != "" {
		region = " --region " + r
	}
	return []target.Move{{
		Back: true,
		Line: "aws lambda update-alias" + function + " --name " + strings.TrimPrefix(aliasOf(app, u), ":") + " --function-version VERSION --routing-config AdditionalVersionWeights={}" + region,
		Look: "aws lambda list-versions-by-function" + function + region,
	}}
}
