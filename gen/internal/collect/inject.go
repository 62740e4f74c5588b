package collect

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/spec/glob"
)

// injectDirective is //faas:inject on a field and //faas:arg for a parameter, also where the latter says config=. Provide reads the
// fields and parameters of a provider by it.
type injectDirective struct {
	*collector
	config   *configDirective
	calls    *callDirective
	provided *providerSet
}

func (*injectDirective) words() []string { return []string{"inject", "arg"} }

// collect does nothing: fields and parameters are parts of what provides.
func (*injectDirective) collect() {}

// injectSpec is what directives say of a field or parameter.
type injectSpec struct {
	id       string
	group    string
	members  []string
	optional bool
	config   bool
	key      string
	def      *string
	call     *annotations.Call
	// mark is the directive, nil if there is none; keyArg names its argument that holds the configuration key.
	mark *annotations.Marker
	// field says that it is a field.
	field bool
}

// field reads one field with directives. It returns nil for one without inject and config, and for one with a mistake, of
// which it reports false.
// A configured struct has a key, which those of its fields are below; it is empty for others.
func (c *injectDirective) field(st *types.Struct, f *field, above string) (*model.Dep, bool) {
	v := structField(st, f.name.Name)
	if v == nil {
		return nil, false // the type checker has reported it
	}
	w := injectSpec{field: true}
	if inject, mark := find[annotations.Inject](f.markers); inject != nil {
		w.id, w.optional, w.mark = inject.ID, inject.Optional, mark
		w.group, w.members = inject.Group, inject.Members
	} else if config, mark := find[annotations.Config](f.markers); config != nil {
		w.config, w.key, w.def, w.mark = true, config.Key, config.Default, mark
	} else if w.call, w.mark = c.calls.find(f.markers); w.call == nil {
		return nil, true
	}
	if w.mark.Bad {
		return nil, false
	}
	if w.config && w.key == "" {
		if above == "" {
			c.config.keyless(w.mark)
			return nil, false
		}
		w.key = above + "." + fieldKey(st, f.name.Name)
	}
	return c.dependency(f.name.Name, f.name.Pos(), len(f.name.Name), v.Type(), w)
}

func structField(st *types.Struct, name string) *types.Var {
	for v := range st.Fields() {
		if v.Name() == name {
			return v
		}
	}
	return nil
}

// configured makes every exported field of a struct that has no directive of its own a configuration value below the
// struct's key.
func (c *injectDirective) configured(d *declaration, st *types.Struct, config *annotations.Config) ([]*model.Dep, bool) {
	_, mark := find[annotations.Config](d.markers)
	if mark.Bad {
		return nil, false
	}
	if config.Key == "" {
		c.config.keyless(mark)
		return nil, false
	}
	if config.Default != nil {
		pos, end := mark.Range("default")
		c.errorf(pos, int(end-pos), codeConfig, "a default for struct %s, which is configured field by field", d.name.Name).
			Hint = "give the fields their defaults: //faas:config key=" + config.Key + ".NAME default=VALUE"
		return nil, false
	}
	own := map[string]bool{}
	for _, f := range d.fields {
		own[f.name.Name] = true
	}
	var deps []*model.Dep
	ok := true
	for i := range st.NumFields() {
		v := st.Field(i)
		name, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("yaml"), ",")
		if own[v.Name()] || !v.Exported() || name == "-" {
			continue
		}
		if v.Embedded() {
			c.errorf(v.Pos(), len(v.Name()), codeConfig, "%s is embedded in struct %s, which is configured field by field", v.Name(), d.name.Name).
				Hint = "give the field a name, or a directive of its own"
			ok = false
			continue
		}
		if name == "" {
			name = model.LowerCamel(v.Name())
		}
		w := injectSpec{field: true, config: true, key: config.Key + "." + name}
		dep, good := c.dependency(v.Name(), v.Pos(), len(v.Name()), v.Type(), w)
		ok = ok && good
		if dep != nil {
			deps = append(deps, dep)
		}
	}
	if ok && len(deps) == 0 && len(d.fields) == 0 {
		c.errorf(d.name.Pos(), len(d.name.Name), codeConfig, "struct %s has no exported field to configure", d.name.Name)
		return nil, false
	}
	return deps, ok
}

