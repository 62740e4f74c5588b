package aws

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

// checkAPI reports what the one HTTP API of an application cannot have: CORS of each function's own, and more than one
// domain.
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
	var units []*target.Unit
	for _, u := range app.Units {
		if u.Streams() && first != "" {
			r.Loss(u, target.FeatureDomains, u.At(target.SettingHTTPStreaming), "http.streaming of %s: it answers at a URL of its own, which the domain does not lead to", u.Name)
		}
		if len(u.Routes()) > 0 && !u.Streams() {
			units = append(units, u)
		}
	}
	for _, u := range units {
		if one := units[0]; !reflect.DeepEqual(corsOf(one), corsOf(u)) {
			at, other := u, one
			if corsOf(u) == nil {
				at, other = one, u
			}
			r.Unsupported(at.At("http.cors"), "http.cors of "+at.Name, fmt.Sprintf("%s, which says otherwise, is behind the same HTTP API", other.Name)).
				Hint = "set it once, in provider"
			return
		}
	}
}

func corsOf(u *target.Unit) *spec.CORS {
	if u.Settings.HTTP == nil {
		return nil
	}
	return u.Settings.HTTP.CORS
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
	url := &FunctionURL{AuthType: "NONE", InvokeMode: "RESPONSE_STREAM", Cors: cors(corsOf(u))}
	if h := u.Settings.HTTP; h.Auth == "iam" {
		url.AuthType = "AWS_IAM"
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
func httpAPI(app *target.App, routes []route) *HTTPAPI {
	name := app.Spec.Service
	if app.Stage != "" {
		name += "-" + app.Stage
	}
	api := &HTTPAPI{Type: "AWS::Serverless::HttpApi", Properties: HTTPAPIProperties{Name: name, StageName: "$default"}}
	if slices.ContainsFunc(routes, func(r route) bool { return r.auth != nil }) {
		api.Properties.Auth = &HTTPAPIAuth{EnableIamAuthorizer: true}
	}
	if api.Properties.CorsConfiguration = cors(corsOf(routes[0].unit)); api.Properties.CorsConfiguration != nil && len(corsOf(routes[0].unit).Methods) == 0 {
		api.Properties.CorsConfiguration.AllowMethods = spec.AllMethods()
	}
	for name, d := range app.Spec.Domains {
		api.Properties.Domain = &Domain{DomainName: name, CertificateArn: d.Certificate}
	}
	return api
}

// extendDomain merges what x-aws says of the domain.
func extendDomain(root *yaml.Node, app *target.App) {
	for _, name := range slices.Sorted(maps.Keys(app.Spec.Domains)) {
		target.Replace(root, func(n *yaml.Node) *yaml.Node { return target.Extend(n, Name, app.Spec.Domains[name].Extension) },
			"Resources", apiID, "Properties", "Domain")
	}
}
