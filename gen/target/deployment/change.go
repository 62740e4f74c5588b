package deployment

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
)

// What a change is about.
const (
	UnitAdded      = "unit-added"
	UnitRemoved    = "unit-removed"
	Regrouped      = "function-moved"
	Joined         = "function-added"
	Left           = "function-removed"
	TriggerAdded   = "trigger-added"
	TriggerRemoved = "trigger-removed"
	TriggerMoved   = "trigger-moved"
	TriggerChanged = "trigger-changed"
	SettingChanged = "setting-changed"
	LimitChanged   = "limit-changed"
	PackageChanged = "package-changed"
)

// Change is one difference between two deployments.
type Change struct {
	// What is one of the constants of this package.
	What string `json:"what"`
	// Unit is the unit that it is about, Function the function, Trigger its trigger ("timer purge"), Key the setting.
	Unit     string `json:"unit"`
	Function string `json:"function,omitempty"`
	Trigger  string `json:"trigger,omitempty"`
	Key      string `json:"key,omitempty"`
	// Old and New are values, or the units that something moves between.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// Rule and Members say where a new value of a group comes from.
	Rule    string   `json:"rule,omitempty"`
	Members []string `json:"members,omitempty"`
	// Warning is what may go wrong while it is deployed.
	Warning string `json:"warning,omitempty"`
}

// Compare returns what the deployment of next changes of one that is there; nil is none.
func Compare(old, next *Deployment) []Change {
	if old == nil {
		old = &Deployment{}
	}
	c := &comparison{old: old, next: next}
	c.units()
	c.functions()
	c.triggers()
	c.calls()
	c.settings()
	if old.Service != "" && old.Stage != next.Stage { // then it says what both are about
		c.changes = slices.DeleteFunc(c.changes, func(change Change) bool {
			return change.What == SettingChanged && change.Key == "environment."+spec.StageVariable
		})
	}
	return c.changes
}

type comparison struct {
	old, next *Deployment
	changes   []Change
}

func (c *comparison) add(change Change) { c.changes = append(c.changes, change) }

func (d *Deployment) unit(name string) *Unit {
	i := slices.IndexFunc(d.Units, func(u Unit) bool { return u.Name == name })
	if i < 0 {
		return nil
	}
	return &d.Units[i]
}

func (c *comparison) units() {
	for _, u := range c.next.Units {
		if c.old.unit(u.Name) == nil {
			c.add(Change{What: UnitAdded, Unit: u.Name, New: u.members()})
		}
	}
	for _, u := range c.old.Units {
		if c.next.unit(u.Name) == nil {
			c.add(Change{What: UnitRemoved, Unit: u.Name, Old: u.members()})
		}
	}
}

func (u *Unit) members() string {
	var names []string
	for _, f := range u.Functions {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// homes are the units that each function is in.
func (d *Deployment) homes() map[string][]string {
	out := map[string][]string{}
	for _, u := range d.Units {
		for _, f := range u.Functions {
			out[f.Name] = append(out[f.Name], u.Name)
		}
	}
	return out
}

func (c *comparison) functions() {
	old, next := c.old.homes(), c.next.homes()
	for _, name := range sorted(old, next) {
		before, after := strings.Join(old[name], ", "), strings.Join(next[name], ", ")
		switch {
		case before == after:
		case before == "":
			c.add(Change{What: Joined, Unit: after, Function: name})
		case after == "":
			c.add(Change{What: Left, Unit: before, Function: name})
		default:
			c.add(Change{What: Regrouped, Unit: after, Function: name, Old: before, New: after, Warning: c.renamed(name, old[name], next[name])})
		}
	}
}

// renamed warns who calls a function that has no trigger, and has left the units that it was in: its name in the cloud is that of
// the unit.
func (c *comparison) renamed(function string, before, after []string) string {
	if slices.ContainsFunc(before, func(name string) bool { return slices.Contains(after, name) }) {
		return ""
	}
	u := c.next.unit(after[0])
	for _, f := range u.Functions {
		if f.Name == function && len(f.Triggers) == 0 {
			return "callers have to call " + u.Function
		}
	}
	return ""
}

// placed is a trigger with where it is.
type placed struct {
	Trigger
	unit, function string
}

// placed are the triggers of a deployment by what tells them from others.
func (d *Deployment) placed() map[string]placed {
	out := map[string]placed{}
	for _, u := range d.Units {
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				key := t.Kind + " " + t.Name
				for i := 2; ; i++ {
					if _, taken := out[key]; !taken {
						break
					}
					key = fmt.Sprintf("%s %s (%d)", t.Kind, t.Name, i)
				}
				out[key] = placed{t, u.Name, f.Name}
			}
		}
	}
	return out
}

func (c *comparison) triggers() {
	old, next := c.old.placed(), c.next.placed()
	for _, key := range sorted(old, next) {
		before, was := old[key]
		after, is := next[key]
		switch {
		case !was:
			c.add(Change{What: TriggerAdded, Unit: after.unit, Function: after.function, Trigger: key})
			continue
		case !is:
			c.add(Change{What: TriggerRemoved, Unit: before.unit, Function: before.function, Trigger: key})
			continue
		case before.unit != after.unit:
			c.add(Change{What: TriggerMoved, Unit: after.unit, Function: after.function, Trigger: key, Old: before.unit, New: after.unit, Warning: moving(after.Kind)})
		}
		for _, s := range compareSettings(before.Settings, after.Settings) {
			s.What, s.Unit, s.Function, s.Trigger = TriggerChanged, after.unit, after.function, key
			c.add(s)
		}
	}
}

