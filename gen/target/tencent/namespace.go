package tencent

import (
	"fmt"
	"maps"
	"slices"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

// namespace is that of the unit: x-tencent may say another than the provider has.
func namespace(app *target.App, u *target.Unit) string {
	name := app.Spec.Provider.Namespace
	for _, e := range []spec.Extension{app.Spec.Provider.Extension, u.Extension} {
		n := e[Name]
		if n == nil || n.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "namespace" && n.Content[i+1].Kind == yaml.ScalarNode {
				name = n.Content[i+1].Value
			}
		}
	}
	if name == "" {
		return "default"
	}
	return name
}

// checkNamespaces reports a namespace that cannot be, and more units than the vendor lets into one.
func checkNamespaces(r *target.Report, app *target.App) {
	r.About(target.FeatureNamespace)
	defer r.About("")
	at := app.Spec.Places["provider.namespace"]
	if name := app.Spec.Provider.Namespace; name != "" && !namespaceForm.MatchString(name) {
		r.Limit(at, "provider.namespace", fmt.Sprintf("%q", name), "letters, digits, dashes and underscores, a letter first")
	}
	count := map[string]int{}
	for _, u := range app.Units {
		count[namespace(app, u)]++
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		if count[name] <= maxFunctions {
			continue
		}
		d := r.Limit(at.Or(app.Spec.Places["service"]), "functions", fmt.Sprintf("%d units in namespace %s", count[name], name), fmt.Sprintf("%d in one", maxFunctions))
		d.Hint = "group functions, as in aggregation: {admin: {routes: [\"/admin/*\"]}}; or use more namespaces: provider.namespace is that of all, and functions.<name>.x-tencent: {namespace: …} that of one"
	}
}
