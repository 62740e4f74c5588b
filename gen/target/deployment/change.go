package deployment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/kind"
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
	c.settings()
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
			c.add(Change{What: Regrouped, Unit: after, Function: name, Old: before, New: after})
		}
	}
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
		return "events may be delivered twice or wait for a moment; objects may be missed"
	}
	return ""
}

func (c *comparison) settings() {
	for _, u := range c.next.Units {
		before := c.old.unit(u.Name)
		if before == nil {
			for _, s := range u.Settings { // of a group that is new, what its functions made of it
				if s.Rule != "" {
					c.add(Change{What: SettingChanged, Unit: u.Name, Key: s.Key, New: s.Value, Rule: s.Rule, Members: s.Members})
				}
			}
			continue
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

// Steps is the order in which a deployment that moves triggers is safe, empty if none moves. A cloud whose tool makes what is
// new before it removes what is old, in one update, needs no steps.
func Steps(changes []Change) []string {
	var moved, gone []string
	for _, c := range changes {
		switch c.What {
		case TriggerMoved:
			moved = append(moved, c.Trigger)
		case UnitRemoved:
			gone = append(gone, c.Unit)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	steps := []string{
		"deploy the units that triggers move to, without these triggers; deployOrigin: true keeps the old units until then",
		"move the triggers: " + strings.Join(moved, "; "),
	}
	if len(gone) > 0 {
		steps = append(steps, "remove the units that have none any more: "+strings.Join(gone, ", "))
	}
	return steps
}
