package target

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target/cron"
)

// Diagnostic codes of targets.
const (
	CodeLimit       = "target-limit"       // a value that the cloud does not take
	CodeUnsupported = "target-unsupported" // a key or trigger that the cloud has nothing for
	CodeMissing     = "target-missing"     // a key that the cloud needs
	CodeLoss        = "target-loss"        // a note: it works, but not in every way as elsewhere
	CodeStrict      = "target-strict"      // the same where f.yml says strict: an error
	CodeExtension   = "target-extension"   // an x-<target> key that does not fit the deployment file
)

// Report collects what a cloud cannot do. It is for targets to fill.
type Report struct {
	// Target is the cloud's word.
	Target string
	// Diagnostics are those so far.
	Diagnostics annotations.Diagnostics
	// findings are the diagnostics by feature, and losses that only the portability report shows.
	findings []finding
	// how says, by feature, what the cloud does it with.
	how map[string]string
	// feature is what diagnostics about no key of their own are about.
	feature string
}

type finding struct {
	feature    string
	diagnostic annotations.Diagnostic
}

// How says what the cloud does features with, in a few words.
func (r *Report) Mechanism(features map[string]string) {
	if r.how == nil {
		r.how = map[string]string{}
	}
	maps.Copy(r.how, features)
}

// Says returns the mechanism of a feature.
func (r *Report) Says(feature string) (how string, ok bool) {
	how, ok = r.how[feature]
	return how, ok
}

// About says what feature the diagnostics that follow are about, unless they are about the key of a setting.
func (r *Report) About(feature string) { r.feature = feature }

// At is what a diagnostic about a setting of the unit points at: where it is set, otherwise the unit.
func (u *Unit) At(key string) spec.Place {
	return u.Settings.Places[key].Or(u.Place).Or(spec.Place{Pos: u.Pos})
}

// Limit reports a value that the cloud does not take. Expected says what it takes.
func (r *Report) Limit(at spec.Place, key, found, expected string) *annotations.Diagnostic {
	return r.add(key, at.Errorf(CodeLimit, "%s: found %s, %s takes %s", key, found, r.Target, expected))
}

// Unsupported reports a key that the cloud has nothing for. Why says what it has instead, or why not.
func (r *Report) Unsupported(at spec.Place, key, why string) *annotations.Diagnostic {
	return r.add(key, at.Errorf(CodeUnsupported, "%s is not supported by %s: %s", key, r.Target, why))
}

// Missing reports a key that the cloud needs.
func (r *Report) Missing(at spec.Place, key, why string) *annotations.Diagnostic {
	return r.add(key, at.Errorf(CodeMissing, "%s is missing for %s: %s", key, r.Target, why))
}

// Loss notes what is not in every way as elsewhere. It is an error where f.yml says strict of the unit.
func (r *Report) Loss(u *Unit, feature string, at spec.Place, format string, args ...any) *annotations.Diagnostic {
	d := at.Notef(CodeLoss, "%s", fmt.Sprintf(format, args...))
	if u.Strict() {
		d = at.Errorf(CodeStrict, "%s", fmt.Sprintf(format, args...))
		d.Hint = "this is a loss, and " + strictAt(u) + " allows none"
	}
	return r.add(feature, d)
}

// Known is [Report.Loss] for what everybody who uses the feature loses: only the portability report says it, and an error
// where f.yml says strict.
func (r *Report) Known(u *Unit, feature string, at spec.Place, format string, args ...any) {
	if u.Strict() {
		r.Loss(u, feature, at, format, args...)
		return
	}
	r.findings = append(r.findings, finding{feature, at.Notef(CodeLoss, "%s", fmt.Sprintf(format, args...))})
}

func strictAt(u *Unit) string {
	place := u.Settings.Places["strict"]
	if !place.Valid() {
		return "strict"
	}
	return fmt.Sprintf("strict in line %d of f.yml", place.Pos.Line)
}

// add adds a diagnostic. What it is about is the key of a setting, a feature, or what [Report.About] was last called with.
func (r *Report) add(key string, d annotations.Diagnostic) *annotations.Diagnostic {
	feature := settingOf(key)
	switch {
	case feature != "":
	case key == FeatureDomains, strings.HasPrefix(key, "trigger "):
		feature = key
	default:
		feature = r.feature
	}
	r.Diagnostics = append(r.Diagnostics, d)
	if feature != "" {
		r.findings = append(r.findings, finding{feature, d})
	}
	return &r.Diagnostics[len(r.Diagnostics)-1]
}

// Done returns the diagnostics in order. What several units inherit from provider is reported once.
func (r *Report) Done() annotations.Diagnostics {
	r.Diagnostics.Sort()
	return r.Diagnostics
}

