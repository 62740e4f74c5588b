package aws

import (
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// streamingCodec is the codec of http for a function URL that streams.
const streamingCodec = "HTTPStream"

// Routes are operations of the definition of the one HTTP API of the application; see routes.go and openapi.go.

func carryHTTP() target.Carried[sourceEvent] {
	return target.Carried[sourceEvent]{Codec: "HTTP", Mechanism: map[string]string{kind.FeatureHTTP: "HTTP API", target.FeatureNoDomains: "API endpoint", kind.FeatureHTTPHost: "router of the unit", target.FeatureMixed: "one function", target.FeatureUpload: "from memory"}}
}

func carryAPIGW() target.Carried[sourceEvent] {
	return target.Carried[sourceEvent]{Codec: "HTTP", Mechanism: map[string]string{kind.FeatureAPIGW: "HTTP API"}}
}

func checkHTTP(r *target.Report, u *target.Unit) {
	r.Origins(u)
	for _, t := range u.Uploads() {
		r.Known(u, target.FeatureUpload, t.At(""), "web.Upload of %s: requests arrive whole, of 6 MB at most, so that the file is read from memory", u.Name)
	}
	for _, f := range u.Functions {
		triggers := requests(f)
		if len(triggers) == 0 {
			continue
		}
		if internal := httpOf(f).Internal; internal != nil && *internal {
			r.Unsupported(placeOf(u, f, target.SettingHTTPInternal), target.SettingHTTPInternal, "an HTTP API is open to the internet; set http.auth, or a private REST API with x-aws")
		}
		if u.Streams() {
			continue
		}
		if f.Settings.Timeout > annotations.Duration(30*time.Second) && !f.Guest {
			r.Loss(u, target.SettingTimeout, placeOf(u, f, target.SettingTimeout), "timeout %s: aws ends http requests after 30s", f.Settings.Timeout)
		}
		for _, t := range triggers {
			checkOperation(r, t)
		}
	}
	checkURL(r, u)
}
