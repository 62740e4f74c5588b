package aws

import (
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// streamingCodec is the codec of http for a function URL that streams.
const streamingCodec = "HTTPStream"

// Routes are events of the one HTTP API of the application; see routes.go.

func carryHTTP() target.Carried[sourceEvent] {
	return target.Carried[sourceEvent]{Codec: "HTTP", Mechanism: map[string]string{kind.FeatureHTTP: "HTTP API", target.FeatureNoDomains: "API endpoint", kind.FeatureHTTPHost: "router of the unit", target.FeatureMixed: "one function"}}
}

func carryAPIGW() target.Carried[sourceEvent] {
	return target.Carried[sourceEvent]{Codec: "HTTP", Mechanism: map[string]string{kind.FeatureAPIGW: "HTTP API"}}
}

func checkHTTP(r *target.Report, u *target.Unit) {
	triggers := u.Routes()
	if len(triggers) == 0 {
		return
	}
	r.Origins(u)
	if h := u.Settings.HTTP; h != nil && h.Internal != nil && *h.Internal {
		r.Unsupported(u.At(target.SettingHTTPInternal), target.SettingHTTPInternal, "an HTTP API is open to the internet; set http.auth, or a private REST API with x-aws")
	}
	if !u.Streams() && u.Settings.Timeout > annotations.Duration(30*time.Second) {
		r.Loss(u, target.SettingTimeout, u.At(target.SettingTimeout), "timeout %s: aws ends http requests after 30s", u.Settings.Timeout)
	}
}
