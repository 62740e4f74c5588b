package aws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/targettest"
)

// grouped is an application whose functions are in units: "api=list,view job=tick". Those in brackets are guests. The settings
// of a unit are those of its first function, but that it streams if one does.
func grouped(t *testing.T, source, units string) *target.App {
	t.Helper()
	app := targettest.App(t, Name, source)
	single := map[string]*target.Unit{}
	for _, u := range app.Units {
		single[u.Name] = u
	}
	app.Units = nil
	for group := range strings.FieldsSeq(units) {
		name, list, _ := strings.Cut(group, "=")
		u := &target.Unit{Name: name, Group: name}
		for member := range strings.SplitSeq(list, ",") {
			member, guest := strings.CutPrefix(strings.TrimSuffix(member, ")"), "(")
			f := *single[member].Functions[0]
			f.Guest = guest
			if len(u.Functions) == 0 {
				u.Settings = f.Settings
			}
			if h := f.Settings.HTTP; h != nil && h.Streaming != nil && *h.Streaming {
				http := *h
				u.Settings.HTTP = &http
			}
			u.Functions = append(u.Functions, &f)
		}
		app.Units = append(app.Units, u)
	}
	return app
}

// operations are the routes of a template: method, path, AWS_IAM if it is signed, and the function.
func operations(t *testing.T, app *target.App) (routes []string, template *parsed) {
	t.Helper()
	if diags := New().Check(app); diags.Failed() {
		t.Fatal(diags.Render(""))
	}
	files, _ := New().Deploy(app)
	if err := sound(files[1].Content); err != nil {
		t.Error(err)
	}
	template, err := parse(document(app))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range template.Resources {
		definition, _ := n.Properties["DefinitionBody"].(map[string]any)
		paths, _ := definition["paths"].(map[string]any)
		for path, methods := range paths {
			for method, o := range methods.(map[string]any) {
				operation := o.(map[string]any)
				route := strings.ToUpper(strings.TrimSuffix(strings.TrimPrefix(method, "x-amazon-apigateway-"), "-method")) + " " + path
				if operation["security"] != nil {
					route += " AWS_IAM"
				}
				integration, _ := operation[integrationKey].(map[string]any)
				routes = append(routes, route+" "+strings.TrimPrefix(fmt.Sprint(integration["$ref"]), integrationsRef))
			}
		}
	}
	slices.Sort(routes)
	return routes, template
}

func TestGroups(t *testing.T) {
	for _, c := range []struct{ name, functions, units, want, resources string }{
		{
			"who may call is each function's", `
  aa: {http: {auth: iam}, events: [http: {method: POST, path: /a}, http: {method: PUT, path: /both}]}
  bb: {events: [http: {method: POST, path: /b}, http: {method: POST, path: /both}]}`, "api=aa,bb",
			"POST /a AWS_IAM ApiFunction, POST /b ApiFunction, POST /both ApiFunction, PUT /both AWS_IAM ApiFunction",
			"Api ApiFunction ApiFunctionApiPermission",
		},
		{
			"other origins, of one function", `
  aa: {http: {cors: {origins: ["https://a.example.com"]}}, events: [http: {method: POST, path: /a}, http: {method: PUT, path: /both}]}
  bb: {events: [http: {method: POST, path: /b}, http: {method: POST, path: /both}]}`, "api=aa,bb",
			"OPTIONS /a ApiFunction, OPTIONS /both ApiFunction, POST /a ApiFunction, POST /b ApiFunction, POST /both ApiFunction, PUT /both ApiFunction",
			"Api ApiFunction ApiFunctionApiPermission",
		},
		{
			"other origins, of functions that differ", `
  aa: {http: {auth: iam, cors: {origins: ["https://a.example.com"]}}, events: [http: {method: PUT, path: /both}]}
  bb: {http: {cors: {origins: ["https://b.example.com"]}}, events: [http: {method: POST, path: /both}]}`, "api=aa,bb",
			"OPTIONS /both ApiFunction, POST /both ApiFunction, PUT /both AWS_IAM ApiFunction",
			"Api ApiFunction ApiFunctionApiPermission",
		},
		{
			"a function that another unit has too", `
  aa: {events: [http: {method: POST, path: /a}]}
  bb: {events: [http: {method: POST, path: /b}]}`, "all=(aa),bb one=aa two=(bb)",
			"POST /a OneFunction, POST /b AllFunction",
			"AllFunction AllFunctionApiPermission Api OneFunction OneFunctionApiPermission TwoFunction",
		},
		{
			"timers", `
  aa: {events: [timer: {every: 1h}]}
  bb: {events: [timer: {every: 1h}, http: {method: POST, path: /b}]}`, "jobs=aa,bb",
			"POST /b JobsFunction", "Api JobsFunction JobsFunctionApiPermission SchedulerRole",
		},
	} {
		routes, template := operations(t, grouped(t, "service: shop\nfunctions:"+c.functions+"\n", c.units))
		if got := strings.Join(routes, ", "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		var made []string
		for id := range template.Resources {
			made = append(made, id)
		}
		slices.Sort(made)
		if got := strings.Join(made, " "); got != c.resources {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.resources)
		}
		if cors := template.Resources[apiID].Properties["CorsConfiguration"]; cors != nil {
			t.Errorf("%s: the API has %v", c.name, cors)
		}
	}
}

