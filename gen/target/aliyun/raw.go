package aliyun

import (
	"github.com/faasgen/faasgen/gen/target"
)

func carryRaw() target.Carried[Trigger] {
	return target.Carried[Trigger]{Codec: "Raw", Mechanism: map[string]string{"trigger raw": "InvokeFunction"}}
}
