package deployment

import (
	"slices"

	"github.com/faasgen/faasgen/gen/target"
)

// CallMoved is a call that leaves its unit, or does not any more.
const CallMoved = "call-moved"

// Call is a function that a function calls.
type Call struct {
	// Function is the called one.
	Function string `json:"function"`
	// Async says that the caller does not wait.
	Async bool `json:"async,omitempty"`
	// Unit is the unit that the call goes to, empty for one in process.
	Unit string `json:"unit,omitempty"`
	// Limit is how many bytes the payload may have, zero where there is no limit.
	Limit int64 `json:"limit,omitempty"`
}

// calls describes those of one function.
func calls(t target.Target, app *target.App, u *target.Unit, f *target.Function) (list []Call) {
	caller, _ := t.(target.Caller)
	links := app.Links(u)
	add := func(c target.Call, async bool) {
		call := Call{Function: c.Function, Async: async}
		at := slices.IndexFunc(links, func(l target.Link) bool { return l.By == f && l.Call.Function == c.Function && l.Async == async })
		if at >= 0 {
			call.Unit = links[at].To.Name
			if caller != nil {
				call.Limit = caller.CallLimit(async)
			}
		}
		list = append(list, call)
	}
	for _, c := range f.Calls {
		if c.Sync {
			add(c, false)
		}
		if c.Async {
			add(c, true)
		}
	}
	return list
}

// calls are the functions that are called in process, or across units, by who calls what.
func (d *Deployment) calls() map[string]Call {
	all := map[string]Call{}
	for _, u := range d.Units {
		for _, f := range u.Functions {
			for _, c := range f.Calls {
				key := "call " + c.Function + " by " + f.Name
				if c.Async {
					key += " async"
				}
				all[key] = c
			}
		}
	}
	return all
}

// Where says where a call goes.
func (c Call) Where() string {
	if c.Unit == "" {
		return "in process"
	}
	return "to unit " + c.Unit
}

func (c *comparison) calls() {
	old, next := c.old.calls(), c.next.calls()
	for _, key := range sorted(old, next) {
		before, was := old[key]
		after, is := next[key]
		if !was || !is || (before.Unit == "") == (after.Unit == "") {
			continue // a new call is new code, and between units it is a call as before
		}
		change := Change{What: CallMoved, Function: after.Function, Trigger: key, Old: before.Where(), New: after.Where()}
		if after.Unit != "" {
			change.Warning = "every call is an invocation of its own from now on, with its price"
		}
		c.add(change)
	}
}
