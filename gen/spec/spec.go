package spec

import (
	"go/token"

	"gopkg.in/yaml.v3"
)

// Spec is one f.yml.
type Spec struct {
	// Path is the file it was read from; empty when there is none and everything is default.
	Path string
	// Service names the application: letters, digits and dashes, starting with a letter. Every deployed function's name
	// starts with it.
	Service string `faas:"service,required"`
	// Description is shown in the vendor's console.
	Description string `faas:"description"`
	// Provider holds what all functions share.
	Provider Provider `faas:"provider"`
	// Functions overrides what the directives say, by function name.
	Functions map[string]*Function `faas:"functions"`
	// Layers defines layers in Go, by the names that provider and functions list.
	Layers map[string]*Layer `faas:"layers"`
	// Aggregation puts functions together into one deployed unit, by the unit's name.
	Aggregation map[string]*Group `faas:"aggregation"`
	// Domains are the user's own, by name.
	Domains map[string]*Domain `faas:"domains"`
	// Resources says what the logical names in triggers stand for, such as bucket=invoices.
	Resources map[string]*Resource `faas:"resources"`
	// Secrets says where the values of configuration keys are that must not be written down, by key: auth.token.
	Secrets map[string]*Secret `faas:"secrets"`
	// Package says what goes into each package.
	Package Package `faas:"package"`
	// Custom is for the user's own tools; nothing here is read.
	Custom *yaml.Node `faas:"custom"`
	// Scan names further packages of the module (or of other modules) that belong to the application.
	Scan []string `faas:"scan"`
	// Groups lists the members of groups, by name: of the providers that are offered to it package.Name, that of the
	// constructor or of the type, or patterns of it (* stands for any text, !pattern leaves out). The whole import path may
	// stand instead of the package.
	Groups map[string][]string `faas:"groups"`
	// Targets holds the same keys again, for one cloud.
	Targets map[string]*Overlay `faas:"targets"`
	// Stages holds the same keys again, for one stage: what --stage names.
	Stages map[string]*Stage `faas:"stages"`
	// Extension holds the x-<target> keys of this level: they are merged into the vendor's deployment file as a whole.
	Extension Extension `faas:"x-*"`
	// Positions finds the place of a key by its dotted path, such as functions.order-create.memorySize.
	Positions map[string]token.Position
	// Places finds what a diagnostic about a key points at by the key's dotted path: the value when it is a scalar, the
	// key when it is not. Items of a list are numbered: scan.0.
	Places map[string]Place
	// Overlaid finds the places of the keys that an overlay has covered, by their paths without targets.<name>. Only For fills it.
	Overlaid map[string]Place
	// Variables are the names of the environment variables that were read, sorted: with the file's bytes and their
	// values they decide what Load returns.
	Variables []string
	// keys are the places of the keys themselves.
	keys map[string]Place
	// replaced holds, by place, the text of values that had variables in them.
	replaced map[token.Position]string
	// failed holds the paths of the values that a mistake was reported at, or below.
	failed map[string]bool
	// unset holds, by path, what overlays take away, and taken the paths below functions of that, without the overlay's part: of all that
	// a function has from elsewhere. Only For fills taken.
	unset map[string]Place
	taken map[string]bool
	// staged holds, by path, the values and keys with a ${stage} in them that has no default.
	staged map[string]Place
	// sound are the events with nothing wrong so far.
	sound []Event
}

// Failed reports whether a mistake was found at or below the path of a value, such as scan.0. What it holds means nothing
// then, and nothing more should be reported.
func (s *Spec) Failed(path string) bool { return s.failed[path] }

// KeyPlace is the place of a key itself, not of its value, by its dotted path.
func (s *Spec) KeyPlace(path string) Place { return s.keys[path] }

// Provider holds the target and the settings that all functions share.
type Provider struct {
	// Name is the default target of build and deploy.
	Name string `faas:"name"`
	// Region is the vendor's region.
	Region string `faas:"region"`
	// Namespace is what holds the functions, where the vendor has such a thing: on Tencent, which counts functions and tells
	// their names apart by it. It has to exist.
	Namespace string `faas:"namespace"`
	// Stage is the default stage: the one of a build without --stage. It becomes part of the deployed names, and FAAS_ENV, which
	// chooses config.<stage>.yml, is set to it unless environment says otherwise.
	Stage string `faas:"stage"`
	// Settings are the defaults of every function.
	Settings `faas:",inline"`
	// Extension holds the x-<target> keys of this level: they are merged into each function of the deployment file.
	Extension Extension `faas:"x-*"`
}

