package aws

import (
	"fmt"
	"slices"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

var _ target.LogKeeper = cloud{}

// groupType is the type of a log group.
const groupType = "AWS::Logs::LogGroup"

// retentions are the numbers of days that CloudWatch Logs takes.
func retentions() []int {
	return []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

// ownGroup is the log group of a unit as far as f.yml's own keys go: the one that it names, the one that the template makes, or the
// one that Lambda makes. That of the template is not called as Lambda calls its own: a function that has run before has that one
// already, and CloudFormation makes nothing that exists.
func ownGroup(app *target.App, u *target.Unit) string {
	switch l := u.Settings.Log; {
	case l != nil && l.Store != "":
		return l.Store
	case l != nil && l.Retention != 0:
		return "/faasgen/" + app.FunctionName(u)
	}
	return "/aws/lambda/" + app.FunctionName(u)
}

func checkRetention(r *target.Report, u *target.Unit, days int) {
	all := retentions()
	at, ok := slices.BinarySearch(all, days)
	if days == 0 || ok {
		return
	}
	var nearest string
	switch {
	case at == 0:
		nearest = fmt.Sprintf("%dd", all[0])
	case at == len(all):
		nearest = fmt.Sprintf("%dd", all[at-1])
	default:
		nearest = fmt.Sprintf("%dd or %dd", all[at-1], all[at])
	}
	r.Limit(u.At("log.retention"), "log.retention", fmt.Sprintf("%dd", days), "what CloudWatch Logs has, the nearest "+nearest)
}

// LogGroups are those that the template makes: of units that say how long logs are kept.
func (cloud) LogGroups(app *target.App) (list []target.Kept) {
	for _, u := range app.Units {
		if l := u.Settings.Log; l != nil && l.Retention != 0 {
			list = append(list, target.Kept{Name: ownGroup(app, u), Days: int(l.Retention), Unit: u})
		}
	}
	return list
}

// checkKept reports units that share a log group and do not agree on how long it keeps logs.
func checkKept(r *target.Report, app *target.App) {
	first := map[string]*target.Unit{}
	for _, u := range app.Units {
		l := u.Settings.Log
		if l == nil || l.Store == "" {
			continue
		}
		other := first[l.Store]
		if other == nil {
			first[l.Store] = u
			continue
		}
		if days := other.Settings.Log.Retention; days != l.Retention {
			found := "nothing"
			if l.Retention != 0 {
				found = l.Retention.String()
			}
			expected := "the same as for unit " + other.Name + ", which has this log group, too"
			at := u.Settings.Places["log.retention"].Or(u.Settings.Places["log.store"]).Or(spec.Place{Pos: u.Pos})
			r.Limit(at, "log.retention", found, expected)
		}
	}
}

// groups makes the log groups of units that say how long logs are kept, and has their functions refer to them.
func (b *builder) groups() {
	made := map[string]string{}
	for id, resource := range b.template.Resources {
		if r, ok := resource.(*Resource); ok && r.Type == groupType {
			made[fmt.Sprint(r.Properties["LogGroupName"])] = id
		}
	}
	for _, k := range (cloud{}).LogGroups(b.app) {
		id := made[k.Name]
		if id == "" {
			id = b.logical.take(logicalName(k.Unit.Name) + "LogGroup")
			made[k.Name] = id
			b.template.Resources[id] = &Resource{Type: groupType, Properties: map[string]any{"LogGroupName": k.Name}}
		}
		b.template.Resources[id].(*Resource).Properties["RetentionInDays"] = k.Days
		b.template.Resources[b.functions.id[k.Unit]].(*Function).Properties.LoggingConfig.LogGroup = ref(id)
	}
}
