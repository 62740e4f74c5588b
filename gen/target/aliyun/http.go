package aliyun

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryHTTP() target.Carried[Trigger] {
	return target.Carried[Trigger]{Mechanism: map[string]string{kind.FeatureHTTP: "http trigger", target.FeatureNoDomains: "fcapp.run", kind.FeatureHTTPHost: "router of the unit", target.FeatureMixed: "one function", target.FeatureUpload: "while it arrives"}}
}

func carryAPIGW() target.Carried[Trigger] {
	return target.Carry[annotations.APIGW, Trigger]{
		Codec: "HTTP", Mechanism: map[string]string{kind.FeatureAPIGW: "http trigger"},
		Check: func(r *target.Report, _ *target.App, u *target.Unit, t target.Trigger, _ *annotations.APIGW) {
			r.Loss(u, kind.FeatureAPIGW, t.At(""), "trigger apigw of %s: s.yaml has no API gateway; the function answers at its own URL, which a gateway can lead to", u.Name)
		},
	}.Carried()
}

// httpTrigger is the trigger for all of a unit's routes. Its requests come as they are, but a gateway may also send them as events.
func httpTrigger(app *target.App, u *target.Unit) Trigger {
	http := &HTTPTrigger{AuthType: "anonymous", Methods: []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}}
	front := app.Ingress(u)
	if front.IAM {
		http.AuthType = "function"
	}
	if front.Internal {
		http.DisableURLInternet = &front.Internal
	}
	return Trigger{TriggerType: "http", TriggerConfig: http}
}
