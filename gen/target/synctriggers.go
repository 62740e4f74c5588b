package target

import (
	"slices"
	"strings"
)

// NoteSyncTriggers notes the settings of asynchronous invocations in a unit with a trigger that calls and waits: what fails there is the
// trigger's business, and why says what becomes of it. HTTP requests are waited for as well, as one expects.
func (u *Unit) NoteSyncTriggers(r *Report, why string, waits func(Trigger) bool) {
	var kinds []string
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			if waits(t) && !slices.Contains(kinds, t.Kind) {
				kinds = append(kinds, t.Kind)
			}
		}
	}
	if len(kinds) == 0 {
		return
	}
	for _, key := range []string{"deadLetter", "async.onFailure", "async.onSuccess", "async.retries", "async.maxAge"} {
		if u.isSet(key) { // the others are no different
			r.Loss(u, key, u.At(key), "%s of %s: %s applies it to asynchronous calls only, and those of trigger %s wait for the response: %s", key, u.Name, r.Target, strings.Join(kinds, " and "), why)
			return
		}
	}
}
