package aliyun

import (
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Keeper = cloud{}

// scheme is that of the secrets of Key Management Service.
const scheme = "kms"

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_/+=.@-]{1,192}$`)

// Stores are the secrets of KMS.
func (cloud) Stores() []target.Store {
	return []target.Store{{Scheme: scheme, Title: "secrets of KMS", Source: target.Symbol{Import: platform + "/kms", Name: "New"}, Wrong: func(name string) string {
		if !secretForm.MatchString(name) {
			return "expected that of a secret, such as shop/token"
		}
		return ""
	}}}
}

// Roleless says that a role is missing: without one Function Compute gives a function no credentials.
func (cloud) Roleless(app *target.App, u *target.Unit) (why, hint string) {
	if roleOf(app, u) {
		return "", ""
	}
	return "without a role a function has no credentials to read KMS with", "role: acs:ram::<account>:role/<name>, which may do kms:GetSecretValue"
}

// secrets are the rights to read KMS. Its keys need a right of their own.
func (r *rights) secrets() {
	for _, s := range r.unit.Secrets() {
		if s.Scheme == scheme {
			at := "acs:kms:" + r.app.Spec.Provider.Region + ":" + account
			r.add(target.GranteeRole, false, "secret "+s.Key, at+":secret/"+strings.TrimPrefix(s.Name, "/"), "kms:GetSecretValue")
			r.add(target.GranteeRole, false, "secret "+s.Key+", for the key that encrypts it", at+":key/*", "kms:Decrypt")
		}
	}
}