// moving is what may happen to the events of a trigger while it moves from one unit to another.
func moving(word string) string {
	switch kind.DeliveryOf(word) {
	case kind.Request:
		return "requests may fail for a moment"
	case kind.Tick:
		return "may fire twice or be missed for a moment"
	case kind.Batch:
		return "events may wait, be delivered twice or, where the vendor keeps none, be missed for a moment"
	}
	return ""
}

func (c *comparison) settings() {
	for _, u := range c.next.Units {
		before := c.old.unit(u.Name)
		if before == nil {
			c.newSettings(&u)
			continue
		}
		if before.Hash != "" && u.Hash != "" && before.Hash != u.Hash {
			c.add(Change{What: PackageChanged, Unit: u.Name, Key: "package", Old: before.packaged(), New: u.packaged()})
		}
		if before.Task != u.Task {
			c.add(Change{What: SettingChanged, Unit: u.Name, Key: "task", Old: strconv.FormatBool(before.Task), New: strconv.FormatBool(u.Task),
				Warning: "it moves to another deployment, which cannot make it while this one has it: deploy once without it"})
		}
		for _, s := range compareSettings(before.Settings, u.Settings) {
			s.What, s.Unit = SettingChanged, u.Name
			c.add(s)
		}
		for _, f := range u.Functions {
			i := slices.IndexFunc(before.Functions, func(b Function) bool { return b.Name == f.Name })
			if i >= 0 && before.Functions[i].Timeout != f.Timeout && len(u.Functions) > 1 {
				c.add(Change{What: LimitChanged, Unit: u.Name, Function: f.Name, Key: "timeout", Old: before.Functions[i].Timeout, New: f.Timeout})
			}
		}
	}
}

// newSettings are those of a unit that is new: compared with the unit that had all of its functions, if there was one, otherwise
// what the functions made of a group.
func (c *comparison) newSettings(u *Unit) {
	var before *Unit
	homes := map[string]bool{}
	for _, f := range u.Functions {
		for i, old := range c.old.Units {
			if slices.ContainsFunc(old.Functions, func(b Function) bool { return b.Name == f.Name }) {
				homes[old.Name] = true
				before = &c.old.Units[i]
			}
		}
	}
	if len(homes) == 1 {
		for _, s := range compareSettings(before.Settings, u.Settings) {
			s.What, s.Unit = SettingChanged, u.Name
			c.add(s)
		}
		return
	}
	for _, s := range u.Settings {
		if s.Rule != "" {
			c.add(Change{What: SettingChanged, Unit: u.Name, Key: s.Key, New: s.Value, Rule: s.Rule, Members: s.Members})
		}
	}
}

// packaged is the unit's package in a few words.
func (u *Unit) packaged() string { return fmt.Sprintf("%d bytes, %.8s", u.Size, u.Hash) }

func compareSettings(old, next []Setting) []Change {
	values := func(list []Setting) map[string]Setting {
		out := map[string]Setting{}
		for _, s := range list {
			out[s.Key] = s
		}
		return out
	}
	before, after := values(old), values(next)
	var changes []Change
	for _, key := range sorted(before, after) {
		if before[key].Value != after[key].Value {
			changes = append(changes, Change{Key: key, Old: before[key].Value, New: after[key].Value, Rule: after[key].Rule, Members: after[key].Members})
		}
	}
	return changes
}

// sorted are the keys of both, each once.
func sorted[V any](a, b map[string]V) []string {
	var keys []string
	for key := range a {
		keys = append(keys, key)
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}

// Steps is the order in which the deployment of next is safe that moves triggers, empty if none moves. A cloud whose tool makes what
// is new before it removes what is old, in one update, needs no steps.
func Steps(next *Deployment, changes []Change) []string {
	var moved, gone []string
	keeps := true // whether deployOrigin keeps the old units: functions by themselves that groups take
	for _, c := range changes {
		switch c.What {
		case TriggerMoved:
			moved = append(moved, c.Trigger)
			u := next.unit(c.Unit)
			keeps = keeps && u != nil && u.Group != ""
		case UnitRemoved:
			gone = append(gone, c.Unit)
			keeps = keeps && !strings.Contains(c.Old, ", ")
		}
	}
	if len(moved) == 0 {
		return nil
	}
	look := "deploy, and see whether the triggers that move work: " + strings.Join(moved, "; ")
	switch {
	case len(gone) == 0:
		return []string{look}
	case !keeps:
		return []string{look, "remove what the cloud's tool has left of " + strings.Join(gone, ", ")}
	}
	return []string{
		"deploy with deployOrigin: true in the groups: they get the triggers, and the old units stay, without triggers, for who calls them",
		"see whether the triggers that move work: " + strings.Join(moved, "; "),
		"deploy without deployOrigin, which removes " + strings.Join(gone, ", "),
	}
}
