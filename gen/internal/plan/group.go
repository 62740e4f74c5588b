package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// maxDescription is what every cloud takes of a description, in bytes.
const maxDescription = 256

// alone are the functions, each by itself.
func (p *Plan) alone() []*target.Function {
	var functions []*target.Function
	for _, u := range p.functions {
		functions = append(functions, u.Functions[0])
	}
	return functions
}

// group returns the units of a target: groups, and functions by themselves.
func (p *Plan) group(groups []*Group, split Split) ([]*Unit, annotations.Diagnostics) {
	single := map[string]*Unit{}
	for _, u := range p.functions {
		single[u.Name] = u
	}
	g := grouper{single: single, places: p.App.Spec}
	origin := map[string]bool{}
	for name := range single {
		origin[name] = true
	}
	alone := maps.Clone(origin)
	for _, group := range groups {
		for _, f := range group.Members {
			alone[f.Name] = false
			origin[f.Name] = origin[f.Name] && group.DeployOrigin != nil && *group.DeployOrigin
		}
		g.add(group, split)
	}
	for _, u := range p.functions {
		switch {
		case alone[u.Name]:
			g.units = append(g.units, u)
		case origin[u.Name]:
			g.units = append(g.units, u.withoutTriggers())
		}
	}
	g.unique()
	return g.units, g.diags
}

// withoutTriggers is a function that is deployed by itself while a group has its triggers.
func (u *Unit) withoutTriggers() *Unit {
	f := *u.Functions[0]
	f.Triggers, f.Linked, f.Guest = nil, slices.Concat(f.Linked, f.Triggers), true
	unit, member := *u.Unit, *u.Members[0]
	member.Function, unit.Functions = &f, []*target.Function{&f}
	return &Unit{Unit: &unit, Members: []*Member{&member}}
}

// grouper makes the units of groups.
type grouper struct {
	single map[string]*Unit
	places *spec.Spec
	units  []*Unit
	diags  annotations.Diagnostics
}

// add makes the units of one group: one, or as many as the target needs.
func (g *grouper) add(group *Group, split Split) {
	parts := []target.Part{{Functions: g.members(group)}}
	if split != nil {
		parts = split(&target.Unit{Name: group.Name, Group: group.Name, Functions: parts[0].Functions, Mixed: group.Mixed})
	}
	for _, p := range parts {
		part := *group
		part.Members = p.Functions
		u := g.unit(&part)
		u.Name += p.Suffix
		g.units = append(g.units, u)
	}
}

// members are copies of the functions of a group as they are in it: what the group itself sets of requests is theirs, and guests
// have no events.
func (g *grouper) members(group *Group) []*target.Function {
	var members []*target.Function
	for _, f := range group.Members {
		member := *f
		member.Settings = member.Settings.In(group.Group)
		if group.Guests[f.Name] {
			member.Guest, member.Triggers = true, nil
			for _, t := range f.Triggers {
				if kind.DeliveryOf(t.Kind) == kind.Request {
					member.Triggers = append(member.Triggers, t)
				} else {
					member.Linked = append(member.Linked, t)
				}
			}
		}
		members = append(members, &member)
	}
	return members
}

// unit makes one unit of a group.
func (g *grouper) unit(group *Group) *Unit {
	settings, merged, problems := Merge(group)
	var parts []Part
	var members []*Member
	for _, f := range group.Members {
		own := g.single[f.Name]
		parts = append(parts, Part{Function: f.Name, Extension: own.Extension, Place: func(name string) spec.Place {
			return g.places.KeyPlace("functions." + f.Name + ".x-" + name)
		}})
		member := *own.Members[0]
		member.Function = f
		if f.Settings.HTTP != nil {
			member.CORS = f.Settings.HTTP.CORS
		}
		members = append(members, &member)
	}
	extension, ds := Extensions(group, parts)
	problems = append(problems, ds...)
	g.diags = append(g.diags, problems...)
	return &Unit{
		Unit: &target.Unit{
			Name: group.Name, Group: group.Name, Pos: group.Place.Pos, Place: group.Place, Description: cmp.Or(group.Description, describe(group.Members)),
			Functions: group.Members, Settings: settings, Extension: extension, Merged: merged, Mixed: group.Mixed,
		},
		Members: members,
		lazy:    group.Lazy, problems: problems,
	}
}

// describe names as many functions as a description has room for.
func describe(members []*target.Function) string {
	text := ""
	for i, f := range members {
		next := f.Name
		if i > 0 {
			next = ", " + next
		}
		if left := len(members) - i; len(text)+len(next) > maxDescription-len(" and 100000 more") || i >= 8 && left > 1 {
			return fmt.Sprintf("%s and %d more", text, left)
		}
		text += next
	}
	return text
}

// unique reports units of one name: a part of a group may be called like something else.
func (g *grouper) unique() {
	seen := map[string]*Unit{}
	for _, u := range g.units {
		first := seen[u.Name]
		if first == nil {
			seen[u.Name] = u
			continue
		}
		at := u
		if at.Group == "" || at.Group == at.Name && first.Group != "" {
			at, first = first, at
		}
		d := at.Place.Errorf(codeGroup, "group %s needs a unit called %s, and there is another one of that name", at.Group, at.Name)
		d.Chain = []annotations.Link{{Pos: first.Pos, Message: "the other one is here"}}
		d.Hint = "give the group another name"
		g.diags = append(g.diags, d)
	}
	slices.SortStableFunc(g.units, func(a, b *Unit) int { return strings.Compare(a.Name, b.Name) })
}
