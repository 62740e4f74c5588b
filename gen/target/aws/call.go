package aws

import (
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Caller = cloud{}

// Address is the function's name, with its alias if it has one.
func (cloud) Address(app *target.App, u *target.Unit) string {
	return app.FunctionName(u) + aliasOf(app, u)
}

// CallLimit is the vendor's limit of a payload. The limits are those of the API Invoke.
func (cloud) CallLimit(async bool) int64 {
	if async {
		return 1 << 20
	}
	return 6 << 20
}

// Uncallable returns nothing: every function has the vendor's invoke API.
func (cloud) Uncallable(*target.App, *target.Unit) (why, hint string) { return "", "" }

// Unsigned returns nothing: SAM makes a role where there is none.
func (cloud) Unsigned(*target.App, *target.Unit) (why, hint string) { return "", "" }

// calls are the rights to call other units.
func (r *rights) calls() {
	for _, l := range r.app.Links(r.unit) {
		r.role("call "+l.Call.Function, r.own(), functionARN(r.app, l.To), invoke)
	}
}

// own reports whether the role that SAM makes has the policies of the template, and not those of x-aws.
func (r *rights) own() bool { return said(r.app, r.unit, "Policies") == nil }

// callPolicy is what the role of a unit that calls others has for that, nil for nothing.
func callPolicy(app *target.App, u *target.Unit) any {
	var resources []any
	seen := map[string]bool{}
	for _, l := range app.Links(u) {
		if arn := functionARN(app, l.To); !seen[arn] {
			seen[arn] = true
			resources = append(resources, sub(arn))
		}
	}
	if resources == nil {
		return nil
	}
	return policy(map[string]any{"Effect": "Allow", "Action": []string{invoke}, "Resource": resources})
}

// aliasOf is the alias of a function behind a colon, empty without one.
func aliasOf(app *target.App, u *target.Unit) string {
	if n := said(app, u, "AutoPublishAlias"); n != nil {
		return ":" + strings.TrimSpace(n.Value)
	}
	if published(u) {
		return ":" + alias
	}
	return ""
}

// alias leads to the version of a function that is called, in functions that have versions.
const alias = "live"

// published reports whether each deployment of the unit makes a version, which the alias then leads to: instances are kept warm for an
// alias, and a rollout moves one.
func published(u *target.Unit) bool {
	n := u.Settings.ProvisionedInstances
	return n != nil && *n > 0 || u.Settings.Rollout != nil
}
