// Package model is an application as its source code describes it: providers, handlers and functions with their types
// and positions, before anything is solved or grouped. It is filled by collect, read by wiring, plan and emit.
package model

import (
	"bytes"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/spec"
)

// App is one application, with all that its directives and f.yml say.
type App struct {
	// Dir is the absolute folder of f.yml.
	Dir string
	// Import is the import path of Dir, also when Dir itself holds no Go files.
	Import string
	// Module is the path of the module that Dir is in.
	Module string
	// Spec is its f.yml.
	Spec *spec.Spec
	// Providers are sorted by package path and name.
	Providers []*Provider
	// Generics are sorted like the providers.
	Generics []*Generic
	// Functions are sorted by name.
	Functions []*Function
	// Middleware is all middleware and guards, sorted by name.
	Middleware []*Middleware
	// Layers are sorted from the outermost to the innermost.
	Layers []*Layer
	// Configurations are those of components, each before who imports it, and last the application's own.
	Configurations []*Configuration
	// Aspects are sorted by their order: the first is the outermost of those around one call.
	Aspects []*Aspect
	// Unnameable says why generated code cannot write a type, "" if it can.
	Unnameable func(types.Type) string
	// Implementations finds what of the application implements an interface, marked or not.
	Implementations func(*types.Interface) []Implementation
	// Fset positions everything.
	Fset *token.FileSet
	// Sources holds the Go files, by name, for the excerpts of messages; see Line.
	Sources map[string][]byte
	// Broken are the types that declarations with a mistake would have provided: who needs one is told nothing, since
	// the mistake itself has been reported.
	Broken []types.Type
	// Unread says that a file could not be read in full, so that what seems to be missing may be there. Incomplete says
	// that, or that a declaration was left out because of a mistake, so that what seems to be unused may not be.
	Unread, Incomplete bool
	// Outside lists packages of the workspace that seem to have providers and are not part of the application, sorted.
	Outside []string
	// Importable lists those of Outside that are components, sorted.
	Importable []string
}

// Line returns the text of the source line at a position, "" if it is not at hand.
func (a *App) Line(pos token.Position) string {
	content := a.Sources[pos.Filename]
	start := pos.Offset - pos.Column + 1
	if pos.Column > 0 && start > 0 && start <= len(content) && content[start-1] == '\n' { // which counting lines would find
		content, pos.Line = content[start:], 1
	}
	for range pos.Line - 1 {
		i := bytes.IndexByte(content, '\n')
		if i < 0 {
			return ""
		}
		content = content[i+1:]
	}
	if i := bytes.IndexByte(content, '\n'); i >= 0 {
		content = content[:i]
	}
	return strings.TrimSuffix(string(content), "\r")
}

// Output is the import path below which generated packages go.
func (a *App) Output() string { return a.Import + "/internal/faasgen" }

// ProviderKind says what a provider is made by.
type ProviderKind int

const (
	// Struct is a struct whose exported fields are filled.
	Struct ProviderKind = iota
	// Constructor is a function.
	Constructor
	// Group is the slice of a group's members. Wiring makes it, where one is injected: its dependencies are the members, its
	// Object is not a declaration.
	Group
	// Caller calls another function. Wiring makes it, where that is injected: its Object has the name of the function, and is
	// not a declaration.
	Caller
)

// Provider makes instances of one type.
type Provider struct {
	Kind ProviderKind
	// Object is the type's or the constructor's declaration.
	Object types.Object
	// Out is what it makes: *T for a struct, the first result of a constructor.
	Out types.Type
	// ID tells providers of one type apart; empty is unnamed. That of a component's has its namespace in front.
	ID string
	// Namespace is that of the component it belongs to, empty for the application's own.
	Namespace string
	// Scope is never empty.
	Scope annotations.Scope
	// As are the interfaces it is also injected as; all are implemented by Out.
	As []types.Type
	// Groups are those that it is offered to.
	Groups []string
	// Variant is the function for which alone this is made, because f.yml gives it configuration of its own; Base is then the
	// provider that it is a copy of. Wiring makes them.
	Variant string
	Base    *Provider
	// Key tells apart the providers that have no declaration of their own.
	Key string
	// Call is what a Caller does.
	Call *Call
	// Args are the type arguments of an instance of a generic declaration.
	Args []types.Type
	// Lazy and Eager are as in the directive; neither means the unit decides.
	Lazy, Eager bool
	// Implicit is set for a receiver with handlers, and for a constructor of an http.Handler that is a handler, without a
	// provide directive. Such a constructor makes its function and is injected nowhere.
	Implicit bool
	// Deps are the injected and configured fields, or all parameters, in source order, and behind them the fields of embedded
	// structs that are no dependencies themselves; see Dep.Embedded.
	Deps []*Dep
	// Cleanup and Err say which further results a constructor has: (T, func(), error).
	Cleanup, Err bool
	// Init and Destroy say that Out has Init(context.Context) error, Destroy(context.Context) error.
	Init, Destroy bool
	// Pos is the declaration's name.
	Pos token.Position
	// Doc is the declaration's doc text without directives.
	Doc string
}

