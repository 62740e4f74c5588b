package annotations

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Place is a set of kinds of declarations.
type Place int

const (
	// OnStruct is a declared struct type.
	OnStruct Place = 1 << iota
	// OnFunc is a function that is not a method, constructors among them.
	OnFunc
	// OnMethod is a method of a declared type.
	OnMethod
	// OnField is a field of a declared struct type.
	OnField
)

// String names the places as messages do: "a struct type or a function".
func (p Place) String() string {
	var words []string
	for _, place := range []struct {
		place Place
		word  string
	}{{OnStruct, "a struct type"}, {OnFunc, "a function"}, {OnMethod, "a method"}, {OnField, "a struct field"}} {
		if p&place.place != 0 {
			words = append(words, place.word)
		}
	}
	return Join(words, "or")
}

// Definition describes one directive.
type Definition struct {
	// Name is the word behind //faas:, lower case.
	Name string
	// Marker is the struct type that holds its arguments. If a pointer to it is a Checker, it is called.
	Marker reflect.Type
	// Places are what it may mark.
	Places Place
	// RequiresAny names directives of which one has to mark the same declaration; empty if it stands alone.
	RequiresAny []string
	// Repeat allows several on one declaration. RepeatBy, if set, names the argument in which they must differ.
	Repeat   bool
	RepeatBy string
	// Qualifies says of a directive that needs //faas:handler that it says more of the function, and is not a trigger.
	Qualifies bool
	// Excludes names directives that cannot stand on the same declaration.
	Excludes []string
	// Source is the Go file that declares Marker, embedded: its doc comments are the help.
	Source string
}

// NeedsHandler reports whether the directive is a trigger: it needs //faas:handler and nothing else.
func (d *Definition) NeedsHandler() bool {
	return len(d.RequiresAny) == 1 && d.RequiresAny[0] == "handler" && !d.Qualifies
}

