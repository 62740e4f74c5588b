// Package target is what the build side of every cloud shares: the deployable units that planning produces, and the
// interface through which a cloud turns them into an entrypoint, a package and a deployment file. The clouds are the
// folders below it; none imports another. A target is pure: it writes no file and runs no command.
package target

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
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
	// Deploy returns the deployment files, by path below dist/<target>, where [Unit.Zip] has the packages: [App.Package] is where one is
	// from there. App has passed Check. It is called for tasks by themselves.
	Deploy(app *App) ([]File, annotations.Diagnostics)
}

// App is an application as one target sees it, which model.App cannot be, as there are several targets: the overlay of targets.<name> is applied, functions are grouped.
type App struct {
	// Spec is f.yml after defaults, substitution and overlay.
	Spec *spec.Spec
	// Stage is the deployment stage, "" for none.
	Stage string
	// Units are sorted by name.
	Units []*Unit
	// Tasks says that these are the tasks of an application and nothing else. Elsewhere are the units of its other deployment, whose
	// functions those of Units may call; see [App.Apart].
	Tasks     bool
	Elsewhere []*Unit
}

// FunctionName is the name that the unit is deployed under: service, stage if there is one, and unit. Vendors have one
// name space for an account and region, and replace a function of the same name without asking.
func (a *App) FunctionName(u *Unit) string {
	name := a.Spec.Service + "-"
	if a.Stage != "" {
		name += a.Stage + "-"
	}
	return name + u.Name
}

// Unit is what is deployed as one cloud function.
type Unit struct {
	// Name is the unit's name: its generated folder is called so. See [App.FunctionName].
	Name string
	// Pos is where the unit is defined, for diagnostics: in f.yml or at the handler's directive.
	Pos token.Position
	// Place is Pos with its line; it may be left empty.
	Place spec.Place
	// Description is shown in the vendor's console.
	Description string
	// Functions are sorted by name.
	Functions []*Function
	// Settings are those of the provider, the function or the merged group, all defaults filled in.
	Settings spec.Settings
	// Extension holds the unit's x-<target> keys: the group's or, in a unit of one function, the function's.
	Extension spec.Extension
	// Artefact is the name of its package, without .zip, which follows from what is in it: units with the same have one. It is
	// empty until the package is made.
	Artefact string
	// Group is the name of the aggregation that the unit was made of, empty for a function by itself.
	Group string
	// Mixed is what the group says of http and other triggers on a cloud that cannot have both in one unit: split or nothing, which
	// [Splitter] heeds, or event, for one unit that gets requests as events.
	Mixed string
	// Merged says where each of a group's settings comes from, by the dotted key; it is empty for a function by itself.
	Merged []Merged
}

// Merged is where one setting of a group comes from.
type Merged struct {
	// Key is the setting's, such as memorySize or environment.TABLE.
	Key string
	// Value is what the group has, as text.
	Value string
	// Rule says in a few words why: "maximum", "set in the group".
	Rule string
	// Members are the functions that the value comes from, sorted.
	Members []string
}

// Zip is the path of the unit's package below dist/<target>, with slashes. It stands in for one that is not made yet: Deploy is
// called before the build, too, for what it reports.
func (u *Unit) Zip() string { return "artefacts/" + cmp.Or(u.Artefact, u.Name) + ".zip" }

// Summary is the unit's description or, if it has none, that of its only function.
func (u *Unit) Summary() string {
	if u.Description == "" && len(u.Functions) == 1 {
		return u.Functions[0].Description
	}
	return u.Description
}

// Kinds returns the trigger kinds of the unit, sorted, each once.
func (u *Unit) Kinds() []string {
	var kinds []string
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			kinds = append(kinds, t.Kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// Raw reports whether some function of the unit takes raw payloads: it has an event trigger, or no trigger at all and
// can only be invoked.
func (u *Unit) Raw() bool {
	return slices.ContainsFunc(u.Functions, func(f *Function) bool {
		return len(f.Triggers)+len(f.Linked) == 0 || slices.ContainsFunc(slices.Concat(f.Triggers, f.Linked), func(t Trigger) bool { return t.delivery() == kind.Raw })
	})
}

// Triggers returns the unit's triggers of one kind, in the order of its functions.
func (u *Unit) Triggers(kind string) []Trigger {
	var triggers []Trigger
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			if t.Kind == kind {
				triggers = append(triggers, t)
			}
		}
	}
	return triggers
}

