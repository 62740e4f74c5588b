package aliyun

import (
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

// checkRollout says what s.yaml has no words for: s deploy replaces LATEST, which triggers and domains lead to. Weights of versions are
// those of an alias, which commands of s alone set, by the numbers of versions that exist when they run.
func checkRollout(r *target.Report, u *target.Unit) {
	out := u.Settings.Rollout
	if out == nil {
		return
	}
	if out.Gradual() {
		r.Loss(u, target.SettingRollout, u.At("rollout.strategy"), "rollout.strategy %s: aliyun moves all invocations to a new version at once; s.yaml has no weights of versions", out.Strategy)
	}
	if len(out.Alarms) > 0 {
		r.Loss(u, target.SettingRollout, u.At("rollout.alarms"), "rollout.alarms %s: aliyun stops no rollout at an alarm", strings.Join(out.Alarms, ", "))
	}
}
