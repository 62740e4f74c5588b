package target

import (
	"cmp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/kind"
)

// Grantees that are none of the vendor's.
const (
	GranteeRole     = "role"     // the role that the unit runs as
	GranteeCallers  = "callers"  // what invokes the unit, or sends it signed requests
	GranteeEveryone = "everyone" // anybody who knows the address
)

// Cause is the reason of a permission that a trigger needs: its kind and what tells it from others of the kind, such as "mq queue orders".
func (t Trigger) Cause() string {
	words := []string{t.Kind}
	identities := kind.Of(t.Marker).Identities(t.Marker, t.Name)
	if needs := Needs(t.Marker); len(needs) > 0 && slices.Contains(identities, needs[0].Name) {
		words = append(words, needs[0].Argument)
	}
	if identity := strings.Join(identities, ","); identity != "" {
		words = append(words, identity)
	}
	return strings.Join(words, " ")
}

// UniquePermissions sorts permissions and their actions. Those that differ in their reasons only become one with all of these.
func UniquePermissions(list []Permission) []Permission {
	all := slices.Clone(list)
	for i, p := range all {
		all[i].Actions = slices.Compact(slices.Sorted(slices.Values(p.Actions)))
	}
	same := func(a, b Permission) int {
		return cmp.Or(cmp.Compare(a.Grantee, b.Grantee), cmp.Compare(a.Resource, b.Resource), slices.Compare(a.Actions, b.Actions),
			cmp.Compare(a.Condition, b.Condition), boolean(a.Granted)-boolean(b.Granted))
	}
	slices.SortFunc(all, func(a, b Permission) int { return cmp.Or(same(a, b), cmp.Compare(a.Reason, b.Reason)) })
	var unique []Permission
	last := ""
	for _, p := range all {
		n := len(unique)
		switch {
		case n == 0 || same(unique[n-1], p) != 0:
			unique = append(unique, p)
		case p.Reason != last:
			unique[n-1].Reason += ", " + p.Reason
		}
		last = p.Reason
	}
	return unique
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
