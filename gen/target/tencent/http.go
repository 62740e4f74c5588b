package tencent

import (
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// The routes of a unit are one function URL together.

func carryHTTP() target.Carried[Event] {
	return target.Carried[Event]{
		Codec:     "HTTP",
		Mechanism: map[string]string{kind.FeatureHTTP: "function URL", target.FeatureNoDomains: "function URL", kind.FeatureHTTPHost: "router of the unit", target.FeatureMixed: "requests as events", target.FeatureUpload: "web function"},
	}
}

func carryAPIGW() target.Carried[Event] {
	return target.Carry[annotations.APIGW, Event]{
		Codec: "HTTP", Mechanism: map[string]string{kind.FeatureAPIGW: "function URL"},
		Check: func(r *target.Report, _ *target.App, u *target.Unit, t target.Trigger, _ *annotations.APIGW) {
			r.Loss(u, kind.FeatureAPIGW, t.At(""), "trigger apigw of %s: tencent has no API gateway any more; the function answers at its own URL", u.Name)
		},
	}.Carried()
}

// web reports whether the unit can be a web function: it takes http requests and nothing else.
func web(u *target.Unit) bool {
	all := 0
	for _, f := range u.Functions {
		all += len(f.Triggers)
	}
	return all > 0 && !u.Raw() && len(u.Routes()) == all
}

// checkHTTP reports what a unit loses that takes requests.
func checkHTTP(r *target.Report, app *target.App, u *target.Unit) {
	r.OneIngress(u)
	if front := app.Ingress(u); front.Differ && front.IAM {
		r.Loss(u, "http.cors", u.At("http.cors"), "http.cors of %s: its functions differ, so that the framework answers pages, and the vendor lets no preflight through that is not signed", u.Name).
			Hint = "say http.cors in the group"
	}
	if routes := u.Routes(); len(routes) > 0 && !web(u) {
		d := r.Loss(u, target.FeatureMixed, routes[0].At(""), "unit %s takes http and other events: requests reach it as JSON, so that binary bodies and repeated headers may not get through", u.Name)
		d.Hint = apart(u)
		for _, t := range u.Uploads() {
			d := r.Loss(u, target.FeatureUpload, t.At(""), "web.Upload of %s: it takes http and other events, so that requests arrive whole and the file is read from memory", u.Name)
			d.Hint = apart(u)
		}
		if u.Streams() {
			d := r.Loss(u, "http.streaming", u.At("http.streaming"), "http.streaming of %s: it takes http and other events, so that responses are sent when they are whole", u.Name)
			d.Hint = apart(u)
		}
	}
	if u.Settings.Timeout > annotations.Duration(maxTimeout*time.Second) && len(u.Routes()) > 0 {
		r.Loss(u, target.SettingTimeout, u.At(target.SettingTimeout), "timeout %s: tencent ends http requests after 15m", u.Settings.Timeout)
	}
}

// apart says how requests get a unit of their own.
func apart(u *target.Unit) string {
	if len(u.Functions) > 1 && u.Mixed == mixedEvent {
		return "mixed: split, which is the default of groups, makes two units"
	}
	return "give the http trigger a function of its own"
}

// functionURL is the trigger for all of a unit's routes.
func functionURL(app *target.App, u *target.Unit) Event {
	url := HTTPParameters{Name: "url", Qualifier: "$DEFAULT", AuthType: "NONE", NetConfig: NetConfig{EnableExtranet: true}}
	front := app.Ingress(u)
	if front.IAM {
		url.AuthType = "CAM"
	}
	if front.Internal {
		url.NetConfig = NetConfig{EnableIntranet: true}
	}
	url.CorsConfig = cors(front.CORS)
	return Event{HTTP: &HTTP{url}}
}

func cors(c *spec.CORS) *CORS {
	if c == nil {
		return nil
	}
	methods := c.Methods
	if len(methods) == 0 {
		methods = spec.AllMethods()
	}
	return &CORS{
		Enable: true, Origins: c.Origins, Methods: methods, Headers: c.Headers, ExposeHeaders: c.ExposeHeaders,
		Credentials: c.Credentials != nil && *c.Credentials, MaxAge: c.MaxAge.WholeSeconds(),
	}
}