// Name is the provider as messages call it: order.NewStore, order.Controller, group checks.
func (p *Provider) Name() string {
	switch p.Kind {
	case Group:
		return "group " + p.Object.Name()
	case Caller:
		return "call of " + p.Object.Name()
	}
	name := p.Object.Pkg().Name() + "." + p.Object.Name()
	if len(p.Args) == 0 {
		return name
	}
	args := make([]string, len(p.Args))
	for i, a := range p.Args {
		args[i] = TypeString(a)
	}
	return name + "[" + strings.Join(args, ", ") + "]"
}

// Generic is a generic struct or constructor that provides: it makes a provider for each instance that is required.
type Generic struct {
	// Declared is the provider as it is declared, with type parameters in what it makes, its interfaces and dependencies.
	// What it makes is an instance of a declared generic type that names all of Params, or a pointer to one.
	Declared *Provider
	// Params are the type parameters of the declaration.
	Params []*types.TypeParam
	// Instance returns the provider for some type arguments, or an error that says which of them does not satisfy its
	// constraint.
	Instance func(args []types.Type) (*Provider, error)
}

// Names reports whether as= names an interface.
func (p *Provider) Names(t types.Type) bool {
	return slices.ContainsFunc(p.As, func(a types.Type) bool { return types.Identical(a, t) })
}

// DepKind says where a dependency comes from.
type DepKind int

const (
	// FromProvider is resolved by wiring.
	FromProvider DepKind = iota
	// FromConfig is a configuration value.
	FromConfig
	// FromBuiltin is one of the Builtin values.
	FromBuiltin
)

// Builtin is a value that every unit has.
type Builtin string

// The builtin dependencies, recognised by type.
const (
	Logger         Builtin = "logger"  // *slog.Logger
	Runtime        Builtin = "runtime" // *framework.Runtime
	RequestContext Builtin = "request" // *framework.Context, in request scope only
	InitContext    Builtin = "init"    // context.Context of a constructor: the init context, or the call's in request scope
	ConfigValues   Builtin = "config"  // *config.Config
	Clock          Builtin = "clock"   // framework.Clock
)

// Dep is one field or parameter.
type Dep struct {
	Kind DepKind
	// Name is the field's or parameter's.
	Name string
	// Embedded are the structs between the provider's and the field, the outermost first; nil for a field of its own. Generated
	// code reaches the field, and each that is a pointer, by the exported ones of their names: see Selector.
	Embedded []Embedding
	// Type is what is wanted.
	Type types.Type
	// ID selects a provider by id.
	ID string
	// Group requires a slice of the members of a group. Members are those that the directive lists, nil when f.yml does.
	Group   string
	Members []Member
	// Call says that it calls another function.
	Call *Call
	// Optional leaves the zero value when nothing provides Type.
	Optional bool
	// Builtin is set when Kind is FromBuiltin.
	Builtin Builtin
	// Key and Default are set when Kind is FromConfig. Default has been checked against Type: a text, a bool, a number, a
	// time.Duration, a config.Size, a type based on one of these, or a list of them separated by commas; with AsText also what
	// has no literal in Go, such as a netip.Addr or the reference to a secret. A key without a default must be configured,
	// unless Optional is set.
	Key     string
	Default *string
	AsText  bool
	// Live is the type of the value in a config.Live, which is Type then and read again after Refresh; nil for another.
	Live    types.Type
	Refresh time.Duration
	// Secret says that a value from configuration is or holds a config.Secret or a config.DSN.
	Secret bool
	// Values are those members of a struct from configuration that have a default or are required. A struct with any is not
	// required itself, so that Optional is set.
	Values []ConfigMember
	// Lazy is set when Type was ioc.Lazy[T]; Type is then T.
	Lazy bool
	// Pos is the field's or parameter's name; Length is the name's.
	Pos    token.Position
	Length int
}

