package aliyun

import (
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryRaw() target.Carried[Trigger] {
	return target.Carried[Trigger]{Codec: "Raw", Mechanism: map[string]string{kind.FeatureRaw: "InvokeFunction"}}
}