// parameters reads what a constructor takes.
func (c *injectDirective) parameters(d *declaration, sig *types.Signature) ([]*model.Dep, bool) {
	ok := true
	args := map[string]*annotations.Marker{}
	for i := range d.markers {
		m := &d.markers[i]
		if arg, is := m.Value.(*annotations.Arg); is {
			if m.Bad {
				ok = false
				continue
			}
			args[arg.Name] = m
		}
	}
	if sig.Variadic() {
		pos, length := d.param(sig.Params().Len() - 1)
		c.errorf(pos, length, codeProvider, "constructor %s is variadic, and nothing says how many values to pass", d.name.Name).
			Hint = "take a slice, or write a constructor without it"
		return nil, false
	}
	var deps []*model.Dep
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		w := injectSpec{}
		if m := args[v.Name()]; m != nil {
			arg := m.Value.(*annotations.Arg)
			w = injectSpec{
				id: arg.ID, group: arg.Group, members: arg.Members, optional: arg.Optional,
				config: arg.Config != "", key: arg.Config, def: arg.Default, call: callOf(arg), mark: m,
			}
		}
		pos, length := d.param(i)
		key := ""
		if w.mark == nil {
			key = c.layerConfig(d, v.Type())
		}
		if key != "" {
			w.config, w.key = true, key
		}
		dep, good := c.dependency(v.Name(), pos, length, v.Type(), w)
		if key != "" && dep != nil {
			requireMembers(dep)
		}
		ok = ok && good
		if dep != nil {
			deps = append(deps, dep)
		}
	}
	return deps, ok
}

// dependency makes one field or parameter a dependency.
func (c *injectDirective) dependency(name string, pos token.Pos, length int, t types.Type, w injectSpec) (*model.Dep, bool) {
	if invalid(t) {
		return nil, false
	}
	dep := &model.Dep{Name: name, Type: t, ID: w.id, Optional: w.optional, Pos: c.position(pos), Length: length}
	what := "parameter"
	if w.field {
		what = "field"
	}
	if reason := c.unnameable(t); reason != "" {
		if c.unexportedProvider(model.TypeName(t)) {
			return nil, false // which has been reported
		}
		hint := "use an exported type"
		if strings.HasSuffix(reason, "cannot import") {
			hint = "use a type of a package that generated code can import, or build the value in a constructor"
		}
		c.errorf(pos, length, codeInject, "generated code cannot name the type of %s %s: %s", what, name, reason).Hint = hint
		return nil, false
	}
	if w.config && mentions(t) {
		c.errorf(pos, length, codeConfig, "%s %s is of type %s, which differs from instance to instance", what, name, typeString(t)).
			Hint = "configure it with a type of its own"
		return nil, false
	}
	if w.config {
		dep.Kind, dep.Key, dep.Default = model.FromConfig, w.key, w.def
		return dep, c.config.configValue(dep, pos, length, what, w)
	}
	if w.call != nil {
		return dep, c.calls.read(dep, pos, length, what, w)
	}
	if w.group != "" {
		return dep, c.group(dep, pos, length, what, w)
	}
	if inner := lazy(t); inner != nil {
		dep.Lazy, dep.Type = true, inner
		if b := builtin(inner); b != "" && w.id == "" {
			c.errorf(pos, length, codeInject, "%s %s is lazy, but %s is there from the start", what, name, typeString(inner)).
				Hint = "take " + typeString(inner)
			return nil, false
		}
		return dep, true
	}
	b := builtin(t)
	switch {
	case b == "" || w.id != "":
		return dep, true
	case b == model.InitContext && w.field:
		c.errorf(pos, length, codeInject, "field %s holds a context.Context, which ends with the call it is for", name).
			Hint = "take it as a parameter of a constructor, of Init, or of the handler"
		return nil, false
	}
	dep.Kind, dep.Builtin = model.FromBuiltin, b
	return dep, true
}

