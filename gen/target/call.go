package target

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/spec"
)

// Call says that a function may call another one.
type Call struct {
	// Function is the name of the called one.
	Function string
	// Sync says that it waits for the result somewhere, Async that it does not somewhere else.
	Sync, Async bool
	// Place is the first directive that says so.
	Place spec.Place
}

// Calls are those of the unit's functions, sorted by the names of what they call, each once.
func (u *Unit) Calls() []Call {
	var calls []Call
	for _, f := range u.Functions {
		for _, c := range f.Calls {
			i := slices.IndexFunc(calls, func(o Call) bool { return o.Function == c.Function })
			if i < 0 {
				calls = append(calls, c)
				continue
			}
			calls[i].Sync, calls[i].Async = calls[i].Sync || c.Sync, calls[i].Async || c.Async
		}
	}
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Compare(a.Function, b.Function) })
	return calls
}

// Outside are those of its calls that leave the process: of functions of other units, and asynchronous ones.
func (u *Unit) Outside() []Call {
	return slices.DeleteFunc(u.Calls(), func(c Call) bool { return !c.Async && u.Has(c.Function) })
}

// Has reports whether the unit has a function.
func (u *Unit) Has(function string) bool {
	return slices.ContainsFunc(u.Functions, func(f *Function) bool { return f.Name == function })
}

// WithCalled are a function and all that it may call, directly or through others: itself first, then the nearest.
func (a *App) WithCalled(function string) []string {
	names := []string{function}
	for i := 0; i < len(names); i++ { // which grows
		for _, u := range a.Units {
			for _, f := range u.Functions {
				if f.Name != names[i] {
					continue
				}
				for _, c := range f.Calls {
					if !slices.Contains(names, c.Function) {
						names = append(names, c.Function)
					}
				}
			}
		}
	}
	return names
}

// Reached are the units that calls reach over the cloud's own API when a function of a unit is called: those that the function makes
// itself, and those of the functions that these call, wherever each runs. The unit itself is among them only if it is called, too.
func (a *App) Reached(u *Unit, function string) (units []*Unit) {
	type place struct {
		unit     *Unit
		function string
	}
	places := []place{{u, function}}
	for i := 0; i < len(places); i++ { // which grows
		at := places[i]
		to := func(u *Unit, function string) {
			if p := (place{u, function}); u != nil && !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
		for _, f := range at.unit.Functions {
			if f.Name != at.function {
				continue
			}
			for _, c := range f.Calls {
				if c.Sync && at.unit.Has(c.Function) {
					to(at.unit, c.Function)
				}
			}
			for _, l := range a.Links(at.unit) {
				if l.By == f {
					to(l.To, l.Call.Function)
					if !slices.Contains(units, l.To) {
						units = append(units, l.To)
					}
				}
			}
		}
	}
	return units
}

// Caller is a target whose units call each other through the cloud's own API.
type Caller interface {
	Target
	// Address is how other units call a unit: the name that it is deployed under, with an alias or version behind a colon where a
	// call has to name one.
	Address(app *App, u *Unit) string
	// CallLimit is how many bytes the payload of a call may have.
	CallLimit(async bool) int64
	// Uncallable says why no other unit can call a unit, and what helps; it returns nothing for one that can be called.
	Uncallable(app *App, u *Unit) (why, hint string)
	// Unsigned says why a unit cannot sign calls of others, and what helps; it returns nothing for one that can.
	Unsigned(app *App, u *Unit) (why, hint string)
}

// Link is a call that leaves its unit.
type Link struct {
	// From has the call, which is one of By's.
	From *Unit
	By   *Function
	Call Call
	// Async says that the caller does not wait.
	Async bool
	// To is the unit that answers.
	To *Unit
}

// Links are the calls that leave a unit, by the functions that have them. What no unit has, as where only a part of the
// application is looked at, is left out.
func (a *App) Links(u *Unit) (links []Link) {
	for _, f := range u.Functions {
		for _, c := range f.Calls {
			to := a.home(c.Function)
			if to == nil {
				continue
			}
			if c.Sync && !u.Has(c.Function) {
				links = append(links, Link{u, f, c, false, to})
			}
			if c.Async {
				links = append(links, Link{u, f, c, true, to})
			}
		}
	}
	return links
}

// home is the unit that a function is called in: not one where it is a guest.
func (a *App) home(function string) *Unit {
	for _, u := range slices.Concat(a.Units, a.Elsewhere) {
		for _, f := range u.Functions {
			if f.Name == function && !f.Guest {
				return u
			}
		}
	}
	return nil
}

// Connect puts into the environment of each unit where the functions are that it calls, as package call of the framework reads it. It
// counts against what a cloud allows there. A target without calls has none; its Check says so.
func Connect(t Target, app *App) {
	caller, ok := t.(Caller)
	if !ok {
		return
	}
	for _, u := range app.Units {
		at := map[string][]string{}
		for _, l := range app.Links(u) {
			address := caller.Address(app, l.To)
			if !slices.Contains(at[address], l.Call.Function) {
				at[address] = append(at[address], l.Call.Function)
			}
		}
		if len(at) == 0 {
			continue
		}
		var groups []string
		for _, address := range slices.Sorted(maps.Keys(at)) {
			slices.Sort(at[address])
			groups = append(groups, strings.Join(at[address], ",")+"="+address)
		}
		if u.Settings.Environment == nil {
			u.Settings.Environment = map[string]string{}
		}
		u.Settings.Environment[spec.CallsVariable] = strings.Join(groups, ";")
	}
}

// Calls reports the calls that cannot be made: between units of a cloud that has no calls, of a unit that nothing can call, and by
// one that cannot sign them.
func (r *Report) Calls(t Target, app *App) {
	caller, ok := t.(Caller)
	const group = "put both functions into one group of f.yml"
	for _, u := range app.Units {
		signed := false
		for _, l := range app.Links(u) {
			what := "a call of function " + l.Call.Function + " by " + l.By.Name
			if !ok {
				r.Unsupported(l.Call.Place, what, "its units cannot call each other").Hint = group
				continue
			}
			if why, hint := caller.Uncallable(app, l.To); why != "" {
				r.Unsupported(l.Call.Place, what, why).Hint = hint
			}
			if signed {
				continue
			}
			signed = true // once is enough
			if why, hint := caller.Unsigned(app, u); why != "" {
				r.Missing(u.At(SettingRole), SettingRole+" of "+u.Name, why+", and "+l.By.Name+" calls "+l.Call.Function).Hint = hint
			}
		}
	}
}
