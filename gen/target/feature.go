package target

import (
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
)

// Feature is something that an application can use and a cloud can have something for.
type Feature struct {
	// Name is a key of f.yml, such as vpc or http.cors, or the word trigger and a kind, perhaps with what is special about it:
	// kind.FeatureTimer, kind.FeatureTimerEvery.
	Name string
	used func(u *Unit) bool
}

// Used reports whether the unit uses it. Settings count as used where they are set: all else is default.
func (f Feature) Used(u *Unit) bool { return f.used(u) }

// Features are all features, in the order of the portability report.
func Features() []Feature {
	var list []Feature
	of := func(requests bool) {
		for k := range kind.All() {
			if (k.Delivery == kind.Request) == requests {
				list = append(list, features(k.Word)...)
			}
		}
	}
	of(true)
	list = append(list, Feature{FeatureMixed, func(u *Unit) bool {
		all := 0
		for _, f := range u.Functions {
			all += len(f.Triggers)
		}
		return len(u.Routes()) > 0 && all > len(u.Routes())
	}}, Feature{FeatureUpload, func(u *Unit) bool { return len(u.Uploads()) > 0 }})
	of(false)
	list = append(list, Feature{FeatureInvoke, func(u *Unit) bool {
		return slices.ContainsFunc(u.Functions, func(f *Function) bool { return len(f.Triggers) == 0 })
	}})
	for _, key := range settings() {
		list = append(list, Feature{key, func(u *Unit) bool { return u.isSet(key) }})
	}
	return list
}

// Features that are neither a setting nor of one kind: domains, http triggers that are reached through the vendor's own
// domain, units with http and other triggers, and functions without triggers.
const (
	FeatureDomains   = "domains"
	FeatureNoDomains = "trigger http without domains"
	FeatureMixed     = "trigger http with other triggers"
	FeatureInvoke    = "invoke"
	// FeatureUpload is a file that a function reads while its request arrives.
	FeatureUpload = "trigger http with web.Upload"
	// FeatureNamespace is a namespace for all functions.
	FeatureNamespace = "namespace"
)

// features are those of the triggers of a kind.
func features(word string) (list []Feature) {
	for _, f := range kind.Lookup(word).Features {
		list = append(list, Feature{f.Name, func(u *Unit) bool {
			return slices.ContainsFunc(u.Triggers(word), func(t Trigger) bool { return f.Used(t.Marker) })
		}})
	}
	return list
}

// isSet reports whether a setting, or something below it, is set and not left to its default.
func (u *Unit) isSet(key string) bool {
	if strings.HasPrefix(key, "http.") && len(u.Routes()) == 0 {
		return false
	}
	for path := range u.Settings.Places {
		if path == key || strings.HasPrefix(path, key+".") {
			return true
		}
	}
	return false
}

// Strict reports whether what a cloud loses of the unit is an error.
func (u *Unit) Strict() bool { return u.Settings.Strict != nil && *u.Settings.Strict }

// Explainer is a target that says how it does what an application uses. The portability report has no more than the
// diagnostics of one that does not.
type Explainer interface {
	Target
	// Explain reports what Check does, by feature, and says how the cloud does each.
	Explain(app *App) *Report
}

// Answers of a target about a feature.
const (
	Yes     = "yes"
	Loss    = "loss"
	No      = "no"
	Unused  = "unused"  // in the application as that target sees it
	Unknown = "unknown" // the target does not say
)

// Answer is what a target says about one feature.
type Answer struct {
	// Answer is Yes, Loss, No, Unused or Unknown.
	Answer string
	// How says what the cloud does it with, in a few words; it is empty for No.
	Mechanism string
	// Findings are what is lost, or why it cannot be.
	Findings annotations.Diagnostics
}

// Row is one feature of the portability report.
type Row struct {
	// Feature is the name.
	Feature string
	// Answers are parallel to the targets.
	Answers []Answer
}

// Portability says how each target does the features that an application uses. Apps are what the targets see of it. What
// belongs to no feature (a name that is too long) is in the diagnostics of Check alone.
func Portability(targets []Target, apps []*App) []Row {
	reports := make([]*Report, len(targets))
	for i, t := range targets {
		if e, ok := t.(Explainer); ok {
			reports[i] = e.Explain(apps[i])
		}
	}
	var rows []Row
	add := func(name string, used func(app *App) bool) {
		row, any := Row{Feature: name}, false
		for i, app := range apps {
			a := Answer{Answer: Unused}
			if used(app) {
				any = true
				a = reports[i].answer(name)
			}
			row.Answers = append(row.Answers, a)
		}
		if any {
			rows = append(rows, row)
		}
	}
	for _, f := range Features() {
		add(f.Name, func(app *App) bool { return slices.ContainsFunc(app.Units, f.Used) })
	}
	add(FeatureNoDomains, func(app *App) bool {
		return len(app.Spec.Domains) == 0 && slices.ContainsFunc(app.Units, func(u *Unit) bool { return len(u.Routes()) > 0 })
	})
	add(FeatureDomains, func(app *App) bool { return len(app.Spec.Domains) > 0 })
	add(FeatureNamespace, func(app *App) bool { return app.Spec.Provider.Namespace != "" })
	return rows
}

// answer is what the report of a target says of a feature.
func (r *Report) answer(feature string) Answer {
	if r == nil {
		return Answer{Answer: Unknown}
	}
	a := Answer{Answer: Yes, Mechanism: r.how[feature]}
	for _, f := range r.findings {
		if f.feature == feature {
			a.Findings = append(a.Findings, f.diagnostic)
		}
	}
	a.Findings.Sort()
	a.Findings = slices.CompactFunc(a.Findings, func(a, b annotations.Diagnostic) bool { return a.Pos == b.Pos && a.Message == b.Message })
	switch {
	case slices.ContainsFunc(a.Findings, func(d annotations.Diagnostic) bool { return refuses(d.Code) }):
		a.Answer, a.Mechanism = No, ""
	case len(a.Findings) > 0:
		a.Answer = Loss
	case a.Mechanism == "":
		a.Answer = Unknown
	}
	return a
}

// refuses reports whether a diagnostic of this code says that something cannot be. What is lost can, though it is an error
// where f.yml says strict.
func refuses(code string) bool { return code != CodeLoss && code != CodeStrict }
