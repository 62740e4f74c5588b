// Package target is what the build side of every cloud shares: the deployable units that planning produces, and the
// interface through which a cloud turns them into an entrypoint, a package and a deployment file. The clouds are the
// folders below it; none imports another. A target is pure: it writes no file and runs no command.
package target

import (
	"go/token"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
)

// Target is one cloud.
type Target interface {
	// Name is the cloud's word in --target, targets: and x-<name>.
	Name() string
	// Check reports everything of the application that the cloud cannot express or that is over its limits. It runs
	// before anything is generated or built for the cloud.
	Check(app *App) annotations.Diagnostics
	// Entry says how the unit's main package starts, and how its package is laid out.
	Entry(u *Unit) Entry
	// Deploy returns the deployment files, by path below dist/<target>. App has passed Check.
	Deploy(app *App) ([]File, annotations.Diagnostics)
}

// App is an application as one target sees it: the overlay of targets.<name> is applied, functions are grouped.
type App struct {
	// Spec is f.yml after defaults, substitution and overlay.
	Spec *spec.Spec
	// Stage is the deployment stage, "" for none.
	Stage string
	// Units are sorted by name.
	Units []*Unit
}

// Unit is what is deployed as one cloud function.
type Unit struct {
	// Name is the deployed function's name.
	Name string
	// Pos is where the unit is defined, for diagnostics: in f.yml or at the handler's directive.
	Pos token.Position
	// Functions are sorted by name.
	Functions []*Function
	// Settings are those of the provider, the function or the merged group, all defaults filled in.
	Settings spec.Settings
	// Extension holds the unit's x-<target> keys: the group's or, in a unit of one function, the function's.
	Extension spec.Extension
}

// Kinds returns the trigger kinds of the unit, sorted, each once.
func (u *Unit) Kinds() []string {
	seen := map[string]bool{}
	var kinds []string
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			if !seen[t.Kind] {
				seen[t.Kind] = true
				kinds = append(kinds, t.Kind)
			}
		}
	}
	sortStrings(kinds)
	return kinds
}

// Function is one named handler.
type Function struct {
	Name        string
	Pos         token.Position
	Description string
	Timeout     time.Duration
	Triggers    []Trigger
}

// Trigger is one trigger of a function.
type Trigger struct {
	// Kind is its word: http, timer, event.
	Kind string
	// Name is unique among the triggers of its kind in the application.
	Name string
	// Pos is its directive or its entry in f.yml.
	Pos token.Position
	// Marker is the typed marker: *annotations.HTTP, *annotations.Timer, *annotations.Event.
	Marker any
}

// Entry is how a unit runs on a cloud.
type Entry struct {
	// Loop is the import path of the platform's loop, whose Run is called with the unit's New and the codecs.
	Loop string
	// Codecs are calls such as aws.HTTP(), in order of precedence.
	Codecs []Symbol
	// Command is the name of the executable in the package: bootstrap, main, scf_bootstrap.
	Command string
	// GOOS, GOARCH and Tags are for the go command.
	GOOS, GOARCH string
	Tags         []string
}

// Symbol is an exported function of a package.
type Symbol struct{ Import, Name string }

// File is one generated file.
type File struct {
	// Path is relative and uses slashes.
	Path string
	// Content is the whole file.
	Content []byte
	// Mode is 0644 or 0755.
	Mode uint32
}
