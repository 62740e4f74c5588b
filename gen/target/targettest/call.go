package targettest

import (
	"strings"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Calls are what a cloud makes of calls between functions, a line each: what it says of them, where each unit finds the functions that it
// calls, and what it must be allowed to. Calls are "a b" where function a calls b, "a b async" where it does not wait. A
// group of units is "g=a,b".
func Calls(t T, cloud target.Target, source string, calls ...string) (*target.App, []string) {
	t.Helper()
	app := App(t, cloud.Name(), source)
	for _, c := range calls {
		if name, members, ok := strings.Cut(c, "="); ok {
			Group(t, app, name, strings.Split(members, ",")...)
		}
	}
	for _, c := range calls {
		words := strings.Fields(c)
		if len(words) < 2 {
			continue
		}
		for _, u := range app.Units {
			for _, f := range u.Functions {
				if f.Name == words[0] {
					f.Calls = append(f.Calls, target.Call{Function: words[1], Sync: len(words) == 2, Async: len(words) > 2, Place: spec.Place{Pos: f.Pos}})
				}
			}
		}
	}
	target.Connect(cloud, app)
	var lines []string
	for _, d := range cloud.Check(app) {
		lines = append(lines, d.Error())
		if d.Hint != "" {
			lines = append(lines, "hint: "+d.Hint)
		}
	}
	for _, u := range app.Units {
		if at := u.Settings.Environment[spec.CallsVariable]; at != "" {
			lines = append(lines, u.Name+": "+at)
		}
		for _, line := range PermissionsOf(t, cloud, app, u) {
			if strings.Contains(line, " for call ") {
				lines = append(lines, u.Name+": "+line)
			}
		}
	}
	return app, lines
}
