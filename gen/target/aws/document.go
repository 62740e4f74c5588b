package aws

import (
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

// document is the template with all x-aws keys merged in: those of provider and the function into the function's
// properties, those of a route into the operation, those of another trigger into the properties of its events, those of
// f.yml itself into the whole.
func document(app *target.App) *yaml.Node {
	root := build(app, nil)
	if aliases := aliases(root); len(aliases) > 0 {
		root = build(app, aliases) // what calls these functions calls their aliases
	}
	return root
}

// aliases are the functions that have an alias, by logical name: those that are [published], and those where some x-aws says so.
func aliases(root *yaml.Node) map[string]bool {
	functions := map[string]bool{}
	t, err := parse(root)
	if err != nil {
		return nil // it is no template, which Render or the vendor says
	}
	for id, r := range t.Resources {
		if r.Type == functionType && t.property(r, "AutoPublishAlias") != nil {
			functions[id] = true
		}
	}
	return functions
}

// callees are the functions of the template as what calls them names them.
type callees struct {
	// id has the logical names.
	id map[*target.Unit]string
	// published has the logical names of those with an alias.
	published map[string]bool
}

// ref is the value of FunctionName of a permission.
func (c callees) ref(u *target.Unit) any {
	id := c.id[u]
	if c.published[id] {
		id += ".Alias" // SAM knows it by this name
	}
	return ref(id)
}

// arn is the ARN that is called.
func (c callees) arn(u *target.Unit) any {
	if c.published[c.id[u]] {
		return c.ref(u)
	}
	return map[string][]string{"Fn::GetAtt": {c.id[u], "Arn"}}
}

// integration is how the gateway calls the unit.
func (c callees) integration(u *target.Unit) *Integration {
	function := c.id[u] + ".Arn"
	if c.published[c.id[u]] {
		function = c.id[u] + ".Alias"
	}
	return &Integration{
		Type: "aws_proxy", HTTPMethod: "POST", PayloadFormatVersion: "2.0",
		URI: sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${" + function + "}/invocations"),
	}
}

// builder makes the template.
type builder struct {
	app       *target.App
	logical   names
	functions callees
	made      map[string]string
	template  Template
	// preferences are how versions of units take over that have a rollout.
	preferences map[*target.Unit]*DeploymentPreference
	// extensions merge x-aws keys into the template, in order.
	extensions []func(root *yaml.Node)
}

func build(app *target.App, published map[string]bool) *yaml.Node {
	b := &builder{app: app, logical: names{apiID: true}, functions: callees{published: published}, template: Template{
		AWSTemplateFormatVersion: "2010-09-09",
		Transform:                "AWS::Serverless-2016-10-31",
		Description:              app.Spec.Description,
		Resources:                map[string]any{},
		Outputs:                  map[string]Output{},
	}}
	b.functions.id = functionIDs(app, b.logical)
	b.urls()
	b.made = resources(app, b.logical, b.template.Resources)
	for _, resource := range slices.Sorted(maps.Keys(b.made)) {
		b.extend(app.Spec.Resources[resource].Extension, "Resources", b.made[resource], "Properties")
	}
	routes := routes(&target.Report{}, app)
	if len(routes) > 0 {
		b.api(routes)
	}
	b.rollouts()
	schedulers := b.schedulers()
	for _, u := range app.Units {
		b.function(u, schedulers[u])
		bucketPermissions(app, u, b.functions, b.logical, b.template.Resources)
	}
	b.groups()
	root := target.Node(b.template)
	for _, extend := range b.extensions {
		extend(root)
	}
	return target.Extend(root, Name, app.Spec.Extension)
}

// functionIDs are the logical names of the functions.
func functionIDs(app *target.App, logical names) map[*target.Unit]string {
	ids := map[*target.Unit]string{}
	for _, u := range app.Units {
		ids[u] = logical.take(logicalName(u.Name) + "Function")
	}
	return ids
}

// extend merges x-aws keys into what is at a path of the template.
func (b *builder) extend(e spec.Extension, path ...string) {
	if e[Name] != nil {
		b.extensions = append(b.extensions, func(root *yaml.Node) {
			target.Replace(root, func(n *yaml.Node) *yaml.Node { return target.Extend(n, Name, e) }, path...)
		})
	}
}

// urls has the URLs of units that stream printed.
func (b *builder) urls() {
	for _, u := range b.app.Units {
		if !u.Streams() {
			continue
		}
		url := b.functions.id[u] + "Url" // SAM makes it
		b.logical.take(url)
		b.template.Outputs[url] = Output{
			Description: "Where " + u.Name + " answers.",
			Value:       map[string][]string{"Fn::GetAtt": {url, "FunctionUrl"}},
		}
	}
}

// api makes the HTTP API, and lets it call each unit that it has routes of.
func (b *builder) api(routes []route) {
	b.template.Resources[apiID] = httpAPI(b.app, definition(routes, b.functions))
	b.template.Outputs["ApiUrl"] = Output{
		Description: "Where the http functions answer.",
		Value:       sub("https://${" + apiID + "}.execute-api.${AWS::Region}.${AWS::URLSuffix}"),
	}
	for _, name := range slices.Sorted(maps.Keys(b.app.Spec.Domains)) {
		b.extend(b.app.Spec.Domains[name].Extension, "Resources", apiID, "Properties", "Domain")
	}
	called := map[*target.Unit]bool{}
	for _, n := range routes {
		b.extend(n.extension(), "Resources", apiID, "Properties", "DefinitionBody", "paths", n.path, n.operation())
		if called[n.unit] {
			continue
		}
		called[n.unit] = true
		b.template.Resources[b.logical.take(b.functions.id[n.unit]+"ApiPermission")] = &Resource{Type: permissionType, Properties: map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": b.functions.ref(n.unit), "Principal": "apigateway.amazonaws.com",
			"SourceArn": sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${" + apiID + "}/*"),
		}}
	}
}

// function makes the function of a unit with its events: its schedules, and what else calls it but requests. Scheduler is the
// role of its schedules.
func (b *builder) function(u *target.Unit, scheduler string) {
	id := b.functions.id[u]
	f := function(b.app, u)
	f.Properties.DeploymentPreference = b.preferences[u]
	b.template.Resources[id] = f
	if u.Streams() {
		for _, t := range u.Routes() {
			b.extend(t.Extension, "Resources", id, "Properties", "FunctionUrlConfig")
		}
	}
	f.Properties.Events = map[string]*Event{}
	for t, made := range kinds(b.made).Make(b.app, u) {
		for _, e := range made {
			if s, ok := e.event.Properties.(*ScheduleEvent); ok && !ownScheduler(t) {
				s.RoleArn = map[string][]string{"Fn::GetAtt": {scheduler, "Arn"}}
			}
			// SAM makes a resource of each event, whose name is that of both.
			name := strings.TrimPrefix(b.logical.take(id+e.name), id)
			f.Properties.Events[name] = e.event
			b.extend(t.Extension, "Resources", id, "Properties", "Events", name, "Properties")
		}
	}
	b.extend(b.app.Spec.Provider.Extension, "Resources", id, "Properties")
	b.extend(u.Extension, "Resources", id, "Properties")
}
