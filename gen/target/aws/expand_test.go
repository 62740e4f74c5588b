package aws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target/targettest"
	"gopkg.in/yaml.v3"
)

// complete expands a template and checks that what comes of it has one name each, and that all references lead to it.
func complete(content []byte) error {
	var root yaml.Node
	if err := yaml.Unmarshal(content, &root); err != nil {
		return err
	}
	t, err := parse(&root)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, r := range t.expand() {
		if known[r.id] && !strings.Contains(r.id, "*") {
			return fmt.Errorf("two resources are called %s", r.id)
		}
		known[r.id] = true
	}
	exists := func(name string) bool {
		if function, property, ok := strings.Cut(name, "."); ok && property == "Alias" {
			return t.property(t.Resources[function], "AutoPublishAlias") != nil
		} else if ok {
			name = function
		}
		return known[name] || strings.HasPrefix(name, "AWS::")
	}
	integrations := map[string]bool{}
	for _, r := range t.Resources {
		if document, ok := r.Properties["DefinitionBody"].(map[string]any); ok {
			components, _ := document["components"].(map[string]any)
			shared, _ := components["x-amazon-apigateway-integrations"].(map[string]any)
			for name := range shared {
				integrations[integrationsRef+name] = true
			}
		}
	}
	return references(&root, func(kind, name string) bool {
		if kind == "$ref" {
			return integrations[name]
		}
		return exists(name)
	})
}

// references calls known with each reference below a node: Ref, Fn::GetAtt and Fn::Sub of CloudFormation, in both spellings,
// and $ref of OpenAPI.
func references(n *yaml.Node, known func(kind, name string) bool) error {
	check := func(kind string, value *yaml.Node) error {
		var names []string
		switch {
		case kind == "Ref", kind == "$ref":
			names = []string{value.Value}
		case kind == "Fn::GetAtt" && value.Kind == yaml.SequenceNode:
			names = []string{value.Content[0].Value}
		case kind == "Fn::GetAtt":
			names = []string{value.Value}
		case kind == "Fn::Sub" && value.Kind == yaml.ScalarNode:
			for _, name := range substitution.FindAllString(value.Value, -1) {
				names = append(names, name[2:len(name)-1])
			}
		}
		for _, name := range names {
			if !known(kind, name) {
				return fmt.Errorf("%s %s leads nowhere", kind, name)
			}
		}
		return nil
	}
	if kind, ok := map[string]string{"!Ref": "Ref", "!GetAtt": "Fn::GetAtt", "!Sub": "Fn::Sub"}[n.Tag]; ok {
		if err := check(kind, n); err != nil {
			return err
		}
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if err := check(child.Value, n.Content[i+1]); err != nil {
				return err
			}
		}
		if err := references(child, known); err != nil {
			return err
		}
	}
	return nil
}

// count expands the template of an application.
func count(t *testing.T, source string) []expanded {
	t.Helper()
	app := targettest.App(t, Name, source)
	if diags := New().Check(app); diags.Failed() {
		t.Fatal(diags.Render(""))
	}
	files, _ := New().Deploy(app)
	if err := complete(files[1].Content); err != nil {
		t.Error(err)
	}
	parsed, err := parse(document(app))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.expand()
}

