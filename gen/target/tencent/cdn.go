package tencent

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryCDN() target.Carried[Event] {
	return target.Carry[annotations.CDN, Event]{Never: true, Check: func(r *target.Report, _ *target.App, _ *target.Unit, t target.Trigger, _ *annotations.CDN) {
		r.Unsupported(t.At(""), kind.FeatureCDN, "the CDN calls no function for what happens to a domain")
	}}.Carried()
}