func TestGroupsRefused(t *testing.T) {
	const plain = "\n  bb: {events: [http: {method: GET, path: /b}]}\n"
	for _, c := range []struct{ name, functions, want string }{
		{"some stream", "\n  aa: {http: {streaming: true}, events: [http: {method: GET, path: /a}]}" + plain,
			"f.yml:3:26: http.streaming of aa is not supported by aws: it moves all routes of the group api to a function URL, also those of bb, which does not stream"},
		{"some stream, and others have no requests", "\n  aa: {http: {streaming: true}, events: [http: {method: GET, path: /a}]}\n  bb: {events: [timer: {every: 1h}]}\n", ""},
		{"streams of two kinds", "\n  aa: {http: {streaming: true, auth: iam}, events: [http: {method: GET, path: /a}]}\n  bb: {http: {streaming: true}, events: [http: {method: GET, path: /b}]}\n",
			"http.auth of bb is not supported by aws: the group api streams, and aa, which says otherwise, is behind the same function URL"},
		{"streams for other pages", "\n  aa: {http: {streaming: true}, events: [http: {method: GET, path: /a}]}\n  bb: {http: {streaming: true, cors: {origins: ['*']}}, events: [http: {method: GET, path: /b}]}\n",
			"http.cors of bb is not supported by aws: the group api streams"},
		{"one route for two hosts", "\n  aa: {http: {auth: iam}, events: [http: {method: GET, path: /x, host: a.example.com}]}\n  bb: {events: [http: {method: GET, path: /x, host: b.example.com}]}\n",
			"http.auth of bb is not supported by aws: aa, which says otherwise, has GET /x too, and an HTTP API does not look at the host"},
		{"origins that nobody has", "\n  aa: {http: {cors: {maxAge: 1}}, events: [http: {method: GET, path: /}]}" + plain, "f.yml:3:15: http.cors.origins is missing for aws"},
		{"slow requests", "\n  aa: {timeout: 60, events: [http: {method: GET, path: /}]}" + plain, "f.yml:3:17: note: timeout 1m: aws ends http requests after 30s"},
		{"slow events", "\n  aa: {timeout: 60, events: [timer: {every: 1h}]}" + plain, ""},
	} {
		diags := New().Check(grouped(t, "service: shop\nfunctions:"+c.functions, "api=aa,bb"))
		if text := diags.Render(""); c.want == "" && len(diags) > 0 || !strings.Contains(text, c.want) {
			t.Errorf("%s: %s", c.name, text)
		}
	}
}

// TestGroupSets: what a group itself sets of http is that of its functions.
func TestGroupSets(t *testing.T) {
	app := targettest.App(t, Name, "service: shop\nfunctions:\n  aa: {http: {streaming: true}, events: [http: {method: GET, path: /a}]}\n  bb: {events: [http: {method: GET, path: /b}]}\n"+
		"aggregation: {api: {functions: [aa, bb], http: {auth: iam, streaming: true}}}\n")
	u := targettest.Group(t, app, "api", "aa", "bb")
	if diags := New().Check(app); diags.Failed() {
		t.Error(diags.Render(""))
	}
	if url := functionURL(u); url.AuthType != "AWS_IAM" {
		t.Errorf("%+v", url)
	}
}

// TestSchedulerRoles: the policy of a role has room for a part of the functions that a stack has room for.
func TestSchedulerRoles(t *testing.T) {
	var b strings.Builder
	b.WriteString("service: shop\nfunctions:\n")
	for i := range 150 {
		fmt.Fprintf(&b, "  tick-%03d: {role: 'arn:aws:iam::1:role/r', events: [timer: {every: 1h}]}\n", i)
	}
	_, template := operations(t, targettest.App(t, Name, b.String()))
	roles, named := 0, 0
	for _, r := range template.Resources {
		if r.Type == roleType {
			roles++
			text := fmt.Sprint(r.Properties["Policies"])
			named += strings.Count(text, "Fn::GetAtt")
			if n := strings.Count(text, "Fn::GetAtt"); n > 115 {
				t.Errorf("a role for %d functions", n)
			}
		}
	}
	if roles != 2 || named != 150 {
		t.Errorf("%d roles for %d functions", roles, named)
	}
}
