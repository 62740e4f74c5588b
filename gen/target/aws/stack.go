package aws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

const (
	// maxResources is how many CloudFormation takes in a stack, of those that SAM makes of the template.
	maxResources = 500
	// maxPolicy is how many bytes the policy of a function, or of its alias, may have.
	maxPolicy = 20480
)

// checkStack reports what the template of an application comes to that CloudFormation, API Gateway or Lambda does not take. It
// looks at the template with all x-aws keys, as it is deployed.
func checkStack(r *target.Report, app *target.App) {
	t, err := parse(document(app))
	if err != nil {
		return // Deploy says it
	}
	all := t.expand()
	place := app.Spec.Places["functions"].Or(app.Spec.Places["service"]).Or(spec.Place{Pos: firstUnit(app).Pos})
	if len(all) > maxResources {
		r.Limit(place, "the stack", fmt.Sprintf("%d resources of CloudFormation (%s)", len(all), most(all)), fmt.Sprintf("%d at most", maxResources)).
			Hint = "group functions, with aggregation in f.yml: a unit of several has the resources of one"
	}
	if n := t.integrations(); n > maxIntegrations {
		r.Limit(place, "the HTTP API", fmt.Sprintf("%d integrations, one for each unit with routes and one for each route with an integration of its own", n), fmt.Sprintf("%d at most", maxIntegrations)).
			Hint = "group functions, with aggregation in f.yml"
	}
	units := map[string]*target.Unit{}
	for _, u := range app.Units {
		units[app.FunctionName(u)] = u
	}
	sizes := t.policies(all, app)
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		u := units[name]
		if size := sizes[name]; u != nil && size.bytes > maxPolicy {
			d := r.Limit(u.At(""), "the policy of "+u.Name, fmt.Sprintf("about %d bytes for %d permissions", size.bytes, size.statements), fmt.Sprintf("%d bytes at most", maxPolicy))
			if d.Hint = "let other functions have some of the triggers: each bucket, topic, log group and rule needs a permission"; len(u.Functions) > 1 {
				d.Hint = "split the group: each bucket, topic, log group and rule needs a permission"
			}
		}
	}
}

func firstUnit(app *target.App) *target.Unit {
	if len(app.Units) == 0 {
		return &target.Unit{}
	}
	return app.Units[0]
}

// most names the types that there are most of.
func most(all []expanded) string {
	count := map[string]int{}
	for _, r := range all {
		count[r.typ]++
	}
	types := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b))
	})
	var words []string
	for _, typ := range types[:min(3, len(types))] {
		words = append(words, fmt.Sprintf("%d %s", count[typ], typ))
	}
	return strings.Join(words, ", ")
}

// integrations is how many the definitions of all HTTP APIs have.
func (t *parsed) integrations() int {
	n := 0
	for _, r := range t.Resources {
		definition, _ := r.Properties["DefinitionBody"].(map[string]any)
		components, _ := definition["components"].(map[string]any)
		shared, _ := components["x-amazon-apigateway-integrations"].(map[string]any)
		n += len(shared)
		paths, _ := definition["paths"].(map[string]any)
		for _, path := range paths {
			operations, _ := path.(map[string]any)
			for _, o := range operations {
				operation, _ := o.(map[string]any)
				if integration, ok := operation[integrationKey].(map[string]any); ok && integration["$ref"] == nil {
					n++
				}
			}
		}
	}
	return n
}

// policySize is how large the policy of a function is.
type policySize struct{ bytes, statements int }

// policies are the sizes of the policies of functions, by deployed name. They are estimates: what is only known when a stack is
// deployed has its usual length, so that the true size is a few bytes for each further permission.
func (t *parsed) policies(all []expanded, app *target.App) map[string]policySize {
	text := func(v any) string { return t.text(v, app) }
	stack := app.DeploymentName()
	sizes := map[string]policySize{}
	for _, r := range all {
		if r.typ != permissionType {
			continue
		}
		function := text(r.properties["FunctionName"])
		condition := ""
		if v := r.properties["SourceAccount"]; v != nil {
			condition = `"StringEquals":{"AWS:SourceAccount":"` + text(v) + `"},`
		}
		if v := r.properties["SourceArn"]; v != nil {
			condition += `"ArnLike":{"AWS:SourceArn":"` + text(v) + `"},`
		}
		statement := `{"Sid":"` + stack + "-" + r.id + `-123456789012","Effect":"Allow","Principal":{"Service":"` + text(r.properties["Principal"]) +
			`"},"Action":"` + text(r.properties["Action"]) + `","Resource":"` + text(map[string]any{"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"}) +
			function + `","Condition":{` + strings.TrimSuffix(condition, ",") + `}},`
		name, _, _ := strings.Cut(function, ":")
		size := sizes[name]
		if size.bytes == 0 {
			size.bytes = len(`{"Version":"2012-10-17","Id":"default","Statement":[]}`) - len(",")
		}
		sizes[name] = policySize{size.bytes + len(statement), size.statements + 1}
	}
	return sizes
}

// text is about what a value is when it is deployed.
func (t *parsed) text(v any, app *target.App) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]string:
		for key, value := range v {
			return t.text(map[string]any{key: value}, app)
		}
	case map[string]any:
		if name, ok := v["Ref"].(string); ok {
			return t.physical(name, app)
		}
		if list, ok := v["Fn::GetAtt"].([]any); ok && len(list) > 0 {
			id := fmt.Sprint(list[0])
			return "arn:aws:events:" + region(app) + ":123456789012:rule/" + app.Spec.Service + "-" + id + "-ABCDEFGHIJKL"
		}
		if template, ok := v["Fn::Sub"].(string); ok {
			return substitution.ReplaceAllStringFunc(template, func(name string) string { return t.physical(name[2:len(name)-1], app) })
		}
		if list, ok := v["Fn::Join"].([]any); ok && len(list) == 2 {
			parts, _ := list[1].([]any)
			var b strings.Builder
			for _, part := range parts {
				b.WriteString(t.text(part, app))
			}
			return b.String()
		}
	}
	return ""
}

// physical is about what Ref gives of a logical name.
func (t *parsed) physical(name string, app *target.App) string {
	switch name {
	case "AWS::Partition":
		return "aws"
	case "AWS::Region":
		return region(app)
	case "AWS::AccountId":
		return "123456789012"
	case apiID:
		return "abcdefghij"
	}
	id, alias := t.aliased(name)
	r, ok := t.Resources[id]
	if !ok {
		return name
	}
	if topic := r.Properties["TopicName"]; topic != nil {
		return "arn:aws:sns:" + region(app) + ":123456789012:" + fmt.Sprint(topic)
	}
	physical := fmt.Sprint(cmp.Or(r.Properties["FunctionName"], r.Properties["LogGroupName"], r.Properties["BucketName"], any(id)))
	if alias {
		physical += ":live"
	}
	return physical
}

// aliased is the function whose alias a logical name is: X.Alias in templates, XAliaslive as SAM makes it.
func (t *parsed) aliased(name string) (id string, alias bool) {
	if _, ok := t.Resources[name]; ok {
		return name, false
	}
	if at := strings.LastIndex(name, "Alias"); at > 0 {
		return strings.TrimSuffix(name[:at], "."), true
	}
	return name, false
}

func region(app *target.App) string { return cmp.Or(app.Spec.Provider.Region, "ap-southeast-2") }
