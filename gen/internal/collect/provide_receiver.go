package collect

import (
	"go/types"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// receiver finds the provider of a handler's receiver, or of a middleware or guard, which what says. A struct that nothing
// else provides becomes one.
func (c *provideDirective) receiver(d *declaration, obj *types.TypeName, what string) *model.Provider {
	if p := c.provided.owners[obj]; p != nil || c.provided.faulty[obj] {
		return p
	}
	made := c.provided.made[obj]
	if len(made) > 1 {
		for _, p := range made {
			if p.ID == "" {
				return p // a second one without id is a mistake of its own
			}
		}
		e := c.errorf(d.name.Pos(), len(d.name.Name), codeHandler, "nothing says which %s %s %s belongs to: each has an id", obj.Name(), what, d.name.Name)
		for _, p := range made {
			c.also(e, p.Pos, p.Name()+" has id="+p.ID)
		}
		e.Hint = "leave one of them without an id"
		return nil
	}
	if len(made) == 1 {
		return made[0]
	}
	if g := c.provided.generics[obj]; g != nil {
		e := c.errorf(d.name.Pos(), len(d.name.Name), codeHandler, "%s %s belongs to %s, which is generic, and nothing says which instance", what, d.name.Name, obj.Name())
		c.also(e, g.Pos, "provided by "+g.Name())
		e.Hint = "write a struct that has an instance, and the " + what + " on it"
		return nil
	}
	for _, t := range c.app.Broken {
		if model.TypeName(t) != obj {
			continue
		}
		if own := c.typeDeclaration(d.pkg, obj); own != nil && own.faulty {
			return c.implicit(d, obj) // there is none, but its other fields may have mistakes, too
		}
		return nil
	}
	return c.implicit(d, obj)
}

// implicit makes the struct of a handler a provider.
func (c *provideDirective) implicit(from *declaration, obj *types.TypeName) *model.Provider {
	d := c.typeDeclaration(from.pkg, obj)
	if d == nil {
		return nil
	}
	p := c.newStruct(d, nil, nil)
	if p == nil || d.faulty {
		c.app.Incomplete = true
		c.provided.faulty[obj] = true
		c.broken(d.out())
		return nil
	}
	c.app.Providers = append(c.app.Providers, p)
	c.provided.owners[obj] = p
	return p
}