// reads reports whether the unit's code reads payloads of a kind.
func (u *Unit) reads(kind string) bool {
	return len(u.Triggers(kind)) > 0 || slices.ContainsFunc(u.Functions, func(f *Function) bool {
		return slices.ContainsFunc(f.Linked, func(t Trigger) bool { return t.Kind == kind })
	})
}

// Routes returns the unit's triggers that deliver requests, http and apigw, in the order of its functions.
func (u *Unit) Routes() []Trigger {
	var triggers []Trigger
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			if t.delivery() == kind.Request {
				triggers = append(triggers, t)
			}
		}
	}
	return triggers
}

// Uploads are the routes of functions that read a file while their requests arrive.
func (u *Unit) Uploads() (routes []Trigger) {
	for _, f := range u.Functions {
		if !f.Upload {
			continue
		}
		for _, t := range f.Triggers {
			if kind.Lookup(t.Kind).Delivery == kind.Request {
				routes = append(routes, t)
			}
		}
	}
	return routes
}

// Streams reports whether f.yml wants the responses to requests streamed.
func (u *Unit) Streams() bool {
	h := u.Settings.HTTP
	return h != nil && h.Streaming != nil && *h.Streaming && len(u.Routes()) > 0
}

// Function is one named handler, as the deployment files describe it: its settings are those of one target, and nothing here leads
// to the user's code. What faasgen knows of the code is in model.Function.
type Function struct {
	Name        string
	Pos         token.Position
	Description string
	Timeout     time.Duration
	// Task says that people or a pipeline run it: it has no triggers, nothing calls it, and it is alone in its unit.
	Task bool
	// Upload says that its requests have a file which it reads while they arrive.
	Upload bool
	// Triggers are those that the unit is deployed with.
	Triggers []Trigger
	// Settings are the function's own, all defaults filled in: in a group they differ from the unit's, but that what the group itself
	// sets of http is its functions', too. Places says which of them were set, and where.
	Settings spec.Settings
	// Linked are triggers whose payloads the code of the unit reads although it is not deployed with them: those that a function
	// has in its group, where it is also deployed by itself.
	Linked []Trigger
	// Calls are the functions that it may call, sorted by name, and CalledBy the names of those that may call it, sorted. Both follow
	// from what the functions need, and from no grouping: see [Unit.Outside].
	Calls    []Call
	CalledBy []string
	// Secrets are those of f.yml that it reads, sorted by key. Their variables are in its settings.
	Secrets []Secret
	// Schemes are those of its secrets on the target without a stage and at each stage: one package serves all of them.
	Schemes map[string]bool
	// Guest says that another unit of the application has the function, too: that one has its event triggers and its routes of a
	// gateway that all units share. A URL of the unit's own still serves the routes in Triggers.
	Guest bool
}

// Trigger is one trigger of a function.
type Trigger struct {
	// Kind is the word of its kind, as kind.Lookup takes it.
	Kind string
	// Name is unique among the triggers of its kind in the application.
	Name string
	// Pos is its directive or its entry in f.yml.
	Pos token.Position
	// Marker is the typed marker: *annotations.HTTP, *annotations.Timer, ...
	Marker any
	// Place is Pos with its line; it may be left empty.
	Place spec.Place
	// Places finds the arguments of an entry in f.yml by name; it is empty for a directive.
	Places map[string]spec.Place
	// Extension holds the x-<target> keys of an entry in f.yml.
	Extension spec.Extension
}

// delivery is the form in which the events are delivered.
func (t Trigger) delivery() kind.Delivery { return kind.DeliveryOf(t.Kind) }

// At is what a diagnostic about an argument of the trigger points at, the trigger itself if the argument has no place.
func (t Trigger) At(argument string) spec.Place {
	return t.Places[argument].Or(t.Place).Or(spec.Place{Pos: t.Pos})
}

