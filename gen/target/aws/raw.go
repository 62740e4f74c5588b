package aws

import (
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryRaw() target.Carried[sourceEvent] {
	return target.Carried[sourceEvent]{Codec: "Raw", Mechanism: map[string]string{kind.FeatureRaw: "Invoke"}}
}