// Standard are the directives of faasgen, for a registry that adds more to them.
func Standard() []Definition {
	const callable = OnStruct | OnFunc | OnMethod
	trigger := []string{"handler"}
	return []Definition{
		{Name: "provide", Marker: reflect.TypeFor[Provide](), Places: OnStruct | OnFunc, Source: markersSource},
		{Name: "inject", Marker: reflect.TypeFor[Inject](), Places: OnField, Excludes: []string{"config"}, Source: markersSource},
		{Name: "call", Marker: reflect.TypeFor[Call](), Places: OnField, Excludes: []string{"inject", "config"}, Source: markersSource},
		{Name: "arg", Marker: reflect.TypeFor[Arg](), Places: OnFunc, RequiresAny: []string{"provide", "handler", "middleware", "layer"}, Repeat: true, RepeatBy: "name", Source: markersSource},
		{Name: "config", Marker: reflect.TypeFor[Config](), Places: OnField | OnStruct, Source: markersSource},
		{Name: "handler", Marker: reflect.TypeFor[Handler](), Places: callable, Source: markersSource},
		{Name: "task", Marker: reflect.TypeFor[Task](), Places: callable, RequiresAny: trigger, Qualifies: true, Source: markersSource},
		{Name: "http", Marker: reflect.TypeFor[HTTP](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "timer", Marker: reflect.TypeFor[Timer](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "event", Marker: reflect.TypeFor[Event](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "raw", Marker: reflect.TypeFor[Raw](), Places: callable, RequiresAny: trigger, Source: markersSource},
		{Name: "apigw", Marker: reflect.TypeFor[APIGW](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "os", Marker: reflect.TypeFor[OS](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "mq", Marker: reflect.TypeFor[MQ](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "kafka", Marker: reflect.TypeFor[Kafka](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "log", Marker: reflect.TypeFor[Log](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "cdn", Marker: reflect.TypeFor[CDN](), Places: callable, RequiresAny: trigger, Repeat: true, Source: markersSource},
		{Name: "use", Marker: reflect.TypeFor[Use](), Places: callable, Source: markersSource},
		{Name: "middleware", Marker: reflect.TypeFor[Middleware](), Places: OnStruct | OnFunc, Excludes: []string{"handler", "guard", "use"}, Source: markersSource},
		{Name: "guard", Marker: reflect.TypeFor[Guard](), Places: OnStruct | OnFunc, Excludes: []string{"handler", "use"}, Source: markersSource},
		{Name: "configuration", Marker: reflect.TypeFor[Configuration](), Places: OnStruct, Excludes: []string{"provide", "handler", "middleware", "guard"}, Source: markersSource},
		{Name: "aspect", Marker: reflect.TypeFor[Aspect](), Places: OnStruct, Excludes: []string{"handler", "middleware", "guard", "configuration"}, Source: markersSource},
		{Name: "layer", Marker: reflect.TypeFor[Layer](), Places: OnStruct | OnFunc, Excludes: []string{"provide", "handler", "middleware", "guard", "use", "configuration", "aspect"}, Source: markersSource},
	}
}

// Triggers are the standard directives that say what calls a function. In f.yml they are the keys of events.
func Triggers() []Definition {
	return slices.DeleteFunc(Standard(), func(d Definition) bool { return !d.NeedsHandler() })
}

// Registry is a set of directives.
type Registry struct {
	definitions []*Definition // by name
}

// Default is the registry of the standard directives.
func Default() *Registry {
	r, err := NewRegistry(Standard()...)
	if err != nil {
		panic("annotations: " + err.Error()) // the list above is wrong
	}
	return r
}

// NewRegistry checks definitions and puts them together. It refuses two of one name, and definitions that cannot work.
func NewRegistry(definitions ...Definition) (*Registry, error) {
	r := &Registry{}
	for _, d := range definitions {
		if err := d.validate(); err != nil {
			return nil, fmt.Errorf("directive %q: %w", d.Name, err)
		}
		if _, ok := r.Lookup(d.Name); ok {
			return nil, fmt.Errorf("directive %q is defined twice", d.Name)
		}
		r.definitions = append(r.definitions, &d)
		slices.SortFunc(r.definitions, func(a, b *Definition) int { return strings.Compare(a.Name, b.Name) })
	}
	for _, d := range r.definitions {
		for _, name := range slices.Concat(d.RequiresAny, d.Excludes) {
			if _, ok := r.Lookup(name); !ok {
				return nil, fmt.Errorf("directive %q names %q, which is not defined", d.Name, name)
			}
		}
	}
	return r, nil
}

func (d *Definition) validate() error {
	for i := range len(d.Name) {
		if c := d.Name[i]; !('a' <= c && c <= 'z' || i > 0 && (digit(c) || c == '-')) {
			return fmt.Errorf("a name is lower-case letters, digits and hyphens")
		}
	}
	if d.Name == "" {
		return fmt.Errorf("a name is needed")
	}
	if d.Places.String() == "" {
		return fmt.Errorf("it has no place to stand")
	}
	fields, err := fieldsOf(d.Marker)
	if err != nil {
		return err
	}
	if d.RepeatBy != "" && (!d.Repeat || !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == d.RepeatBy })) {
		return fmt.Errorf("it repeats by %q, which is not an argument of a directive that repeats", d.RepeatBy)
	}
	if d.Source != "" {
		if _, err := ParseDocs(d.Source); err != nil {
			return err
		}
	}
	return nil
}

// Lookup finds a directive by its exact name.
func (r *Registry) Lookup(name string) (*Definition, bool) {
	i, ok := slices.BinarySearchFunc(r.definitions, name, func(d *Definition, name string) int { return strings.Compare(d.Name, name) })
	if !ok {
		return nil, false
	}
	return r.definitions[i], true
}

// Names are the names of all directives, sorted.
func (r *Registry) Names() []string {
	names := make([]string, len(r.definitions))
	for i, d := range r.definitions {
		names[i] = d.Name
	}
	return names
}

// Decode reads the arguments of a directive into a new marker, a pointer to a struct. The definition is nil when the
// directive is not known; it is that of the suggested directive, with the problem reported, when the name is misspelt.
func (r *Registry) Decode(d Directive) (marker any, definition *Definition, problems []Problem) {
	m, problems := r.decode(d)
	return m.Value, m.Definition, problems
}

func (r *Registry) decode(d Directive) (Marker, []Problem) {
	m := Marker{Directive: d}
	var problems []Problem
	name := d.Name
	def, ok := r.Lookup(name)
	if !ok {
		p := Problem{
			Pos: d.Pos(), End: d.NameEnd(), Code: CodeUnknown, Message: fmt.Sprintf("unknown directive %s", prefix+d.Name),
			Hint: r.known(),
		}
		name = Suggest(d.Name, r.Names())
		if name == "" {
			m.Bad = true
			return m, []Problem{p}
		}
		p.Hint = fmt.Sprintf("did you mean %s? %s", prefix+name, p.Hint)
		problems = append(problems, p)
		def, _ = r.Lookup(name)
	}
	m.Definition = def
	m.Value = reflect.New(def.Marker).Interface()
	dec := d.decode(name, m.Value) // its arguments are checked as those of the directive that was meant
	m.arguments = dec.given
	problems = append(problems, dec.problems...)
	m.Bad = len(problems) > 0
	return m, problems
}

func (r *Registry) known() string { return "known directives: " + strings.Join(r.Names(), ", ") }
