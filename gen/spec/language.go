package spec

import (
	"go/token"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// CheckTriggers checks the arguments of events that have a language of their own. Those are languages of the run time, of which
// this package knows nothing: check says what is wrong with a marker, nil if nothing. Events that have other mistakes are left
// out.
func (s *Spec) CheckTriggers(check func(marker any) *annotations.Mistake) annotations.Diagnostics {
	var diags annotations.Diagnostics
	c := checker{s, &diags, map[token.Position]bool{}}
	for _, e := range s.sound {
		m := check(e.Marker)
		if m == nil {
			continue
		}
		if place, ok := e.Places[m.Argument]; ok { // else it is missing, which is reported already
			c.add(c.inside(place, m))
		}
	}
	diags.Sort()
	return diags
}

// inside points at the piece of the value that a mistake is about.
func (c checker) inside(place Place, m *annotations.Mistake) annotations.Diagnostic {
	if _, ok := c.replaced[place.Pos]; ok {
		return place.Errorf(CodeValue, "%s", m.Message) // and add says no more than that it is wrong
	}
	// Where the value stands in the line as it reads; with escapes in it the whole has to do.
	from := max(0, min(place.Pos.Column-1, len(place.Line)))
	if at := strings.Index(place.Line[from:], m.Value); m.Offset >= 0 && at >= 0 && at <= 1 && m.Value != "" {
		place.Pos.Column, place.Length = from+at+m.Offset+1, m.Length
	}
	return place.Errorf(CodeValue, "%s", m.Message)
}