// Range reports a setting below low or above high, or between the steps of step from zero.
func (r *Report) Range(u *Unit, key string, value, low, high, step int, unit string) {
	if value >= low && value <= high && (step == 0 || value%step == 0) {
		return
	}
	expected := fmt.Sprintf("%d to %d%s", low, high, unit)
	if step > 1 {
		expected += fmt.Sprintf(" in steps of %d", step)
	}
	r.Limit(u.At(key), key, fmt.Sprintf("%d%s", value, unit), expected)
}

// Seconds reports a duration that is not a whole number of seconds or outside low and high.
func (r *Report) Seconds(u *Unit, key string, value annotations.Duration, low, high int) {
	if value%1e9 != 0 {
		r.Limit(u.At(key), key, value.String(), "whole seconds")
		return
	}
	if n := int(value / 1e9); n < low || n > high {
		r.Limit(u.At(key), key, value.String(), fmt.Sprintf("%d to %d seconds", low, high))
	}
}

// Schedule reports why a cloud cannot have a timer, and a timer that may be called twice for one time.
func (r *Report) Schedule(u *Unit, t Trigger, plan cron.Plan, err error) {
	if e, ok := errors.AsType[*cron.Error](err); ok {
		r.About(kind.FeatureTimer)
		feature := ""
		if e.Argument != "cron" {
			feature = "trigger timer " + e.Argument
		}
		d := r.add(feature, t.At(e.Argument).Errorf(CodeUnsupported, "timer %s is not supported by %s: %s", t.Name, r.Target, e.Message))
		d.Hint = e.Hint
		return
	}
	if plan.Twice {
		r.Loss(u, kind.FeatureTimer, t.At("cron"), "timer %s: %s calls it twice on a day that is both a day of the month and a day of the week of its own", t.Name, r.Target)
	}
}

// Origins reports CORS without origins, which lets no page in: what a function sets may be all there is.
func (r *Report) Origins(u *Unit) {
	check := func(h *spec.HTTP, at spec.Place) {
		if h != nil && h.CORS != nil && len(h.CORS.Origins) == 0 {
			r.Missing(at, "http.cors.origins", "they say which pages may call")
		}
	}
	if len(u.Routes()) > 0 {
		check(u.Settings.HTTP, u.At("http.cors"))
	}
	for _, f := range u.callers() {
		check(f.Settings.HTTP, f.at("http.cors"))
	}
}

// Domains calls check with each domain of the application, or reports them when no function answers requests.
func (r *Report) Domains(app *App, check func(name string, d *spec.Domain, at func(key string) spec.Place)) {
	r.About(FeatureDomains)
	defer r.About("")
	http := slices.ContainsFunc(app.Units, func(u *Unit) bool { return len(u.Routes()) > 0 })
	for _, name := range slices.Sorted(maps.Keys(app.Spec.Domains)) {
		path := "domains." + name
		at := func(key string) spec.Place {
			if key == "" {
				return app.Spec.Places[path]
			}
			return app.Spec.Places[path+"."+key].Or(app.Spec.Places[path])
		}
		if !http {
			r.Missing(at(""), "an http trigger", "a domain leads to functions that have one")
			continue
		}
		check(name, app.Spec.Domains[name], at)
	}
}

// NoNamespace reports a namespace on a cloud that has none: functions whose names it should tell apart would replace each other.
func (r *Report) NoNamespace(app *App) {
	if app.Spec.Provider.Namespace == "" {
		return
	}
	r.About(FeatureNamespace)
	defer r.About("")
	r.Unsupported(app.Spec.Places["provider.namespace"], "provider.namespace", "functions are told apart by their names alone, which have the service and the stage").
		Hint = "say it for the clouds that have namespaces only: targets: {tencent: {provider: {namespace: …}}}"
}

// Variables are a cloud's rules for environment variables.
type Variables struct {
	// Form is what names look like; Expected says so in words.
	Form     *regexp.Regexp
	Expected string
	// Reserved are names, and prefixes of names where they end in *, that belong to the cloud.
	Reserved []string
	// Bytes is how much all names and values may take together.
	Bytes int
}

// Environment reports variables that the cloud does not take.
func (r *Report) Environment(app *App, u *Unit, rules Variables) {
	total := 0
	environment := app.Environment(u)
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		total += len(name) + len(environment[name])
		at, key := u.At("environment."+name), "environment."+name
		if !rules.Form.MatchString(name) {
			r.Limit(at, key, "this name", rules.Expected)
			continue
		}
		for _, reserved := range rules.Reserved {
			prefix, wild := strings.CutSuffix(reserved, "*")
			if name == reserved || wild && strings.HasPrefix(name, prefix) {
				r.Limit(at, key, "a name that belongs to the cloud", "none that "+belongs(prefix, wild))
				break
			}
		}
	}
	if total > rules.Bytes {
		r.Limit(u.At(SettingEnvironment), SettingEnvironment, fmt.Sprintf("%d bytes of names and values", total), fmt.Sprintf("%d at most", rules.Bytes))
	}
}

func belongs(name string, wild bool) string {
	if wild {
		return "starts with " + name
	}
	return "is " + name
}
