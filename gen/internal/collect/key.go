package collect

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// read is a place that reads a key of configuration: a field, a parameter, or one of them for a member of its struct.
type read struct {
	key string
	// typ is what the key is read as.
	typ types.Type
	dep *model.Dep
}

// reads lists the keys that anything reads, in the order of the sources.
func (c *collector) reads() []read {
	providers := slices.Clone(c.app.Providers)
	for _, g := range c.app.Generics {
		providers = append(providers, g.Declared)
	}
	var list []read
	for _, p := range providers {
		for _, d := range p.Deps {
			if d.Kind != model.FromConfig {
				continue
			}
			list = append(list, read{d.Key, d.Type, d})
			for _, m := range values.Members(d.Type, d.Key) {
				list = append(list, read{m.Key, m.Type, d})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y read) int { return comparePositions(x.dep.Pos, y.dep.Pos) })
	return list
}

func comparePositions(a, b token.Position) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Offset, b.Offset))
}

// keys reports keys that one environment variable would set.
func (c *collector) keys() {
	first := map[string]read{}
	said := map[string]bool{}
	for _, r := range c.reads() {
		variable := config.Variable(r.key)
		other, known := first[variable]
		if !known {
			first[variable] = r
		}
		mistake := r.key
		if other.dep == r.dep { // then it is one of the struct, wherever that is read
			mistake = types.TypeString(r.dep.Type, nil) + strings.TrimPrefix(r.key, r.dep.Key)
		}
		if !known || other.key == r.key || said[mistake] {
			continue
		}
		said[mistake] = true
		e := c.errorAt(r.dep.Pos, r.dep.Length, codeConfig, "the configuration keys %s and %s have one environment variable, %s", other.key, r.key, variable)
		c.also(e, other.dep.Pos, other.key+" is read here")
		e.Hint = "rename one of them: the variable would set both"
	}
}
