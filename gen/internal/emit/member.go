package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// membersCode is a struct with the defaults of its members, of which the first depth fields are given.
func membersCode(t types.Type, members []model.ConfigMember, depth int) jen.Code {
	var fields []jen.Code
	done := map[string]bool{}
	for i, m := range members {
		name := m.Fields[depth]
		if m.Default == nil || done[name] {
			continue
		}
		done[name] = true
		if depth == len(m.Fields)-1 {
			fields = append(fields, jen.Id(name).Op(":").Add(literal(m.Types[depth], *m.Default)))
			continue
		}
		var below []model.ConfigMember
		for _, other := range members[i:] {
			if other.Fields[depth] == name {
				below = append(below, other)
			}
		}
		fields = append(fields, jen.Id(name).Op(":").Add(membersCode(m.Types[depth], below, depth+1)))
	}
	return typeCode(t).Values(fields...)
}