// Entry is how a unit runs on a cloud.
type Entry struct {
	// Loop is the import path of the platform's loop, whose Run is called with the unit's New and the codecs.
	Loop string
	// Codecs are calls such as aws.HTTP(), in order of precedence.
	Codecs []Symbol
	// Transport makes what carries the calls of a unit to other functions: invoke.New. Main hands it over if the unit has such calls.
	Transport Symbol
	// Sources make what reads the stores that the secrets of a unit refer to: ssm.New. Main hands them over. A target leaves it empty.
	Sources []Symbol
	// Command is the name of the executable in the package: bootstrap, main, scf_bootstrap.
	Command string
	// Starters are scripts next to the executable by which the vendor starts other units of the same package, and which run it.
	Starters []File
	// Ingress is the HTTP ingress that a simulator puts before the unit, in the cloud's own words, and Streaming says that it streams
	// responses. They are for the simulator alone.
	Ingress   string
	Streaming bool
	// GOOS, GOARCH and Tags are for the go command.
	GOOS, GOARCH string
	Tags         []string
	// MaxZip and MaxUnpacked limit the package, in bytes.
	MaxZip, MaxUnpacked int64
}

// Sharer is a target whose units run in several ways, all of which one program can have. Where package.mode is shared it makes
// one package of what would be one for each way, so that a function that moves to a unit of another kind changes no byte of it.
type Sharer interface {
	Target
	// Share is how the program of a package starts that serves units of any of the functions of all, together or each by itself.
	// All is not deployed itself.
	Share(all *Unit) Entry
}

// SharedEntry is how the program starts that serves units of any of the functions of all.
func SharedEntry(t Target, all *Unit) Entry {
	if s, ok := t.(Sharer); ok {
		return s.Share(all)
	}
	return t.Entry(all)
}

// Router is a target whose HTTP ingress has routes of its own, which a simulator has to know.
type Router interface {
	Target
	// Routes are those of the application, in the cloud's own words.
	Routes(app *App) []string
}

// Splitter is a target that cannot have the functions of every group in one unit.
type Splitter interface {
	Target
	// Split returns the parts of a group's unit, each to be a unit of its own. One part is the unit as it is. It is called with the
	// unit's functions, their triggers and Mixed, before settings are merged, and changes nothing.
	Split(u *Unit) []Part
}

// Part is a unit that a target makes of some functions of a group.
type Part struct {
	// Suffix is what follows the group's name in that of the unit: nothing, or -events.
	Suffix string
	// Functions are those of the group, in their order.
	Functions []*Function
}

// Codecs are the symbols of a platform that read the events of a unit, in order of precedence, raw payloads last. Known
// are the names of the platform's codecs by form, with that of the package below the platform's if they are in one: cloudwatch.Log.
// A form without a name needs none.
func Codecs(u *Unit, platform string, known map[string]string) []Symbol {
	var codecs []Symbol
	for k := range kind.All() {
		s := Symbol{Import: platform, Name: known[k.Word]}
		if sub, name, ok := strings.Cut(s.Name, "."); ok {
			s.Import, s.Name = platform+"/"+sub, name
		}
		used := u.reads(k.Word) || k.Delivery == kind.Raw && u.Raw()
		if used && s.Name != "" && !slices.Contains(codecs, s) {
			codecs = append(codecs, s)
		}
	}
	return codecs
}

// Permitter is a target that knows what a unit must be allowed to do.
type Permitter interface {
	Target
	// Permissions are those that a unit needs for its triggers and settings, sorted. App has passed Check.
	Permissions(app *App, u *Unit) []Permission
}

// Permission is one right in the vendor's words.
type Permission struct {
	// Grantee is who needs it: [GranteeRole], [GranteeCallers], [GranteeEveryone], or the vendor's service or role that calls the
	// unit or works for it.
	Grantee string `json:"grantee"`
	// Actions are the vendor's names of what is allowed, such as sqs:ReceiveMessage, sorted. Where the vendor does not list what
	// one of its policies allows, it is the policy's name.
	Actions []string `json:"actions"`
	// Resource is what it is allowed on, such as an ARN; "*" is everything. It may have variables of the deployment file, such as
	// ${AWS::AccountId}.
	Resource string `json:"resource"`
	// Condition narrows it, in the vendor's words: "aws:SourceArn" and an ARN. It is empty for none.
	Condition string `json:"condition,omitempty"`
	// Reason is what needs it: "mq queue orders".
	Reason string `json:"reason"`
	// Granted says that the deployment file grants it, or the vendor's tool that deploys it; otherwise it has to be granted by hand.
	Granted bool `json:"granted"`
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

// PartName is the name of the part of a timer that is deployed as several triggers: purge, purge_2, purge_3. No timer has
// an underscore in its name, and the platforms know these.
func PartName(timer string, part int) string {
	if part == 0 {
		return timer
	}
	return fmt.Sprintf("%s_%d", timer, part+1)
}
