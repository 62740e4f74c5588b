package cli

import (
	"slices"

	"github.com/faasgen/faasgen/framework/platform/sim"
	simaliyun "github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	simaws "github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/platform/sim/local"
	simtencent "github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aliyun"
	"github.com/faasgen/faasgen/gen/target/aws"
	"github.com/faasgen/faasgen/gen/target/tencent"
)

// builtIn are the clouds that are known without an option.
func builtIn() []Option {
	return []Option{Cloud(tencent.New(), simtencent.Cloud()), Cloud(aliyun.New(), simaliyun.Cloud()), Cloud(aws.New(), simaws.Cloud())}
}

// Cloud adds a cloud to all commands, or replaces the one of the same name: its target is what deploys to it, and the other half what
// invoke knows of its events and its runtime. A half that has the name of another cloud is an error of every command.
func Cloud(deploys target.Target, runs sim.Cloud) Option {
	return option(func(t *tool) {
		if deploys.Name() != runs.Name {
			t.wrong = usage("cloud %s: its target is called %s, expected one name", quote(runs.Name), quote(deploys.Name()))
			return
		}
		t.targets = append(slices.DeleteFunc(t.targets, func(known target.Target) bool { return known.Name() == runs.Name }), deploys)
		t.clouds = append(slices.DeleteFunc(t.clouds, func(known sim.Cloud) bool { return known.Name == runs.Name }), runs)
	})
}

// cloud finds a cloud by the name of its target; without a name it is this machine.
func (t *tool) cloud(name string) sim.Cloud {
	if i := slices.IndexFunc(t.clouds, func(c sim.Cloud) bool { return c.Name == name }); i >= 0 {
		return t.clouds[i]
	}
	return local.Cloud()
}

// entry is how a unit starts, as its simulator has to know it.
func entry(tg target.Target, app *target.App, unit *target.Unit) sim.Entry {
	e := tg.Entry(unit)
	out := sim.Entry{Command: e.Command, Ingress: e.Ingress, Streaming: e.Streaming}
	if r, ok := tg.(target.Router); ok {
		out.Routes = r.Routes(app)
	}
	return out
}