// Value is the type that configuration fills.
func (d *Dep) Value() types.Type {
	if d.Live != nil {
		return d.Live
	}
	return d.Type
}

// Member is one entry of a list of a group's members.
type Member struct {
	// Pattern is package.Name of a provider or a pattern of it, of import/path.Name too, with ! in front to leave out.
	Pattern string
	// Place is where it stands.
	Place spec.Place
}

// HandlerKind is one of the things that can be a handler.
type HandlerKind int

const (
	// Method is a method of a provider, also a struct's Handle.
	Method HandlerKind = iota
	// Func is a plain function.
	Func
	// HTTPHandler is a constructor returning http.Handler; Provider is the constructor as a provider.
	HTTPHandler
)

// InputKind says how a handler's input is made from the event.
type InputKind int

const (
	// NoInput means that the handler takes none.
	NoInput InputKind = iota
	// EventInput is the trigger's own event type: timer.Event, *web.Request, mq.Message, []mq.Message.
	EventInput
	// BytesInput is []byte: the body or the payload.
	BytesInput
	// BoundInput is the user's type: http binds it, events decode their payload into it.
	BoundInput
)

// Function is a handler with its settings and triggers, as the directives say.
type Function struct {
	// Name is unique in the application.
	Name string
	// Kind says what Object is.
	Kind HandlerKind
	// Object is the method or function.
	Object *types.Func
	// Provider makes the receiver, or the http.Handler; nil for Func.
	Provider *Provider
	// Context: 0 none, 1 context.Context, 2 *framework.Context.
	Context ContextKind
	// Input is what it takes; In its type, nil for NoInput. For BoundInput In may be a pointer.
	Input InputKind
	In    types.Type
	// EventKind is the kind of trigger whose event In is, for EventInput; Slice says that In is a slice of them.
	EventKind string
	Slice     bool
	// Bind lists how http fills In, when the function has an http trigger and Input is BoundInput.
	Bind *Binding
	// Out is what it returns next to the error, nil if nothing. Err says that it returns an error.
	Out types.Type
	Err bool
	// Validate says that In has Validate() error.
	Validate bool
	// Rules says where In has validate tags, nil if it has none; a framework.Validator checks them.
	Rules *Rules
	// Task says that people or a pipeline run it, and that it has no triggers.
	Task bool
	// Settings are the arguments of //faas:handler.
	Settings annotations.Handler
	// Middleware wraps the handler, the first outermost: what is global, its controller's, its own.
	Middleware []*Middleware
	// Layers are the layers of f.yml that it is linked with: the first ActiveLayers are those of f.yml without overlays, in the order of
	// the list, behind them those that only targets or stages list.
	Layers       []*Layer
	ActiveLayers int
	// Aspects wrap the call of the handler, inside Middleware and after In is bound, the first outermost.
	Aspects []*Aspect
	// Triggers are in source order.
	Triggers []Trigger
	// Elsewhere are triggers that only targets have, of kinds that are among Triggers. The code matches what they bring as
	// well; each target's plan says which of all it deploys. They have a kind and a marker, and no more.
	Elsewhere []Trigger
	// Calls are the functions that it may call, directly or through whatever it needs, sorted by name; CalledBy are the names of
	// those that may call it, sorted. Wiring fills both in.
	Calls    []Outgoing
	CalledBy []string
	// Pos is the handler's name; Directive is its //faas:handler.
	Pos, Directive token.Position
	// Doc is the doc text without directives.
	Doc string
}

// Rules is the first validate tag of an input.
type Rules struct {
	RulePlace
	// Closed are the fields that hold several values with tags, which the validator component looks at only where the field's
	// own tag says so, and theirs does not. They are in files of the application, in the order of the search.
	Closed []RulePlace
}