// group completes a dependency on the members of a group.
func (c *injectDirective) group(dep *model.Dep, pos token.Pos, length int, what string, w injectSpec) bool {
	dep.Group = w.group
	if inner := lazy(dep.Type); inner != nil {
		dep.Lazy, dep.Type = true, inner
	}
	slice, ok := dep.Type.Underlying().(*types.Slice)
	if !ok {
		elem := dep.Type
		if array, is := dep.Type.Underlying().(*types.Array); is {
			elem = array.Elem()
		}
		c.errorf(pos, length, codeInject, "%s %s takes group %s, but %s is not a slice", what, dep.Name, w.group, typeString(dep.Type)).
			Hint = "make it []" + typeString(elem)
		return false
	}
	if inner := lazy(slice.Elem()); inner != nil {
		c.errorf(pos, length, codeInject, "%s %s is a slice of lazy members, which a group cannot have", what, dep.Name).
			Hint = fmt.Sprintf("make it []%s, or ioc.Lazy[[]%[1]s], which is built at first use", typeString(inner))
		return false
	}
	for i, item := range w.members {
		at, length := c.itemPlace(w.mark, "members", item, slices.Index(w.members, item) != i)
		if err := glob.Check(strings.TrimPrefix(item, "!")); err != nil {
			c.errorf(at, length, codeInject, "found %q, expected package.Name, a pattern of it such as package.*, or one with ! in front", item)
			return false
		}
		p := c.position(at)
		dep.Members = append(dep.Members, model.Member{Pattern: item, Place: spec.Place{Pos: p, Length: length, Line: c.app.Line(p)}})
	}
	return true
}

// check reports inject and config on fields of structs that nothing fills.
func (c *injectDirective) check() {
	for _, d := range c.declared {
		obj, ok := d.object.(*types.TypeName)
		if !ok || len(d.fields) == 0 || c.provided.owners[obj] != nil || c.provided.embedded[obj] || c.provided.faulty[obj] || d.faulty {
			continue
		}
		if found := c.ofComponent(d.pkg.Path); found != nil && found.busy {
			continue // it may be that of a handler
		}
		if c.config.configTypes[obj] && c.config.keyedMember(d) {
			continue
		}
		if slices.ContainsFunc(c.app.Broken, func(t types.Type) bool { return model.TypeName(t) == obj }) {
			continue // a directive that was reported may be what makes it one
		}
		if g := c.provided.generics[obj]; g != nil && g.Kind == model.Struct {
			continue
		}
		f := d.fields[0]
		mark := f.markers[0]
		pos, end := mark.Directive.Pos(), mark.Directive.NameEnd()
		directive := "//faas:" + mark.Directive.Name
		made := c.provided.made[obj]
		if g := c.provided.generics[obj]; g != nil {
			made = append(made, g)
		}
		if len(made) > 0 {
			p := made[0]
			e := c.errorf(pos, int(end-pos), codeInject, "%s on a field of %s, which a constructor makes", directive, obj.Name())
			c.also(e, p.Pos, "made by "+p.Name())
			e.Hint = "take it as a parameter of " + p.Object.Name()
			continue
		}
		c.errorf(pos, int(end-pos), codeInject, "%s on a field of %s, which is not a provider", directive, obj.Name()).
			Hint = fmt.Sprintf("mark %s with //faas:provide", obj.Name())
		c.broken(d.out()) // so that what needs it is not reported, too
	}
}

// article puts a or an before a word.
func article(word string) string {
	if strings.ContainsAny(word[:1], "aeiou") {
		return "an " + word
	}
	return "a " + word
}
