package aws

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryCDN() target.Carried[sourceEvent] {
	return target.Carry[annotations.CDN, sourceEvent]{Never: true, Check: func(r *target.Report, _ *target.App, _ *target.Unit, t target.Trigger, _ *annotations.CDN) {
		r.Unsupported(t.At(""), kind.FeatureCDN, "CloudFront calls no function for what happens to a distribution")
	}}.Carried()
}
