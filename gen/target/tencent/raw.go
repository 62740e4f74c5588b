package tencent

import (
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryRaw() target.Carried[Event] {
	return target.Carried[Event]{Codec: "Raw", Mechanism: map[string]string{kind.FeatureRaw: "Invoke"}}
}
