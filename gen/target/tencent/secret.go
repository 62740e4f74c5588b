package tencent

import (
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Keeper = cloud{}

// scheme is that of Secrets Manager, which the vendor calls SSM.
const scheme = "ssm"

var secretForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,127}(:[A-Za-z0-9][A-Za-z0-9_.-]{0,63})?$`)

// Stores is Secrets Manager.
func (cloud) Stores() []target.Store {
	return []target.Store{{Scheme: scheme, Title: "Secrets Manager", Source: target.Symbol{Import: platform + "/ssm", Name: "New"}, Wrong: func(name string) string {
		if !secretForm.MatchString(name) {
			return "expected that of a secret, such as shop-token, with :VERSION behind it"
		}
		return ""
	}}}
}

// Roleless says that a role is missing: without one SCF gives a function no credentials.
func (c cloud) Roleless(app *target.App, u *target.Unit) (why, hint string) {
	if why, _ := c.Unsigned(app, u); why == "" {
		return "", ""
	}
	return "without a role a function has no credentials to read Secrets Manager with", "role: <name> of a role which may do ssm:GetSecretValue"
}

// secrets are the rights to read Secrets Manager. A secret's resource has the account that made it, which nothing here knows.
func (r *rights) secrets() {
	for _, s := range r.unit.Secrets() {
		if s.Scheme == scheme {
			name, _, _ := strings.Cut(s.Name, ":")
			r.add(target.GranteeRole, false, "secret "+s.Key, r.qcs("ssm", "secret/creatorUin/*/"+name), "ssm:GetSecretValue")
		}
	}
}
