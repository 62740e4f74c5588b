package collect

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// promotion reads the directives on the fields of the structs that one provider embeds.
type promotion struct {
	*provideDirective
	provider *model.Provider
	deps     []*model.Dep
	// embedded are the structs on the way to the one that is read, index their fields' indexes, at the outermost of them.
	embedded []model.Embedding
	index    []int
	at       *types.Var
}

// promoted makes the fields with directives of embedded structs dependencies of a provider, at any depth and of any package
// of the application, as if they were its own. It reports false when one of them cannot be filled. A provider that is configured field
// by field may embed nothing that is exported, which is reported elsewhere.
func (c *provideDirective) promoted(p *model.Provider, st *types.Struct, configured bool) ([]*model.Dep, bool) {
	r := &promotion{provideDirective: c, provider: p}
	ok := r.descend(st, func(v *types.Var) bool { return configured && v.Exported() })
	return r.deps, ok
}

// descend looks at the structs that one embeds.
func (r *promotion) descend(st *types.Struct, leave func(*types.Var) bool) bool {
	ok := true
	for i := range st.NumFields() {
		v := st.Field(i)
		inner, is := structOf(v.Type())
		if !v.Embedded() || !is || leave(v) || r.directed(v) {
			continue
		}
		t := v.Type()
		e := model.Embedding{Name: v.Name(), Type: t}
		if elem := pointee(t); elem != nil {
			e.Type, e.Pointer = elem, true
		}
		obj := model.TypeName(e.Type)
		if obj == nil || slices.ContainsFunc(r.embedded, func(o model.Embedding) bool { return model.TypeName(o.Type) == obj }) {
			continue // which is embedded in itself
		}
		before, found := *r, len(r.deps)
		r.embedded, r.index = append(slices.Clone(r.embedded), e), append(slices.Clone(r.index), i)
		if r.at == nil {
			r.at = v
		}
		good := r.fields(obj, inner)
		good = r.descend(inner, func(*types.Var) bool { return false }) && good
		if good && len(r.deps) > found && e.Pointer {
			good = r.pointer(obj)
		}
		ok = ok && good
		r.embedded, r.index, r.at = before.embedded, before.index, before.at
	}
	return ok
}

// directed reports whether an embedded field has a directive of its own, by which it is filled as a whole.
func (r *promotion) directed(v *types.Var) bool {
	return r.inject.config.fieldDirectives()[v.Origin()] != nil
}

// fields reads the fields of one embedded struct.
func (r *promotion) fields(obj *types.TypeName, st *types.Struct) bool {
	d := r.declarationOf(obj)
	if d == nil {
		return r.outside(obj)
	}
	config, _ := find[annotations.Config](d.markers)
	var some []*field
	for v := range st.Fields() {
		if f := r.inject.config.fieldDirectives()[v.Origin()]; f != nil {
			some = append(some, f)
		}
	}
	if len(some) == 0 && config == nil || len(r.provided.made[obj]) > 0 || r.constructed(obj) {
		return true // of which a constructor is to take them, as is reported there
	}
	r.provided.embedded[obj] = true
	if d.faulty {
		return false
	}
	var deps []*model.Dep
	above := ""
	ok := true
	if config != nil {
		above = config.Key
		deps, ok = r.inject.configured(d, st, config)
	}
	for _, f := range some {
		dep, good := r.inject.field(st, f, above)
		ok = ok && good
		if dep != nil {
			deps = append(deps, dep)
		}
	}
	slices.SortStableFunc(deps, func(a, b *model.Dep) int { return a.Pos.Offset - b.Pos.Offset })
	for _, dep := range deps {
		dep.Embedded = r.embedded
		r.deps = append(r.deps, dep)
		if !r.reachable(st, dep.Name) {
			e := r.errorAt(dep.Pos, dep.Length, codeInject, "another %[1]s hides field %[1]s of the embedded %[2]s, so generated code cannot fill it", dep.Name, r.name())
			e.Hint = "export the embedded type, or give one of the fields of that name another"
			r.also(e, r.position(r.at.Pos()), "embedded in "+r.provider.Name())
			ok = false
		}
	}
	return ok
}

// pointer checks that generated code can make what an embedded pointer points to.
func (r *promotion) pointer(obj *types.TypeName) bool {
	last := r.embedded[len(r.embedded)-1]
	at, length := r.at.Pos(), len(r.at.Name())
	fail := func(hint, format string, args ...any) bool {
		e := r.errorf(at, length, codeInject, format, args...)
		e.Hint = hint
		return false
	}
	name := r.name()
	if d := r.declarationOf(obj); d != nil {
		provide, _ := find[annotations.Provide](d.markers)
		config, _ := find[annotations.Config](d.markers)
		if provide != nil || config != nil {
			return fail("mark the embedded field with //faas:inject, or embed "+name+" by value to fill one of its own",
				"%s embeds a pointer to %s, which is a provider, and does not say that it is injected", r.provider.Name(), name)
		}
	}
	if !token.IsExported(last.Name) {
		return fail("embed it by value, or export it", "%s embeds a pointer to %s, which is unexported, so generated code cannot make one", r.provider.Name(), name)
	}
	if reason := r.unnameable(last.Type); reason != "" {
		return fail("embed it by value", "%s embeds a pointer to %s, and generated code cannot name that: %s", r.provider.Name(), name, reason)
	}
	return true
}

// name is the innermost embedded struct as messages call it.
func (r *promotion) name() string { return typeString(r.embedded[len(r.embedded)-1].Type) }

// outside reports an embedded struct with directives whose package is not part of the application.
func (r *promotion) outside(obj *types.TypeName) bool {
	if obj.Pkg() == nil {
		return true
	}
	path := obj.Pkg().Path()
	if r.ofComponent(path) != nil || slices.ContainsFunc(r.load.Packages, func(p *load.Package) bool { return p.Path == path }) || !r.load.Directed(path, obj.Name()) {
		return true
	}
	if first := r.elsewhere[path]; first != nil {
		if at := r.position(r.at.Pos()); at != first.Pos && !slices.ContainsFunc(first.Chain, func(l annotations.Link) bool { return l.Pos == at }) {
			r.also(first, at, "so does "+r.provider.Name())
		}
		return false
	}
	e := r.errorf(r.at.Pos(), len(r.at.Name()), codeInject, "%s embeds %s, whose fields have directives, but package %s is not part of this application",
		r.provider.Name(), r.name(), path)
	e.Hint = "add it to scan in f.yml"
	r.elsewhere[path] = e
	return false
}

// reachable reports whether the exported names on the way to a field lead to it, and to each embedded pointer before it.
func (r *promotion) reachable(st *types.Struct, name string) bool {
	t := r.provider.Object.Type()
	if !leads(t, model.Selector(r.embedded, name), append(slices.Clone(r.index), fieldIndex(st, name))) {
		return false
	}
	for i, e := range r.embedded {
		if e.Pointer && token.IsExported(e.Name) && !leads(t, model.Selector(r.embedded[:i], e.Name), r.index[:i+1]) {
			return false
		}
	}
	return true
}

// constructed reports whether a constructor provides a type, also one that has not been collected yet.
func (c *provideDirective) constructed(obj *types.TypeName) bool {
	if c.constructors == nil {
		c.constructors = map[*types.TypeName]bool{}
		for _, d := range c.declared {
			provide, _ := find[annotations.Provide](d.markers)
			if out := d.out(); d.fn != nil && provide != nil && out != nil {
				c.constructors[model.TypeName(out)] = true
			}
		}
	}
	return c.constructors[obj]
}
