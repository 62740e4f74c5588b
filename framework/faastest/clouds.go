package faastest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	"github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/platform/sim/local"
	"github.com/faasgen/faasgen/framework/platform/sim/tencent"
)

// The clouds that [Payload] and [App.Deliver] know, by the words of --target, and this machine.
const (
	AWS     = "aws"
	Tencent = "tencent"
	Aliyun  = "aliyun"
	Local   = "local"
)

// known are the clouds that are known without an option.
func known() clouds { return clouds{aws.Cloud(), tencent.Cloud(), aliyun.Cloud(), local.Cloud()} }

// Cloud adds a cloud, such as a company's own, to those that [App.Payload], [App.Deliver] and [App.Response] know, or replaces the
// one of the same name.
func Cloud(c sim.Cloud) Option {
	return option(func(s *settings) error {
		if c.Name == "" {
			return fmt.Errorf("found a cloud without a name")
		}
		s.clouds = append(slices.DeleteFunc(s.clouds, func(k sim.Cloud) bool { return k.Name == c.Name }), c)
		return nil
	})
}

// clouds are some clouds, in an order that messages show.
type clouds []sim.Cloud

// of finds a cloud by its name.
func (all clouds) of(name string) (*sim.Cloud, error) {
	names := make([]string, len(all))
	for i := range all {
		if names[i] = all[i].Name; names[i] == name {
			return &all[i], nil
		}
	}
	last := len(names) - 1
	return nil, fmt.Errorf("no platform %q; there are %s and %s", name, strings.Join(names[:last], ", "), names[last])
}
