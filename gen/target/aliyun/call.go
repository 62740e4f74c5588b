package aliyun

import "github.com/faasgen/faasgen/gen/target"

var _ target.Caller = cloud{}

// Address is the function's name.
func (cloud) Address(app *target.App, u *target.Unit) string { return app.FunctionName(u) }

// CallLimit is the vendor's limit of a payload. The limits are those of InvokeFunction.
func (cloud) CallLimit(async bool) int64 {
	if async {
		return 128 << 10
	}
	return 32 << 20
}

// Uncallable returns nothing: Function Compute invokes functions with http triggers, too.
func (cloud) Uncallable(*target.App, *target.Unit) (why, hint string) { return "", "" }

// Unsigned says that a role is missing: without one Function Compute gives a function no credentials.
func (cloud) Unsigned(app *target.App, u *target.Unit) (why, hint string) {
	if roleOf(app, u) {
		return "", ""
	}
	return "without a role a function has no credentials to sign calls of other units with", "role: acs:ram::<account>:role/<name>, which may do fc:InvokeFunction; or put both functions into one group"
}

// roleOf reports whether a unit has a role of its own.
func roleOf(app *target.App, u *target.Unit) bool {
	return u.Settings.Role != "" || said(u.Extension, "role") != nil || said(app.Spec.Provider.Extension, "role") != nil
}

// calls are the rights to call other units.
func (r *rights) calls() {
	for _, l := range r.app.Links(r.unit) {
		r.add(target.GranteeRole, false, "call "+l.Call.Function, functionARN(r.app, l.To), "fc:InvokeFunction")
	}
}
