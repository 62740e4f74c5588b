package aliyun

import (
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

// path is one path of a domain and the unit that it leads to.
type path struct {
	text    string
	unit    *target.Unit
	trigger target.Trigger
	// wide says that the path takes more than the route does: /books/* for /books/{id}.
	wide bool
}

// paths says the http triggers of all units in the language of domains, where a path is taken as it is or, with * at its
// end, as the start of paths; the longest one wins. Two units that need the same path are reported.
func paths(r *target.Report, app *target.App) []path {
	var all []path
	add := func(p path) {
		for i, other := range all {
			switch {
			case other.text != p.text:
				continue
			case other.unit != p.unit:
				d := r.Unsupported(p.trigger.At("path"), "a domain for "+p.unit.Name, "a domain has one function for "+p.text+", and "+other.unit.Name+" needs it too")
				d.Hint = "let one function have all routes there, or one group"
			}
			all[i].wide = other.wide && p.wide
			return
		}
		all = append(all, p)
	}
	for _, u := range app.Units {
		for _, t := range ownRoutes(u) {
			pattern, err := web.ParsePattern("ANY", annotations.HTTPOf(t.Marker).Path)
			if err != nil {
				continue // reported where it was written
			}
			for _, p := range domainPaths(pattern.Pattern) {
				p.unit, p.trigger = u, t
				add(p)
			}
		}
	}
	slices.SortFunc(all, func(a, b path) int { return strings.Compare(a.text, b.text) })
	for _, p := range all {
		i := slices.IndexFunc(all, func(other path) bool {
			return other.unit != p.unit && strings.HasSuffix(other.text, "*") && other.text != p.text && strings.HasPrefix(p.text, strings.TrimSuffix(other.text, "*"))
		})
		if p.wide && i >= 0 {
			r.Loss(p.unit, target.FeatureDomains, p.trigger.At("path"), "behind a domain all below %s leads to %s, also what its routes do not take and those of %s would", p.text, p.unit.Name, all[i].unit.Name)
		}
	}
	return all
}

// ownRoutes are the routes that domains lead to the unit for: those of a guest belong to another unit.
func ownRoutes(u *target.Unit) []target.Trigger {
	own := *u
	own.Functions = slices.DeleteFunc(slices.Clone(u.Functions), func(f *target.Function) bool { return f.Guest })
	return own.Routes()
}

// domainPaths says one pattern.
func domainPaths(pattern string) []path {
	if literal, ok := strings.CutSuffix(pattern, "{$}"); ok && !strings.Contains(literal, "{") {
		return []path{{text: literal}}
	}
	at := strings.IndexByte(pattern, '{')
	switch {
	case at < 0 && strings.HasSuffix(pattern, "/"):
		return []path{{text: pattern + "*"}}
	case at < 0:
		return []path{{text: pattern}}
	}
	rest := strings.HasSuffix(pattern, "...}") && strings.Count(pattern, "{") == 1
	return []path{{text: pattern[:at] + "*", wide: !rest}}
}

func checkDomains(r *target.Report, app *target.App) {
	if len(app.Spec.Domains) == 0 {
		var first *target.Unit // or the first that is strict, for which it is an error
		for _, u := range app.Units {
			if len(u.Routes()) > 0 && (first == nil || u.Strict() && !first.Strict()) {
				first = u
			}
		}
		if first != nil {
			r.Known(first, target.FeatureNoDomains, first.Routes()[0].At(""), "behind the vendor's own domain a browser saves responses as files; pages need domains")
		}
	}
	checked := false
	r.Domains(app, func(name string, d *spec.Domain, at func(string) spec.Place) {
		if strings.Contains(d.Certificate, ":") {
			r.Limit(at("certificate"), "certificate", "\""+d.Certificate+"\"", "the id of a certificate at the certificate service").
				Hint = "files are set with x-aliyun: {certConfig: {certName: …, certificate: …, privateKey: …}}"
		}
		if !checked {
			paths(r, app)
		}
		checked = true
	})
}

// withDomains adds the domains behind the functions: the vendor's tool deploys from the top to the bottom.
func withDomains(resources *yaml.Node, app *target.App) *yaml.Node {
	routes := RouteConfig{}
	for _, p := range paths(&target.Report{}, app) {
		routes.Routes = append(routes.Routes, PathConfig{Path: p.text, FunctionName: app.FunctionName(p.unit), Qualifier: "LATEST"})
	}
	for _, name := range slices.Sorted(maps.Keys(app.Spec.Domains)) {
		d := app.Spec.Domains[name]
		props := DomainProps{Region: app.Spec.Provider.Region, DomainName: name, Protocol: "HTTP", RouteConfig: routes}
		if d.Certificate != "" {
			props.Protocol, props.CertConfig = "HTTP,HTTPS", &CertConfig{CertId: d.Certificate}
		}
		node := target.Node(DomainResource{Component: "fc3-domain", Props: props})
		target.Replace(node, func(n *yaml.Node) *yaml.Node { return target.Extend(n, Name, d.Extension) }, "props")
		key := &yaml.Node{Kind: yaml.ScalarNode, Value: domainKey(name)}
		resources.Content = append(resources.Content, key, node)
	}
	return resources
}

// domainKey is the name of a domain among the resources.
func domainKey(name string) string {
	return "domain_" + strings.NewReplacer(".", "_", "*", "any").Replace(name)
}
