package aws

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

func TestCalls(t *testing.T) {
	const three = "functions: {aa: {}, bb: {events: [http: {method: GET, path: /b}]}, cc: {provisionedInstances: 1}, dd: {x-aws: {AutoPublishAlias: blue}}}"
	for name, c := range map[string]struct {
		source string
		calls  []string
		want   string
	}{
		"other units": {three, []string{"aa bb", "aa cc", "aa dd", "cc bb async"}, `
aa: bb=shop-bb;cc=shop-cc:live;dd=shop-dd:blue
aa: granted role lambda:InvokeFunction on arn:lambda:HERE:function:shop-bb for call bb
aa: granted role lambda:InvokeFunction on arn:lambda:HERE:function:shop-cc:live for call cc
aa: granted role lambda:InvokeFunction on arn:lambda:HERE:function:shop-dd:blue for call dd
cc: bb=shop-bb
cc: granted role lambda:InvokeFunction on arn:lambda:HERE:function:shop-bb for call bb`},
		"one unit": {three, []string{"g=aa,bb", "aa bb"}, ""},
		"one unit, not waited for": {three, []string{"g=aa,bb", "aa bb async"}, `
g: bb=shop-g
g: granted role lambda:InvokeFunction on arn:lambda:HERE:function:shop-g for call bb`},
		"a group": {three, []string{"g=bb,cc", "aa bb", "aa cc"}, `
aa: bb,cc=shop-g
aa: granted role lambda:InvokeFunction on arn:lambda:HERE:function:shop-g for call bb, call cc`},
		"a role of one's own": {"functions: {aa: {role: 'arn:aws:iam::1:role/r'}, bb: {}}", []string{"aa bb"}, `
aa: bb=shop-bb
aa: role lambda:InvokeFunction on arn:lambda:HERE:function:shop-bb for call bb`},
		"policies of one's own": {"functions: {aa: {x-aws: {Policies: [A]}}, bb: {}}", []string{"aa bb"}, `
aa: bb=shop-bb
aa: role lambda:InvokeFunction on arn:lambda:HERE:function:shop-bb for call bb`},
		"a part of the application": {three, []string{"aa zz"}, ""},
	} {
		_, got := targettest.Calls(t, New(), "service: shop\n"+c.source, c.calls...)
		compareCalls(t, name, got, c.want)
	}
}

// The role that SAM makes has exactly these calls.
func TestPolicyOfCalls(t *testing.T) {
	app, _ := targettest.Calls(t, New(), "service: shop\nfunctions: {aa: {}, bb: {}, cc: {}, dd: {}}", "aa bb", "aa cc async", "dd dd async")
	files, _ := New().Deploy(app)
	template, err := parse(document(app))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Path == "template.yaml" && strings.Count(string(f.Content), "Action: [lambda:InvokeFunction]")+strings.Count(string(f.Content), "- lambda:InvokeFunction") != 2 {
			t.Errorf("%s", f.Content)
		}
	}
	for _, r := range template.Resources {
		want, ok := map[any]string{"shop-aa": "shop-bb shop-cc", "shop-dd": "shop-dd", "shop-bb": ""}[r.Properties["FunctionName"]]
		if !ok {
			continue
		}
		var got []string
		policies, _ := r.Properties["Policies"].([]any)
		for _, p := range policies {
			for _, s := range p.(map[string]any)["Statement"].([]any) {
				for _, r := range s.(map[string]any)["Resource"].([]any) {
					arn, _ := r.(map[string]any)["Fn::Sub"].(string)
					got = append(got, arn[strings.LastIndexByte(arn, ':')+1:])
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s may call %q, want %q", r.Properties["FunctionName"], got, want)
		}
	}
}

func compareCalls(t *testing.T, name string, got []string, want string) {
	t.Helper()
	text := ""
	for _, line := range got {
		line = strings.ReplaceAll(line, "${AWS::Region}:${AWS::AccountId}", "HERE")
		text += "\n" + strings.ReplaceAll(line, "arn:${AWS::Partition}", "arn")
	}
	if text != want {
		t.Errorf("%s: got%s\nwant%s", name, text, want)
	}
}
