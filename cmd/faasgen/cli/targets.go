package cli

import (
	"github.com/faasgen/faasgen/framework/platform"
	platformaws "github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/sim"
	simaliyun "github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	simaws "github.com/faasgen/faasgen/framework/platform/sim/aws"
	simtencent "github.com/faasgen/faasgen/framework/platform/sim/tencent"
	platformtencent "github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aliyun"
	"github.com/faasgen/faasgen/gen/target/aws"
	"github.com/faasgen/faasgen/gen/target/tencent"
)

// targets are the clouds that are known without an option.
func targets() []target.Target {
	return []target.Target{tencent.New(), aliyun.New(), aws.New()}
}

// simulators are those of the known clouds, each with the http front that the deployment file asks for.
func simulators() map[string]simulator {
	return map[string]simulator{
		"aliyun": func(e target.Entry, _ *target.App) sim.Runtime {
			return simaliyun.Cloud().Runtime(sim.Entry{Command: e.Command})
		},
		"aws": func(e target.Entry, app *target.App) sim.Runtime {
			if aws.Streams(e) {
				return simaws.New(simaws.Options{Front: "url", Streaming: true})
			}
			return simaws.New(simaws.Options{Front: "apigw-v2", Routes: aws.RouteKeys(app)})
		},
		"tencent": func(e target.Entry, _ *target.App) sim.Runtime {
			if e.Command == "scf_bootstrap" {
				return simtencent.NewWeb()
			}
			return simtencent.NewCustom()
		},
	}
}

// simulator makes the runtime for a unit of app that starts as entry says.
type simulator func(entry target.Entry, app *target.App) sim.Runtime

// cloud is what is known of the events of a cloud; of a company's own, nothing is.
type cloud struct {
	// write writes the events of a trigger as the cloud sends them, looks says what a payload is that it may have sent.
	write func(sim.Events) ([]byte, error)
	looks func(*platform.Payload) string
	// sample changes a made-up event as the cloud would have it.
	sample func(sim.Events) any
}

func clouds() map[string]cloud {
	return map[string]cloud{
		"aliyun":  {simaliyun.Payload, simaliyun.Cloud().Looks, simaliyun.Cloud().Sample},
		"aws":     {simaws.Payload, platformaws.Looks, simaws.Sample},
		"tencent": {simtencent.Payload, platformtencent.Looks, nil},
	}
}
