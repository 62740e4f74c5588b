package collect

import (
	"fmt"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
)

// codeTrigger is a trigger that the function, or another one, has already.
const codeTrigger = "trigger"

// reportOverlaps reports triggers that would deliver one event to one function twice, or that nothing could tell apart.
func (c *triggerDirective) reportOverlaps() {
	for _, f := range c.handlers.found {
		for i, t := range f.triggers {
			for _, other := range f.triggers[:i] {
				what := overlap(t.Marker, other.Marker)
				if what == "" || t.faulty || other.faulty {
					continue
				}
				d := annotations.Diagnostic{Pos: t.Pos, Length: t.Length, Line: t.Line, Code: codeTrigger,
					Message: fmt.Sprintf("function %s has a trigger for %s already", f.Name, what)}
				c.also(&d, other.Pos, "it is here")
				c.diagnostics = append(c.diagnostics, &d)
				break
			}
		}
	}
}

// overlap says what two triggers have in common that both would be called for, "" if nothing.
func overlap(a, b any) string {
	if k := kind.Of(a); k != nil && kind.Of(b) == k {
		return k.Overlap(a, b)
	}
	return ""
}

// covers reports whether the code that a trigger makes also serves one that only a target says.
func covers(code, there any) bool {
	k := kind.Of(code)
	return k != nil && kind.Of(there) == k && k.Covers(code, there)
}
