package faastest

import (
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aliyun"
)

// clouds are those that have a value, by name.
func clouds() map[string]sim.Cloud {
	all := map[string]sim.Cloud{}
	for _, c := range []sim.Cloud{aliyun.Cloud()} {
		all[c.Name] = c
	}
	return all
}
