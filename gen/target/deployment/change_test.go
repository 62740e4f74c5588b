package deployment_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/target/deployment"
)

// unit is a unit of functions.
func unit(name string, functions ...deployment.Function) deployment.Unit {
	u := deployment.Unit{Name: name, Function: "shop-" + name, Functions: functions}
	if len(functions) > 1 {
		u.Group = name
	}
	return u
}

func function(name string, triggers ...deployment.Trigger) deployment.Function {
	return deployment.Function{Name: name, Timeout: "10s", Triggers: triggers}
}

func calling(name string, calls ...deployment.Call) deployment.Function {
	f := function(name)
	f.Calls = calls
	return f
}

func trigger(kind, name string, settings ...deployment.Setting) deployment.Trigger {
	return deployment.Trigger{Kind: kind, Name: name, Settings: settings}
}

func packaged(u deployment.Unit, size int64, hash string) deployment.Unit {
	u.Size, u.Hash = size, hash
	return u
}

func set(u deployment.Unit, settings ...deployment.Setting) deployment.Unit {
	u.Settings = settings
	return u
}

func TestCompare(t *testing.T) {
	get, purge := trigger("http", "GET /books"), trigger("timer", "purge")
	pictures, refund := trigger("os", "pictures"), trigger("raw", "refund")
	type units []deployment.Unit
	for _, tt := range []struct {
		name      string
		old, next units
		want      []deployment.Change
		steps     []string
	}{
		{name: "nothing", old: units{set(unit("list", function("list", get)), deployment.Setting{Key: "memorySize", Value: "128MB"})},
			next: units{set(unit("list", function("list", get)), deployment.Setting{Key: "memorySize", Value: "128MB"})}},
		{name: "the rule alone is no change", old: units{set(unit("api"), deployment.Setting{Key: "memorySize", Value: "128MB"})},
			next: units{set(unit("api"), deployment.Setting{Key: "memorySize", Value: "128MB", Rule: "the maximum", Members: []string{"list"}})}},
		{name: "nothing is known", next: units{unit("list", function("list", get))}, want: []deployment.Change{
			{What: deployment.UnitAdded, Unit: "list", New: "list"},
			{What: deployment.Joined, Unit: "list", Function: "list"},
			{What: deployment.TriggerAdded, Unit: "list", Function: "list", Trigger: "http GET /books"},
		}},
		{name: "a call leaves its unit", old: units{unit("api", calling("a", deployment.Call{Function: "b"}), function("b")), unit("c", calling("c", deployment.Call{Function: "b", Unit: "api"}))},
			next: units{unit("a", calling("a", deployment.Call{Function: "b", Unit: "b"})), unit("b", function("b")), unit("c", calling("c", deployment.Call{Function: "b", Unit: "b"}))}, want: []deployment.Change{
				{What: deployment.UnitAdded, Unit: "a", New: "a"},
				{What: deployment.UnitAdded, Unit: "b", New: "b"},
				{What: deployment.UnitRemoved, Unit: "api", Old: "a, b"},
				{What: deployment.Regrouped, Unit: "a", Function: "a", Old: "api", New: "a", Warning: "callers have to call shop-a"},
				{What: deployment.Regrouped, Unit: "b", Function: "b", Old: "api", New: "b", Warning: "callers have to call shop-b"},
				{What: deployment.CallMoved, Function: "b", Trigger: "call b by a", Old: "in process", New: "to unit b", Warning: "every call is an invocation of its own from now on, with its price"},
			}},
		{name: "a call comes home, a call is new", old: units{unit("a", calling("a", deployment.Call{Function: "b", Unit: "b"})), unit("b", function("b"))},
			next: units{unit("api", calling("a", deployment.Call{Function: "b"}, deployment.Call{Function: "b", Async: true, Unit: "api"}), function("b"))}, want: []deployment.Change{
				{What: deployment.UnitAdded, Unit: "api", New: "a, b"},
				{What: deployment.UnitRemoved, Unit: "a", Old: "a"},
				{What: deployment.UnitRemoved, Unit: "b", Old: "b"},
				{What: deployment.Regrouped, Unit: "api", Function: "a", Old: "a", New: "api", Warning: "callers have to call shop-api"},
				{What: deployment.Regrouped, Unit: "api", Function: "b", Old: "b", New: "api", Warning: "callers have to call shop-api"},
				{What: deployment.CallMoved, Function: "b", Trigger: "call b by a", Old: "to unit b", New: "in process"},
			}},
		{name: "a unit is removed", old: units{unit("list", function("list", get)), unit("purge", function("purge", purge))}, next: units{unit("list", function("list", get))}, want: []deployment.Change{
			{What: deployment.UnitRemoved, Unit: "purge", Old: "purge"},
			{What: deployment.Left, Unit: "purge", Function: "purge"},
			{What: deployment.TriggerRemoved, Unit: "purge", Function: "purge", Trigger: "timer purge"},
		}},
		{name: "functions become a group", old: units{unit("list", function("list", get)), unit("purge", function("purge", purge)), unit("refund", function("refund", refund)), unit("stored", function("stored", pictures))},
			next: units{unit("all", function("list", get), function("purge", purge), function("refund", refund), function("stored", pictures))},
			want: []deployment.Change{
				{What: deployment.UnitAdded, Unit: "all", New: "list, purge, refund, stored"},
				{What: deployment.UnitRemoved, Unit: "list", Old: "list"},
				{What: deployment.UnitRemoved, Unit: "purge", Old: "purge"},
				{What: deployment.UnitRemoved, Unit: "refund", Old: "refund"},
				{What: deployment.UnitRemoved, Unit: "stored", Old: "stored"},
				{What: deployment.Regrouped, Unit: "all", Function: "list", Old: "list", New: "all"},
				{What: deployment.Regrouped, Unit: "all", Function: "purge", Old: "purge", New: "all"},
				{What: deployment.Regrouped, Unit: "all", Function: "refund", Old: "refund", New: "all"},
				{What: deployment.Regrouped, Unit: "all", Function: "stored", Old: "stored", New: "all"},
				{What: deployment.TriggerMoved, Unit: "all", Function: "list", Trigger: "http GET /books", Old: "list", New: "all", Warning: "requests may fail for a moment"},
				{What: deployment.TriggerMoved, Unit: "all", Function: "stored", Trigger: "os pictures", Old: "stored", New: "all", Warning: "events may wait, be delivered twice or, where the vendor keeps none, be missed for a moment"},
				{What: deployment.TriggerMoved, Unit: "all", Function: "refund", Trigger: "raw refund", Old: "refund", New: "all"},
				{What: deployment.TriggerMoved, Unit: "all", Function: "purge", Trigger: "timer purge", Old: "purge", New: "all", Warning: "may fire twice or be missed for a moment"},
			}, steps: []string{
				"deploy with deployOrigin: true in the groups: they get the triggers, and the old units stay, without triggers, for who calls them",
				"see whether the triggers that move work: http GET /books; os pictures; raw refund; timer purge",
				"deploy without deployOrigin, which removes list, purge, refund, stored",
			}},
		{name: "a function moves between groups that stay", old: units{unit("a", function("list", get), function("purge", purge)), unit("b", function("stored", pictures))},
			next: units{unit("a", function("list", get)), unit("b", function("purge", purge), function("stored", pictures))},
			want: []deployment.Change{
				{What: deployment.Regrouped, Unit: "b", Function: "purge", Old: "a", New: "b"},
				{What: deployment.TriggerMoved, Unit: "b", Function: "purge", Trigger: "timer purge", Old: "a", New: "b", Warning: "may fire twice or be missed for a moment"},
			}, steps: []string{
				"deploy, and see whether the triggers that move work: timer purge",
			}},
		{name: "a function is also deployed by itself", old: units{unit("a", function("list", get))}, next: units{unit("a", function("list", get)), unit("list", function("list"))}, want: []deployment.Change{
			{What: deployment.UnitAdded, Unit: "list", New: "list"},
			{What: deployment.Regrouped, Unit: "a, list", Function: "list", Old: "a", New: "a, list"},
		}},
		{name: "a route more, and another schedule", old: units{unit("a", function("list", get), function("purge", trigger("timer", "purge", deployment.Setting{Key: "cron", Value: "0 1 * * *"}, deployment.Setting{Key: "payload", Value: "x"})))},
			next: units{unit("a", function("list", get, trigger("http", "GET /all")), function("purge", trigger("timer", "purge", deployment.Setting{Key: "cron", Value: "0 2 * * *"})))},
			want: []deployment.Change{
				{What: deployment.TriggerAdded, Unit: "a", Function: "list", Trigger: "http GET /all"},
				{What: deployment.TriggerChanged, Unit: "a", Function: "purge", Trigger: "timer purge", Key: "cron", Old: "0 1 * * *", New: "0 2 * * *"},
				{What: deployment.TriggerChanged, Unit: "a", Function: "purge", Trigger: "timer purge", Key: "payload", Old: "x"},
			}},
		{name: "two triggers of one name", old: units{unit("a", function("x", pictures)), unit("b", function("y", pictures))}, next: units{unit("a", function("x", pictures), function("y", pictures))}, want: []deployment.Change{
			{What: deployment.UnitRemoved, Unit: "b", Old: "y"},
			{What: deployment.Regrouped, Unit: "a", Function: "y", Old: "b", New: "a"},
			{What: deployment.TriggerMoved, Unit: "a", Function: "y", Trigger: "os pictures (2)", Old: "b", New: "a", Warning: "events may wait, be delivered twice or, where the vendor keeps none, be missed for a moment"},
		}, steps: []string{
			"deploy with deployOrigin: true in the groups: they get the triggers, and the old units stay, without triggers, for who calls them",
			"see whether the triggers that move work: os pictures (2)",
			"deploy without deployOrigin, which removes b",
		}},
		{name: "a function leaves its group", old: units{set(unit("web", function("list", get), function("put")), deployment.Setting{Key: "memorySize", Value: "1GB", Rule: "set in the group"})},
			next: units{set(unit("list", function("list", get)), deployment.Setting{Key: "memorySize", Value: "128MB"}), set(unit("put", function("put")), deployment.Setting{Key: "memorySize", Value: "1GB"})},
			want: []deployment.Change{
				{What: deployment.UnitAdded, Unit: "list", New: "list"},
				{What: deployment.UnitAdded, Unit: "put", New: "put"},
				{What: deployment.UnitRemoved, Unit: "web", Old: "list, put"},
				{What: deployment.Regrouped, Unit: "list", Function: "list", Old: "web", New: "list"},
				{What: deployment.Regrouped, Unit: "put", Function: "put", Old: "web", New: "put", Warning: "callers have to call shop-put"},
				{What: deployment.TriggerMoved, Unit: "list", Function: "list", Trigger: "http GET /books", Old: "web", New: "list", Warning: "requests may fail for a moment"},
				{What: deployment.SettingChanged, Unit: "list", Key: "memorySize", Old: "1GB", New: "128MB"},
			}, steps: []string{
				"deploy, and see whether the triggers that move work: http GET /books",
				"remove what the cloud's tool has left of web",
			}},
		{name: "a function has another name", old: units{unit("list", function("list", get))}, next: units{unit("titles", function("titles", get))}, want: []deployment.Change{
			{What: deployment.UnitAdded, Unit: "titles", New: "titles"},
			{What: deployment.UnitRemoved, Unit: "list", Old: "list"},
			{What: deployment.Left, Unit: "list", Function: "list"},
			{What: deployment.Joined, Unit: "titles", Function: "titles"},
			{What: deployment.TriggerMoved, Unit: "titles", Function: "titles", Trigger: "http GET /books", Old: "list", New: "titles", Warning: "requests may fail for a moment"},
		}, steps: []string{"deploy, and see whether the triggers that move work: http GET /books", "remove what the cloud's tool has left of list"}},
		{name: "another package", old: units{packaged(unit("a", function("list")), 10, "0123456789")}, next: units{packaged(unit("a", function("list")), 12, "abcdefabcdef")}, want: []deployment.Change{
			{What: deployment.PackageChanged, Unit: "a", Key: "package", Old: "10 bytes, 01234567", New: "12 bytes, abcdefab"},
		}},
		{name: "settings with their rules", old: units{set(unit("a", function("list")), deployment.Setting{Key: "memorySize", Value: "128MB"}, deployment.Setting{Key: "role", Value: "r"})},
			next: units{set(unit("a", function("list")), deployment.Setting{Key: "memorySize", Value: "512MB", Rule: "the maximum", Members: []string{"list"}}, deployment.Setting{Key: "timeout", Value: "10s", Rule: "set in the group"})},
			want: []deployment.Change{
				{What: deployment.SettingChanged, Unit: "a", Key: "memorySize", Old: "128MB", New: "512MB", Rule: "the maximum", Members: []string{"list"}},
				{What: deployment.SettingChanged, Unit: "a", Key: "role", Old: "r"},
				{What: deployment.SettingChanged, Unit: "a", Key: "timeout", New: "10s", Rule: "set in the group"},
			}},
		{name: "a function's own limit in its group", old: units{unit("a", function("list"), function("get"))}, next: units{unit("a", function("list"), deployment.Function{Name: "get", Timeout: "20s"})}, want: []deployment.Change{
			{What: deployment.LimitChanged, Unit: "a", Function: "get", Key: "timeout", Old: "10s", New: "20s"},
		}},
		{name: "the limit of a function alone is that of its unit", old: units{unit("a", function("a"))}, next: units{unit("a", deployment.Function{Name: "a", Timeout: "20s"})}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var old *deployment.Deployment
			if tt.old != nil {
				old = &deployment.Deployment{Units: tt.old}
			}
			changes := deployment.Compare(old, &deployment.Deployment{Units: tt.next})
			if diff := cmp.Diff(tt.want, changes); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(tt.steps, deployment.Steps(&deployment.Deployment{Units: tt.next}, changes)); diff != "" {
				t.Errorf("steps: -want +got\n%s", diff)
			}
		})
	}
}

