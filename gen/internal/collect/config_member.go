package collect

import (
	"errors"
	"go/types"
	"slices"
	"strconv"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// keyless reports a directive without a key where there is no struct whose member it could be on.
func (c *configDirective) keyless(mark *annotations.Marker) {
	pos, end := mark.Directive.Pos(), mark.Directive.NameEnd()
	c.errorf(pos, int(end-pos), codeConfig, `missing "key" in //faas:config`).Hint = "only a member of a struct that configuration fills has none"
}

// fieldKey is the key of a field below that of its struct.
func fieldKey(st *types.Struct, name string) string {
	for i := range st.NumFields() {
		if st.Field(i).Name() == name {
			if key, _ := values.FieldName(st, i); key != "" {
				return key
			}
		}
	}
	return model.LowerCamel(name)
}

// member reports whether a field has a directive that says something of it as a member: one without a key.
func member(f *field) bool {
	config, _ := find[annotations.Config](f.markers)
	return config != nil && config.Key == ""
}

// keyedMember reports a key on a member of a struct that configuration fills as a whole. It reports true when the fields have no
// other directive, so that nothing more is reported: without a key they have been looked at for a dependency on the struct.
func (c *configDirective) keyedMember(d *declaration) bool {
	for _, f := range d.fields {
		config, mark := find[annotations.Config](f.markers)
		if config == nil {
			return false
		}
		if config.Key != "" && !mark.Bad {
			pos, end := mark.Range("key")
			c.errorf(pos, int(end-pos), codeConfig, "member %s of %s, which configuration fills as a whole, has a key of its own", f.name.Name, d.name.Name).
				Hint = "leave it out: the key is the name of the field, or that of its yaml tag"
		}
	}
	return true
}

// fieldDirectives finds the directives of the fields of all structs.
func (c *configDirective) fieldDirectives() map[*types.Var]*field {
	if c.members == nil {
		c.members = map[*types.Var]*field{}
		for _, d := range c.declared {
			if d.object == nil { // the type checker has reported it
				continue
			}
			st, ok := d.object.Type().Underlying().(*types.Struct)
			if !ok {
				continue
			}
			for _, f := range d.fields {
				if v := structField(st, f.name.Name); v != nil {
					c.members[v] = f
				}
			}
		}
	}
	return c.members
}

// configMembers reads what directives say of the members of a struct that is filled as a whole. A struct whose members say what
// they need is not required itself.
func (c *configDirective) configMembers(dep *model.Dep) bool {
	before := len(c.diagnostics)
	c.membersOf(dep, dep.Value(), model.ConfigMember{}, "", visited{})
	if len(dep.Values) > 0 {
		dep.Optional = true
	}
	return len(c.diagnostics) == before
}

// membersOf looks into a type. Through says what stands between the struct of the dependency and it, which holds no instance that
// could have defaults: a list, a map, a pointer.
func (c *configDirective) membersOf(dep *model.Dep, t types.Type, at model.ConfigMember, through string, seen visited) {
	if values.Whole(t) || through != "" && seen.again(t) {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		c.membersOf(dep, u.Elem(), at, "a pointer", seen)
	case *types.Slice:
		c.membersOf(dep, u.Elem(), at, "a list", seen)
	case *types.Map:
		c.membersOf(dep, u.Elem(), at, "a map", seen)
	case *types.Struct:
		if obj := model.TypeName(t); obj != nil {
			c.configTypes[obj] = true
		}
		for i := range u.NumFields() {
			key, inline := values.FieldName(u, i)
			if key == "" && !inline {
				continue
			}
			f := u.Field(i)
			below := model.ConfigMember{Fields: append(slices.Clone(at.Fields), f.Name()), Types: append(slices.Clone(at.Types), f.Type()), Key: at.Key}
			if !inline {
				below.Key = dotted(at.Key, key)
			}
			if own := c.fieldDirectives()[f.Origin()]; own != nil && member(own) {
				c.member(dep, own, below, through)
				continue
			}
			c.membersOf(dep, f.Type(), below, through, seen)
		}
	}
}

func dotted(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// member reads the directive of one member.
func (c *configDirective) member(dep *model.Dep, f *field, m model.ConfigMember, through string) {
	config, mark := find[annotations.Config](f.markers)
	if mark.Bad {
		return
	}
	pos, end := mark.Directive.Pos(), mark.Directive.NameEnd()
	if slices.ContainsFunc(c.diagnostics, func(d *annotations.Diagnostic) bool { return d.Pos == c.position(pos) }) {
		return // for another dependency of the same type
	}
	typ := m.Types[len(m.Types)-1]
	switch {
	case mark.Given("refresh"):
		from, to := mark.Range("refresh")
		c.errorf(from, int(to-from), codeConfig, "refresh cannot be said of member %s: what is read again is all of %s", f.name.Name, dep.Name)
		return
	case config.Default == nil && !config.Required:
		c.errorf(pos, int(end-pos), codeConfig, "//faas:config says nothing of member %s", f.name.Name).
			Hint = "write default=VALUE or required; its key is its name"
		return
	case through != "":
		c.errorf(pos, int(end-pos), codeConfig, "member %s of what %s of %s holds cannot have a default or be required", f.name.Name, through, dep.Name).
			Hint = "only what is a struct in a struct can: hold it by value"
		return
	}
	if m.Required = config.Required; config.Default != nil {
		expected, asText, err := checkDefault(typ, *config.Default)
		at, to := mark.Range("default")
		switch {
		case expected == "" || asText || isSecret(typ):
			e := c.errorf(at, int(to-at), codeConfig, "member %s is of type %s, which a directive cannot write", f.name.Name, typeString(typ))
			e.Hint = "put the default into config.default.yml"
			if holdsSecret(typ, visited{}) {
				e.Line = ""
			}
			return
		case errors.Is(err, strconv.ErrRange):
			c.errorf(at, int(to-at), codeConfig, "default %q does not fit into %s", *config.Default, typeString(typ))
			return
		case err != nil:
			c.errorf(at, int(to-at), codeConfig, "default %q is not %s, which member %s needs", *config.Default, expected, f.name.Name)
			return
		}
		m.Default = config.Default
	}
	dep.Values = append(dep.Values, m)
}
