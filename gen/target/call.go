package target

import (
	"cmp"
	"slices"
)

// Call says that a function may call another one.
type Call struct {
	// Function is the name of the called one.
	Function string
	// Sync says that it waits for the result somewhere, Async that it does not somewhere else.
	Sync, Async bool
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
