package aws

import (
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Keeper = cloud{}

// Schemes of the stores, those of the framework's readers.
const (
	schemeParameter = "ssm"
	schemeSecret    = "secretsmanager"
)

var (
	parameterForm = regexp.MustCompile(`^(/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*|arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+)(:[A-Za-z0-9_.-]+)?$`)
	secretForm    = regexp.MustCompile(`^([A-Za-z0-9/_+=.@-]{1,512}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+)(#.+)?$`)
)

// Stores are Parameter Store and Secrets Manager.
func (cloud) Stores() []target.Store {
	return []target.Store{
		{Scheme: schemeParameter, Title: "Parameter Store", Source: target.Symbol{Import: platform + "/ssm", Name: "New"}, Wrong: func(name string) string {
			switch {
			case !parameterForm.MatchString(name):
				return "expected that of a parameter, such as /shop/token, or its ARN"
			case len(name) > 2048:
				return "expected 2048 characters at most"
			}
			return ""
		}},
		{Scheme: schemeSecret, Title: "Secrets Manager", Source: target.Symbol{Import: platform + "/secretsmanager", Name: "New"}, Wrong: func(name string) string {
			if !secretForm.MatchString(name) {
				return "expected that of a secret, such as shop/db, or its ARN, and #MEMBER for a member of it"
			}
			return ""
		}},
	}
}

// Roleless returns nothing: SAM makes a role where there is none.
func (cloud) Roleless(*target.App, *target.Unit) (why, hint string) { return "", "" }

// secretRight is what reading a secret takes: the action and the resource, empty for a secret that is in no store.
func secretRight(s target.Secret) (action, resource string) {
	switch s.Scheme {
	case schemeParameter:
		if strings.HasPrefix(s.Name, "arn:") {
			parts := strings.SplitN(s.Name, ":", 7) // the last is a version
			return "ssm:GetParameters", strings.Join(parts[:6], ":")
		}
		name, _, _ := strings.Cut(s.Name, ":")
		return "ssm:GetParameters", arnOf("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
	case schemeSecret:
		name, _, _ := strings.Cut(s.Name, "#")
		if strings.HasPrefix(name, "arn:") {
			return "secretsmanager:GetSecretValue", name
		}
		return "secretsmanager:GetSecretValue", arnOf("secretsmanager", "secret:"+name+"-??????") // with what the vendor adds to names
	}
	return "", ""
}

// secrets are the rights to read the stores. A key of the vendor's own needs none.
func (r *rights) secrets() {
	for _, s := range r.unit.Secrets() {
		action, resource := secretRight(s)
		if action == "" {
			continue
		}
		r.role("secret "+s.Key, r.own(), resource, action)
		r.role("secret "+s.Key+", if a key of your own encrypts it", false, arnOf("kms", "key/*"), "kms:Decrypt")
	}
}

// ownPolicies are what the role that SAM makes has for the unit's calls and secrets, nil for nothing.
func ownPolicies(app *target.App, u *target.Unit) any {
	if u.Settings.Role != "" {
		return nil
	}
	var list []any
	if p := callPolicy(app, u); p != nil {
		list = append(list, p)
	}
	byAction := map[string][]any{}
	var actions []string
	seen := map[string]bool{}
	for _, s := range u.Secrets() {
		action, resource := secretRight(s)
		if action == "" || seen[resource] {
			continue
		}
		seen[resource] = true
		if byAction[action] == nil {
			actions = append(actions, action)
		}
		byAction[action] = append(byAction[action], sub(resource))
	}
	for _, action := range actions {
		list = append(list, policy(map[string]any{"Effect": "Allow", "Action": []string{action}, "Resource": byAction[action]}))
	}
	if list == nil {
		return nil
	}
	return list
}
