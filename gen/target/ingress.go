package target

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
)

// Ingress is what the one HTTP entry of a unit is told, on clouds where a unit has one. In a group each function has settings of its
// own for it.
type Ingress struct {
	// IAM says that the vendor checks a signature, Internal that only callers inside the vendor's network get in. The functions
	// agree about both; see [Report.OneIngress].
	IAM, Internal bool
	// CORS says which pages of other origins may call; nil is none, or not the same for all functions.
	CORS *spec.CORS
	// Differ says that functions want different answers to such pages, so that the framework gives them.
	Differ bool
}

// Ingress is the unit's.
func (a *App) Ingress(u *Unit) Ingress {
	members := u.callers()
	if len(members) == 0 {
		return ingress(u.Settings.HTTP)
	}
	first := ingress(members[0].Settings.HTTP)
	for _, f := range members[1:] {
		if other := ingress(f.Settings.HTTP); !sameCORS(first.CORS, other.CORS) {
			first.CORS, first.Differ = nil, true
			break
		}
	}
	return first
}

// OneIngress reports functions of a group that differ in what its one HTTP entry is told, on a cloud where a unit has one.
func (r *Report) OneIngress(u *Unit) {
	for _, s := range []struct {
		key   string
		value func(Ingress) string
	}{
		{"http.auth", func(f Ingress) string { return map[bool]string{true: "iam", false: "anonymous"}[f.IAM] }},
		{"http.internal", func(f Ingress) string { return fmt.Sprint(f.Internal) }},
	} {
		var values []string
		by := map[string][]*Function{}
		for _, f := range u.callers() {
			v := s.value(ingress(f.Settings.HTTP))
			if by[v] == nil {
				values = append(values, v)
			}
			by[v] = append(by[v], f)
		}
		if len(values) < 2 {
			continue
		}
		a, b := by[values[0]][0], by[values[1]][0]
		d := r.add(s.key, b.at(s.key).Errorf(CodeUnsupported, "%s %s of function %s and %s of %s are not supported by %s in one unit: %s has one http entry", s.key, values[1], b.Name, values[0], a.Name, r.Target, u.Name))
		d.Chain = []annotations.Link{{Pos: a.at(s.key).Pos, Message: "function " + a.Name + " is here"}}
		var parts []string
		for _, v := range values {
			parts = append(parts, v+" for "+names(by[v]))
		}
		d.Hint = fmt.Sprintf("split the group by %s: %s; or set it for all of them in the group", s.key, strings.Join(parts, ", "))
	}
}

// callers are the functions of a unit of several that have routes.
func (u *Unit) callers() []*Function {
	if len(u.Functions) < 2 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(u.Functions), func(f *Function) bool {
		return !slices.ContainsFunc(f.Triggers, func(t Trigger) bool { return annotations.HTTPOf(t.Marker) != nil })
	})
}

// at is what a diagnostic about a setting of the function points at: where it was set, otherwise the function.
func (f *Function) at(key string) spec.Place {
	return f.Settings.Places[key].Or(spec.Place{Pos: f.Pos})
}

func ingress(h *spec.HTTP) Ingress {
	if h == nil {
		return Ingress{}
	}
	return Ingress{IAM: h.Auth == "iam", Internal: h.Internal != nil && *h.Internal, CORS: h.CORS}
}

// sameCORS reports whether both let the same pages do the same.
func sameCORS(a, b *spec.CORS) bool {
	if a == nil || b == nil {
		return a == b
	}
	credentials := func(c *spec.CORS) bool { return c.Credentials != nil && *c.Credentials }
	x, y := *a, *b
	x.Credentials, y.Credentials = nil, nil
	return reflect.DeepEqual(x, y) && credentials(a) == credentials(b)
}

// names lists functions, of many the first ones.
func names(functions []*Function) string {
	const most = 5
	var list []string
	for i, f := range functions {
		if i == most && len(functions) > most+1 {
			list = append(list, fmt.Sprintf("%d more", len(functions)-most))
			break
		}
		list = append(list, f.Name)
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}
