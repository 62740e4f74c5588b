package aws

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// checkAPI reports what the one HTTP API of an application cannot have: more than one domain.
func checkAPI(r *target.Report, app *target.App) {
	first := ""
	r.Domains(app, func(name string, d *spec.Domain, at func(string) spec.Place) {
		switch {
		case first != "":
			r.Unsupported(at(""), "a second domain", "the HTTP API has "+first)
			return
		case d.Certificate == "":
			r.Missing(at(""), "certificate", "a domain answers https only")
		case !strings.HasPrefix(d.Certificate, "arn:"):
			r.Limit(at("certificate"), "certificate", fmt.Sprintf("%q", d.Certificate), "an ARN that starts with arn:")
		}
		first = name
	})
	for _, u := range app.Units {
		if u.Streams() && first != "" {
			r.Loss(u, target.FeatureDomains, u.At(target.SettingHTTPStreaming), "http.streaming of %s: it answers at a URL of its own, which the domain does not lead to", u.Name)
		}
	}
	if _, same := sharedCORS(app); !same {
		r.Mechanism(map[string]string{target.SettingHTTPCORS: "the framework"})
	}
}

// checkURL reports functions of a group that cannot be behind one function URL together.
func checkURL(r *target.Report, u *target.Unit) {
	if !u.Streams() {
		return
	}
	var first *target.Function
	for _, f := range u.Functions {
		if len(requests(f)) == 0 {
			continue
		}
		if first == nil {
			first = f
			continue
		}
		of := func(key string) string { return key + " of " + f.Name }
		switch other := first.Name; {
		case streams(first) != streams(f):
			streaming, plain := first, f
			if streams(f) {
				streaming, plain = f, first
			}
			r.Unsupported(placeOf(u, streaming, target.SettingHTTPStreaming), "http.streaming of "+streaming.Name, fmt.Sprintf("it moves all routes of the group %s to a function URL, also those of %s, which does not stream", u.Name, plain.Name)).
				Hint = "leave " + streaming.Name + " out of the group, or say http.streaming of the whole group"
		case httpOf(first).Auth != httpOf(f).Auth:
			r.Unsupported(placeOf(u, f, target.SettingHTTPAuth), of(target.SettingHTTPAuth), "the group "+u.Name+" streams, and "+other+", which says otherwise, is behind the same function URL").Hint = "leave " + f.Name + " out of the group"
		case !reflect.DeepEqual(httpOf(first).CORS, httpOf(f).CORS):
			r.Unsupported(placeOf(u, f, target.SettingHTTPCORS), of(target.SettingHTTPCORS), "the group "+u.Name+" streams, and "+other+", which says otherwise, is behind the same function URL").Hint = "leave " + f.Name + " out of the group"
		default:
			continue
		}
		return
	}
}

// cors says who may call, nil if nothing is set.
func cors(c *spec.CORS) *CORS {
	if c == nil {
		return nil
	}
	return &CORS{
		AllowOrigins: c.Origins, AllowMethods: c.Methods, AllowHeaders: c.Headers, ExposeHeaders: c.ExposeHeaders,
		AllowCredentials: c.Credentials != nil && *c.Credentials, MaxAge: annotations.Duration(c.MaxAge).WholeSeconds(),
	}
}

// functionURL is the URL of a unit that streams, as an HTTP API cannot. It answers OPTIONS by itself and has no word for it.
func functionURL(u *target.Unit) *FunctionURL {
	url := &FunctionURL{AuthType: "NONE", InvokeMode: "RESPONSE_STREAM"}
	for _, f := range u.Functions {
		if len(requests(f)) == 0 {
			continue
		}
		if url.Cors = cors(httpOf(f).CORS); httpOf(f).Auth == "iam" {
			url.AuthType = "AWS_IAM"
		}
		break // the others say the same
	}
	if c := url.Cors; c != nil {
		c.AllowMethods = slices.DeleteFunc(slices.Clone(c.AllowMethods), func(m string) bool { return m == "OPTIONS" })
		if len(c.AllowMethods) == 0 {
			c.AllowMethods = []string{"*"}
		}
	}
	return url
}

// httpAPI makes the API of the http triggers.
func httpAPI(app *target.App, definition *OpenAPI) *HTTPAPI {
	name := app.Spec.Service
	if app.Stage != "" {
		name += "-" + app.Stage
	}
	api := &HTTPAPI{Type: "AWS::Serverless::HttpApi", Properties: HTTPAPIProperties{Name: name, StageName: "$default", DefinitionBody: definition}}
	if c, same := sharedCORS(app); same && c != nil {
		api.Properties.CorsConfiguration = cors(c)
		if len(c.Methods) == 0 {
			api.Properties.CorsConfiguration.AllowMethods = spec.AllMethods()
		}
	}
	for name, d := range app.Spec.Domains {
		api.Properties.Domain = &Domain{DomainName: name, CertificateArn: d.Certificate}
	}
	return api
}