// What is compared with itself has no changes, whatever is in it.
func TestADeploymentIsItself(t *testing.T) {
	d := described(t, "s3cr3t")
	if changes := deployment.Compare(d, d); len(changes) > 0 {
		t.Errorf("%+v", changes)
	}
	for _, c := range deployment.Compare(nil, d) {
		if c.What != deployment.UnitAdded && c.What != deployment.Joined && c.What != deployment.TriggerAdded && (c.What != deployment.SettingChanged || c.Rule == "" || c.Old != "") {
			t.Errorf("of a first deployment it made %+v", c)
		}
	}
}

func TestVariablesAreComparedAndNeverShown(t *testing.T) {
	old, next := described(t, "s3cr3t-one"), described(t, "s3cr3t-two")
	changes := deployment.Compare(old, next)
	if len(changes) != 1 || changes[0].Key != "environment.TOKEN" || changes[0].Old == changes[0].New || changes[0].Rule != "all variables" {
		t.Fatalf("%+v", changes)
	}
	var b strings.Builder
	if err := next.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{b.String(), changes[0].Old, changes[0].New} {
		if strings.Contains(text, "s3cr3t") {
			t.Errorf("it shows the variable: %s", text)
		}
	}
	if len(changes[0].New) > len("#ffff") {
		t.Errorf("%q is long enough to tell whether a guess is right", changes[0].New)
	}
}