func TestExpand(t *testing.T) {
	for _, c := range []struct{ name, functions, want string }{
		{"a function", "work: {}", "WorkFunction WorkFunctionRole"},
		{"with a role", `work: {role: "arn:aws:iam::1:role/r"}`, "WorkFunction"},
		{"with an alias", "work: {provisionedInstances: 1}", "WorkFunction WorkFunctionAliaslive WorkFunctionRole WorkFunctionVersion*"},
		{"with an alias by x-aws", "work: {x-aws: {AutoPublishAlias: v-1}}", "WorkFunction WorkFunctionAliasv1 WorkFunctionRole WorkFunctionVersion*"},
		{"a version that takes over at once", "work: {rollout: {strategy: all}}", "WorkFunction WorkFunctionAliaslive WorkFunctionRole WorkFunctionVersion*"},
		{"one of two that take over gradually, in a way of their own", "{one: &r {rollout: {strategy: canary, percent: 5, interval: 1m}}, two: *r}",
			"Canary5Percent1Minute CodeDeployServiceRole OneFunction OneFunctionAliaslive OneFunctionDeploymentGroup OneFunctionRole OneFunctionVersion* ServerlessDeploymentApplication " +
				"TwoFunction TwoFunctionAliaslive TwoFunctionDeploymentGroup TwoFunctionRole TwoFunctionVersion*"},
		{"asynchronous", "work: {async: {retries: 1}}", "WorkFunction WorkFunctionEventInvokeConfig WorkFunctionRole"},
		{"routes", "work: {events: [http: {method: GET, path: /}, http: {method: POST, path: /a}]}",
			"Api ApiApiGatewayDefaultStage WorkFunction WorkFunctionApiPermission WorkFunctionRole"},
		{"a URL", "work: {http: {streaming: true}, events: [http: {method: GET, path: /}]}",
			"WorkFunction WorkFunctionRole WorkFunctionURLInvokeAllowPublicAccess WorkFunctionUrl WorkFunctionUrlPublicPermissions"},
		{"a URL that wants signatures", "work: {http: {streaming: true, auth: iam}, events: [http: {method: GET, path: /}]}",
			"WorkFunction WorkFunctionRole WorkFunctionUrl"},
		{"timers", "work: {events: [timer: {every: 1h}, timer: {every: 2h}]}",
			"SchedulerRole WorkFunction WorkFunctionRole WorkFunctionWork2Timer WorkFunctionWorkTimer"},
		{"a timer with a queue", "work: {events: [timer: {every: 1h, x-aws: {DeadLetterConfig: {Type: SQS}}}]}",
			"WorkFunction WorkFunctionRole WorkFunctionWorkTimer WorkFunctionWorkTimerQueue WorkFunctionWorkTimerRole"},
		{"messages", `work: {events: [mq: {queue: a}, mq: {topic: b}, event: {source: c}, log: {store: d}]}`,
			"WorkFunction WorkFunctionRole WorkFunctionWork2Topic WorkFunctionWork2TopicPermission WorkFunctionWorkLog WorkFunctionWorkLogPermission " +
				"WorkFunctionWorkQueue WorkFunctionWorkRule WorkFunctionWorkRulePermission"},
	} {
		var got []string
		for _, r := range count(t, "service: shop\nfunctions:\n  "+c.functions+"\n") {
			got = append(got, r.id)
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, text, c.want)
		}
	}
}

// TestRoutesAreNoResources: a stack does not grow with its routes, and by one resource with each timer.
func TestRoutesAreNoResources(t *testing.T) {
	functions := func(routes, timers int) string {
		var b strings.Builder
		b.WriteString("service: shop\nfunctions:\n  work:\n    events:\n")
		for i := range routes {
			fmt.Fprintf(&b, "      - http: {method: GET, path: /a%d}\n", i)
		}
		for i := range timers {
			fmt.Fprintf(&b, "      - timer: {every: 1h, name: t%d}\n", i)
		}
		return b.String()
	}
	one := len(count(t, functions(1, 1)))
	if many := len(count(t, functions(100, 1))); many != one {
		t.Errorf("%d resources with one route, %d with many", one, many)
	}
	if many := len(count(t, functions(1, 40))); many != one+39 {
		t.Errorf("%d resources with one timer, %d with 40", one, many)
	}
}

func TestTooLarge(t *testing.T) {
	many := func(n int, function string) string {
		var b strings.Builder
		b.WriteString("service: shop\nfunctions:\n")
		for i := range n {
			fmt.Fprintf(&b, "  f%03d: "+function+"\n", i, i)
		}
		return b.String()
	}
	topics := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("mq: {topic: orders-%03d}", i))
		}
		return "service: shop\nfunctions: {work: {events: [" + strings.Join(list, ", ") + "]}}\n"
	}
	integrations := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("http: {method: POST, path: /a%d, x-aws: {x-amazon-apigateway-integration: {timeoutInMillis: 5000}}}", i))
		}
		return "service: shop\nfunctions: {work: {events: [" + strings.Join(list, ", ") + "]}}\n"
	}
	for _, c := range []struct{ name, source, want string }{
		{"units", many(200, "{events: [http: {method: GET, path: /a%d}]}"), "found 602 resources of CloudFormation (200 AWS::IAM::Role, 200 AWS::Lambda::Function, 200 AWS::Lambda::Permission), aws takes 500 at most"},
		{"units with a role", many(160, `{role: "arn:aws:iam::1:role/r", events: [http: {method: GET, path: /a%d}]}`), ""},
		{"integrations", integrations(301), "found 301 integrations, one for each unit with routes and one for each route with an integration of its own, aws takes 300 at most"},
		{"fewer integrations", integrations(300), ""},
		{"permissions", topics(70), "for 70 permissions, aws takes 20480 bytes at most"},
		{"fewer permissions", topics(40), ""},
	} {
		diags := New().Check(targettest.App(t, Name, c.source))
		if text := diags.Render(""); c.want == "" && diags.Failed() || !strings.Contains(text, c.want) {
			t.Errorf("%s: %.600s", c.name, text)
		}
	}
}
