package tencent

import (
	"strings"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// traffic is the share of the invocations that a new version gets, nil without a rollout. The component moves $DEFAULT between
// $LATEST, which is what was deployed, and the version that was published last; as long as none was published it does nothing.
func traffic(r *spec.Rollout) *float64 {
	if r == nil {
		return nil
	}
	share := 1.0
	if r.Gradual() {
		share = float64(r.Percent) / 100
	}
	return &share
}

// checkRollout says what the component has no words for: it moves traffic when it deploys, and at no other time.
func checkRollout(r *target.Report, u *target.Unit) {
	out := u.Settings.Rollout
	if out == nil {
		return
	}
	if out.Gradual() {
		more := "the rest moves"
		if out.Strategy == spec.Linear {
			more = "more moves"
		}
		r.Loss(u, target.SettingRollout, u.At("rollout.interval"), "rollout.interval %s: tencent leaves the share at %d %%; %s with a command, which deploy prints", out.Interval, out.Percent, more)
	}
	if len(out.Alarms) > 0 {
		r.Loss(u, target.SettingRollout, u.At("rollout.alarms"), "rollout.alarms %s: tencent stops no rollout at an alarm", strings.Join(out.Alarms, ", "))
	}
}

var _ target.Mover = cloud{}

// Moves end a rollout: what was deployed becomes a version, which gets everything and is what the next rollout starts from; or they
// lead back to the version that was published last.
func (cloud) Moves(_ *target.App, u *target.Unit, tool string) []target.Move {
	if u.Settings.Rollout == nil {
		return nil
	}
	return []target.Move{
		{Dir: u.Name, Line: tool + " deploy --inputs publish=true traffic=0"},
		{Back: true, Dir: u.Name, Line: tool + " deploy --inputs traffic=0"},
	}
}
