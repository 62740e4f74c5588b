package ioc

import (
	"reflect"
	"time"

	"github.com/faasgen/faasgen/framework/internal/coldstart"
)

// times measures the builds of a chain that belongs to the start of a unit. Any other has no recorder, and looks at no clock.
type times struct {
	recorder *coldstart.Recorder
	open     []span // of the cells being built, outermost first
}

type span struct {
	start  time.Time
	others time.Duration // what was built for it took
}

// begin is called when the chain begins with a cell.
func (t *times) begin() {
	if t.recorder != nil {
		t.open = append(t.open, span{start: time.Now()})
	}
}

// end is called when it is done with it. A cell that is not kept, or has the value of another, is not in the report.
func (t *times) end(of reflect.Type, report bool) {
	if t.recorder == nil {
		return
	}
	last := len(t.open) - 1
	s := t.open[last]
	t.open = t.open[:last]
	took := time.Since(s.start)
	if last > 0 {
		t.open[last-1].others += took
	}
	if report {
		t.recorder.Provider(coldstart.Span{Name: typeName(of), Start: s.start, Duration: took, Own: took - s.others})
	}
}
