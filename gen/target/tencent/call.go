package tencent

import "github.com/faasgen/faasgen/gen/target"

var _ target.Caller = cloud{}

// Address is the function's name, with the alias that a rollout moves if it has one: the vendor's default may be $LATEST.
func (cloud) Address(app *target.App, u *target.Unit) string {
	if u.Settings.Rollout != nil {
		return app.FunctionName(u) + ":" + qualifier
	}
	return app.FunctionName(u)
}

// CallLimit is the vendor's limit of a payload. The limits are those of events.
func (cloud) CallLimit(async bool) int64 {
	if async {
		return 128 << 10
	}
	return 6 << 20
}

// Uncallable says that a web function has only its URL.
func (cloud) Uncallable(_ *target.App, u *target.Unit) (why, hint string) {
	if !web(u) {
		return "", ""
	}
	why = u.Name + " has http triggers alone and is deployed as a web function, which SCF calls by its URL only"
	if u.Group != "" {
		return why, "mixed: event in the group makes it an event function"
	}
	return why, "with //faas:raw too it is an event function; or put both functions into one group, or call its URL"
}

// Unsigned says that a role is missing: without one SCF gives a function no credentials.
func (cloud) Unsigned(app *target.App, u *target.Unit) (why, hint string) {
	if u.Settings.Role != "" || extended(app, u, "role") != "" {
		return "", ""
	}
	return "without a role a function has no credentials to sign calls of other units with", "role: <name> of a role which may do scf:InvokeFunction; or put both functions into one group"
}

// calls are the rights to call other units. An asynchronous call is another action of the vendor's API.
func (r *rights) calls() {
	for _, l := range r.app.Links(r.unit) {
		action := "scf:InvokeFunction"
		if l.Async {
			action = "scf:Invoke"
		}
		r.add(target.GranteeRole, false, "call "+l.Call.Function, functionQCS(r.app, l.To), action)
	}
}
