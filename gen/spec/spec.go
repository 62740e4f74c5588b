// Package spec is f.yml: its types, defaults, validation and JSON schema. It knows no target: what a cloud makes of a
// key, and whether it can, is said in gen/target/<name>. Positions in its diagnostics come from yaml nodes.
package spec

import (
	"go/token"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

// Spec is one f.yml.
type Spec struct {
	// Path is the file it was read from; empty when there is none and everything is default.
	Path string `yaml:"-"`
	// Service names the application. Required.
	Service string `faas:"service,required"`
	// Description is shown in the vendor's console.
	Description string `faas:"description"`
	// Provider holds what all functions share.
	Provider Provider `faas:"provider"`
	// Functions overrides what the directives say, by function name.
	Functions map[string]*Function `faas:"functions"`
	// Package says what else goes into each package.
	Package Package `faas:"package"`
	// Custom is for the user's own tools; nothing here is read.
	Custom *yaml.Node `faas:"custom"`
	// Scan names further packages of the module (or of other modules) that belong to the application.
	Scan []string `faas:"scan"`
	// Targets holds the same keys again, for one cloud.
	Targets map[string]*Overlay `faas:"targets"`
	// Extension holds the x-<target> keys of this level.
	Extension Extension `faas:"x-*"`
	// Positions finds the place of a key by its dotted path, such as functions.order-create.memorySize.
	Positions map[string]token.Position `yaml:"-"`
}

// Provider holds the target and the settings that all functions share.
type Provider struct {
	// Name is the default target of build and deploy.
	Name string `faas:"name"`
	// Region is the vendor's region.
	Region string `faas:"region"`
	// Stage is the default stage.
	Stage string `faas:"stage"`
	// Settings are the defaults of every function.
	Settings `faas:",inline"`
	// Extension holds the x-<target> keys of this level.
	Extension Extension `faas:"x-*"`
}

// Settings are the keys that provider, functions and groups share. A nil or zero field is "not said".
type Settings struct {
	// MemorySize is the memory in MB.
	MemorySize annotations.Memory `faas:"memorySize"`
	// Timeout limits an invocation.
	Timeout annotations.Duration `faas:"timeout"`
	// InitTimeout limits the cold start.
	InitTimeout annotations.Duration `faas:"initTimeout"`
	// Concurrency is how many invocations one instance runs at once.
	Concurrency int `faas:"concurrency"`
	// Environment holds environment variables.
	Environment map[string]string `faas:"environment"`
	// Role is the vendor's role that functions run as.
	Role string `faas:"role"`
	// Architecture is amd64 or arm64.
	Architecture string `faas:"architecture,enum=amd64|arm64"`
	// further keys of the tables in the vendors' documents follow: vpc, logs, tags, tracing, disk, ...
}

// Function overrides one function.
type Function struct {
	// Description is shown in the vendor's console.
	Description string `faas:"description"`
	// Settings override the provider's and the directive's.
	Settings `faas:",inline"`
	// Events replaces the function's directive triggers; nil keeps them.
	Events []Event `faas:"events"`
	// Extension holds the x-<target> keys of this level.
	Extension Extension `faas:"x-*"`
}

// Event is one trigger in f.yml: a map with one key, its kind.
type Event struct {
	Kind   string
	Pos    token.Position
	Marker any
}

// Package says what goes into each zip beside the binary.
type Package struct {
	// Include lists globs, relative to f.yml.
	Include []string `faas:"include"`
	// Exclude lists globs that Include does not bring.
	Exclude []string `faas:"exclude"`
}

// Overlay is what targets.<name> may say again: provider, functions and x-<target>.
type Overlay struct {
	Provider  Provider             `faas:"provider"`
	Functions map[string]*Function `faas:"functions"`
	Package   Package              `faas:"package"`
	Extension Extension            `faas:"x-*"`
}

// Extension holds x-<target> keys: the vendor's own keys, merged last into the deployment file, by target name.
type Extension map[string]*yaml.Node