// Function overrides one function: what f.yml says below functions, of one that may not exist.
type Function struct {
	// Description is shown in the vendor's console.
	Description string `faas:"description"`
	// Settings override the provider's and the directive's.
	Settings `faas:",inline"`
	// Config holds configuration values of this function alone, by key: order.maxItems, or nested maps. They win over the
	// config files, environment variables win over them.
	Config Values `faas:"config"`
	// Events replaces the function's directive triggers; nil keeps them, an empty list leaves it without any.
	Events []Event `faas:"events"`
	// Extension holds the x-<target> keys of this level: they are merged into the function in the deployment file.
	Extension Extension `faas:"x-*"`
}

// Event is one trigger in f.yml: a map with one key, its kind, and the arguments of the directive of that name.
type Event struct {
	// Kind is its word, that of the directive.
	Kind string
	// Pos is the place of the kind.
	Pos token.Position
	// Marker is the marker of the kind: *annotations.HTTP, *annotations.Timer, ...
	Marker any
	// Place is the kind with its line.
	Place Place
	// Places finds the values of the arguments by name.
	Places map[string]Place
	// Extension holds the x-<target> keys among the arguments: they are merged into the vendor's trigger.
	Extension Extension
}

// Shared is the [Package.Mode] of one binary for all units.
const Shared = "shared"

// Package says what goes into each zip: the binary, and what else. The config.*.yml files of the application's folder always do,
// unless they are excluded. Globs are relative to f.yml and use slashes; * stays inside a folder, ** does not.
type Package struct {
	// Mode is unit, the default: each unit's binary has its own functions and what they need; or shared: one binary has all
	// functions of the application, and the environment of each unit says which are its.
	Mode string `faas:"mode,enum=unit|shared"`
	// Include lists globs of files to add, and folders, which include all that is below them. Files that often hold
	// secrets (.env, private keys, credentials) come only when they are named without a wildcard.
	Include []string `faas:"include"`
	// Exclude lists globs of what Include leaves out.
	Exclude []string `faas:"exclude"`
}

// Overlay is what targets.<name> may say again: provider, functions, layers, domains, resources, secrets, package and x-<target>. Maps are merged key by key
// at every depth; lists, events and single values replace what they cover.
type Overlay struct {
	// Provider covers the provider.
	Provider Provider `faas:"provider"`
	// Functions covers functions.
	Functions map[string]*Function `faas:"functions"`
	// Layers covers the configuration of layers.
	Layers map[string]*LayerOverlay `faas:"layers"`
	// Aggregation covers aggregation. A group whose lists are all empty does not exist for the target.
	Aggregation map[string]*Group `faas:"aggregation"`
	// Domains covers domains.
	Domains map[string]*Domain `faas:"domains"`
	// Resources covers resources.
	Resources map[string]*Resource `faas:"resources"`
	// Secrets covers secrets.
	Secrets map[string]*Secret `faas:"secrets"`
	// Package covers package.
	Package Package `faas:"package"`
	// Extension covers the x-<target> key of the same target.
	Extension Extension `faas:"x-*"`
}

// Extension holds x-<target> keys: the vendor's own keys, merged last into the deployment file, by target name. Aliases
// and merge keys are already resolved in the nodes.
type Extension map[string]*yaml.Node

// Diagnostic codes of this package.
const (
	CodeRead         = "spec-read"         // the file cannot be read
	CodeSyntax       = "spec-syntax"       // it is not YAML, or YAML that f.yml does not allow
	CodeUnknownKey   = "spec-unknown-key"  // a key that does not exist
	CodeDuplicate    = "spec-duplicate"    // a key that is there twice
	CodeType         = "spec-type"         // a list where a word belongs, and so on
	CodeValue        = "spec-value"        // the right type, but not a value that can be
	CodeRequired     = "spec-required"     // a key that must be there and is not
	CodeSubstitution = "spec-substitution" // a ${...} that is wrong, or a variable that is not set
	CodeFunction     = "spec-function"     // a function that no code has
	CodeTarget       = "spec-target"       // a target that does not exist
)
