package target

import (
	"cmp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/spec"
)

// Secret is a configuration key of f.yml's secrets that a function reads.
type Secret struct {
	// Key is the configuration key, Variable the environment variable that has the reference to its value.
	Key, Variable string
	// Scheme and Name are the reference.
	Scheme, Name string
	// Place is that of the reference in f.yml.
	Place spec.Place
}

// Reference is the text of the reference.
func (s Secret) Reference() string { return s.Scheme + ":" + s.Name }

// Stored reports a reference to a store of the target, or to one that it does not have.
func (s Secret) Stored() bool { return s.Scheme != "env" && s.Scheme != "file" }

// Secrets are those of the unit's functions, sorted by key, each once.
func (u *Unit) Secrets() []Secret {
	var all []Secret
	for _, f := range u.Functions {
		all = append(all, f.Secrets...)
	}
	slices.SortFunc(all, func(a, b Secret) int { return cmp.Compare(a.Key, b.Key) })
	return slices.CompactFunc(all, func(a, b Secret) bool { return a.Key == b.Key })
}

// Keeper is a target whose vendor has stores of secrets that units can read.
type Keeper interface {
	Target
	// Stores are those that the framework has readers of.
	Stores() []Store
	// Roleless says why a unit cannot read a store, and what helps; it returns nothing for one whose role it can have.
	Roleless(app *App, u *Unit) (why, hint string)
}

// Store is a store of secrets.
type Store struct {
	// Scheme is what references to it begin with.
	Scheme string
	// Title is what the vendor calls it.
	Title string
	// Source makes the reader: ssm.New. Main hands it over if the unit has such references.
	Source Symbol
	// Wrong says what is wrong with a name, "" if nothing is. It does not repeat it.
	Wrong func(name string) string
}

// storesOf are the stores of a target.
func storesOf(t Target) []Store {
	if k, ok := t.(Keeper); ok {
		return k.Stores()
	}
	return nil
}

// Sources are the readers that the main package of a unit hands over for any stage, in the order of the target's stores.
func Sources(t Target, u *Unit) []Symbol {
	var sources []Symbol
	for _, s := range storesOf(t) {
		if slices.ContainsFunc(u.Functions, func(f *Function) bool { return f.Schemes[s.Scheme] }) {
			sources = append(sources, s.Source)
		}
	}
	return sources
}

// WithoutStores takes the references out of the environment that lead to a store, for a server of the user's own: it has none.
func WithoutStores(app *App) {
	for _, u := range app.Units {
		for _, s := range u.Secrets() {
			if s.Stored() {
				delete(u.Settings.Environment, s.Variable)
			}
		}
	}
}

// Secrets reports the secrets whose references lead nowhere on a target, and the units that have no role to read them with.
func (r *Report) Secrets(t Target, app *App) {
	stores := storesOf(t)
	schemes := []string{"env", "file"}
	for _, s := range stores {
		schemes = append(schemes, s.Scheme)
	}
	slices.Sort(schemes)
	seen := map[string]bool{}
	for _, u := range app.Units {
		needed := ""
		for _, secret := range u.Secrets() {
			key := "secrets." + secret.Key
			i := slices.IndexFunc(stores, func(s Store) bool { return s.Scheme == secret.Scheme })
			if i >= 0 {
				needed = cmp.Or(needed, secret.Key)
			}
			if seen[secret.Key] {
				continue
			}
			seen[secret.Key] = true
			hint := "write the reference for " + t.Name() + " below targets." + t.Name() + ".secrets"
			switch {
			case !secret.Stored():
			case i < 0:
				d := r.Unsupported(secret.Place, key, "it has no store of that scheme, expected one of "+strings.Join(schemes, ", "))
				d.Hint, d.Line = hint, "" // which may have the secret itself, with a colon in it
			default:
				if wrong := stores[i].Wrong(secret.Name); wrong != "" {
					r.Unsupported(secret.Place, key, "the name after "+secret.Scheme+": "+wrong).Hint = hint
				}
			}
		}
		if k, ok := t.(Keeper); ok && needed != "" {
			if why, hint := k.Roleless(app, u); why != "" {
				r.Missing(u.At(SettingRole), SettingRole+" of "+u.Name, why+", and it reads "+needed+" there").Hint = hint
			}
		}
	}
}
