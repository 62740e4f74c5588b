package targettest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// Permissions are the lines of an application's only unit: "granted role a:B a:C on * if x:Y z for mq queue orders". App has to
// pass Check.
func Permissions(t T, cloud target.Target, app *target.App) []string {
	t.Helper()
	if diags := cloud.Check(app); diags.Failed() {
		t.Fatal(diags.Render(""))
	}
	if len(app.Units) != 1 {
		t.Fatalf("%d units", len(app.Units))
	}
	return PermissionsOf(t, cloud, app, app.Units[0])
}

// PermissionsOf are the lines of a unit.
func PermissionsOf(t T, cloud target.Target, app *target.App, u *target.Unit) []string {
	t.Helper()
	var lines []string
	for _, p := range permissions(t, cloud, app, u) {
		if !slices.IsSorted(p.Actions) || len(p.Actions) == 0 || p.Resource == "" || p.Reason == "" {
			t.Errorf("%+v", p)
		}
		line := p.Grantee + " " + strings.Join(p.Actions, " ") + " on " + p.Resource
		if p.Condition != "" {
			line += " if " + p.Condition
		}
		line += " for " + p.Reason
		if p.Granted {
			line = "granted " + line
		}
		lines = append(lines, line)
	}
	return lines
}

func permissions(t T, cloud target.Target, app *target.App, u *target.Unit) []target.Permission {
	t.Helper()
	permitter, ok := cloud.(target.Permitter)
	if !ok {
		t.Fatalf("%s says no permissions", cloud.Name())
	}
	return permitter.Permissions(app, u)
}

// EachKindHasPermissions makes sure that the cloud says something of the triggers of each kind that it carries, but for those
// that need nothing. Declared are lines of f.yml, and settings keys of the functions, without which Check refuses some triggers. A group
// of all these functions has what each of them has by itself.
func EachKindHasPermissions(t T, cloud target.Target, declared, settings string, nothing ...string) {
	t.Helper()
	source := "service: shop\n" + declared + "functions:\n  none: {" + settings + "events: [timer: {every: 1h}]}\n"
	names := []string{"none"}
	words := map[string]string{}
	for k := range kind.All() {
		function := fmt.Sprintf("  on-%s: {%sevents: [%s: %s]}\n", k.Word, settings, k.Word, k.Example)
		one := "service: shop\n" + declared + "functions:\n" + function
		if diags := cloud.Check(App(t, cloud.Name(), one)); diags.Failed() {
			if !slices.ContainsFunc(diags, func(d annotations.Diagnostic) bool { return d.Code == target.CodeUnsupported }) {
				t.Fatalf("%s: declared and settings are not enough: %s", k.Word, diags.Render(""))
			}
			continue // the cloud carries no such events
		}
		source += function
		names = append(names, "on-"+k.Word)
		words["on-"+k.Word] = k.Word
	}
	if len(names) < 4 {
		t.Fatalf("only %v pass Check", names)
	}
	app := App(t, cloud.Name(), source)
	type right struct{ grantee, action, reason string }
	each := map[right]bool{}
	for _, u := range app.Units {
		caused := false
		for _, p := range permissions(t, cloud, app, u) {
			for _, action := range p.Actions {
				each[right{p.Grantee, action, p.Reason}] = true
			}
			trigger := u.Functions[0].Triggers[0]
			caused = caused || p.Reason == trigger.Kind || strings.HasPrefix(p.Reason, trigger.Cause()) || u.Raw() && p.Reason == "invocations"
		}
		if word := words[u.Name]; word != "" && caused == slices.Contains(nothing, word) {
			t.Errorf("%s: needs something: %v", word, caused)
		}
	}
	group := permissions(t, cloud, app, Group(t, app, "all", names...))
	for r := range each {
		if !slices.ContainsFunc(group, func(p target.Permission) bool {
			return p.Grantee == r.grantee && slices.Contains(p.Actions, r.action) && (slices.Contains(strings.Split(p.Reason, ", "), r.reason) || p.Reason == r.reason)
		}) {
			t.Errorf("the group lacks %v: %v", r, group)
		}
	}
	if again := target.UniquePermissions(group); !reflect.DeepEqual(again, group) {
		t.Errorf("they are not sorted, or some are there twice: %v", group)
	}
}