// RulePlace is a field with rules.
type RulePlace struct {
	// Field is its name.
	Field string
	// Pos is its validate tag, or the field where there is none; Length is that of the tag's key, or of the name.
	Pos    token.Position
	Length int
}

// Middleware is a middleware or a guard.
type Middleware struct {
	// Name is what //faas:use calls it, unique in the application. That of a component's has its namespace in front.
	Name string
	// Namespace is that of the component it belongs to, empty for the application's own.
	Namespace string
	// Guard says that it is a guard.
	Guard bool
	// Scheme is what callers show a guard, as its directive says it.
	Scheme string
	// Global says that it is around every function; Order is its place among those that are.
	Global bool
	Order  int
	// Object is the function, the constructor or the struct.
	Object types.Object
	// Provider makes it: a framework.Middleware by a constructor, or what has the method Middleware or Guard. It is nil
	// when Object is itself func(framework.Handler) framework.Handler, or func(*framework.Context) error for a guard.
	Provider *Provider
	// Made says that the provider makes a framework.Middleware, instead of what has the method.
	Made bool
	// Base is set for a copy of which Provider is the variant of one function; see Provider.Base.
	Base *Middleware
	// Pos is the declaration's name.
	Pos token.Position
}

// Kind is the word for it in messages, and the name of its directive.
func (m *Middleware) Kind() string {
	if m.Guard {
		return "guard"
	}
	return "middleware"
}

// Method is the method that a struct has to have.
func (m *Middleware) Method() string {
	if m.Guard {
		return "Guard"
	}
	return "Middleware"
}

// ContextKind says which context a handler takes.
type ContextKind int

// The kinds of a handler's first parameter.
const (
	NoContext ContextKind = iota
	StdContext
	FrameworkContext
)

// Trigger is one trigger directive, or one entry of the function's events in f.yml, which replace the directives.
type Trigger struct {
	// Kind is the word of its kind in gen/kind.
	Kind string
	// Routes are those of an http trigger, also of one of the API gateway, one for each method.
	Routes []web.Route
	// Name is unique among the triggers of its kind in the application; http and raw events have none.
	Name string
	// Marker is the marker of the kind: *annotations.HTTP, *annotations.Timer, ...
	Marker any
	Pos    token.Position
	Length int
	Line   string
}

// Binding says how a request fills a struct.
type Binding struct {
	// Pointer says that the handler takes *T.
	Pointer bool
	// Named is the struct type T.
	Named types.Type
	// Params are the fields with a path, query, header, cookie, form or file tag, those of embedded structs included.
	Params []Param
	// Body says that the rest is decoded from a JSON body: there is at least one field without such a tag, or with a json tag, too.
	Body bool
	// Form says that the body may be a form: there is a field with a form or file tag.
	Form bool
}

// Uploads reports whether a file is read by the handler.
func (b *Binding) Uploads() bool {
	return b != nil && slices.ContainsFunc(b.Params, func(p Param) bool { return p.Upload })
}

// Param is one field that comes from outside a JSON body.
type Param struct {
	// Path is the selector from the struct: "ID" or "Page.Size".
	Path string
	// In is path, query, header, cookie, form or file; Name is the name there.
	In, Name string
	// JSON is the member of the body that encoding/json would fill the field from, which must not happen; empty if none.
	JSON string
	// Required makes its absence an error (the tag's option "required"; path values always are).
	Required bool
	// Type is the field's type.
	Type types.Type
	// Parser is the function of trigger/web that parses one value: String, Bool, Int, Uint, Float, Duration, Bytes, Text; "" for a file
	// and for JSON text in a form.
	Parser string
	// Elem is the type one value is parsed into: Type without its slice or pointer.
	Elem types.Type
	// Slice and Pointer say what Type is around Elem.
	Slice, Pointer bool
	// Both says that a JSON body fills a form field, too.
	Both bool
	// Upload says that a file is read by the handler.
	Upload bool
	// Max is the size of a file in bytes at most, zero for no limit of its own.
	Max int64
}

// InForm reports whether a form fills the field.
func (p Param) InForm() bool { return p.In == "form" || p.In == "file" }
