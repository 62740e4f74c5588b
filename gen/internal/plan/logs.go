package plan

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// logs takes where all members that say it keep their logs. How long is a rule of its own.
func logs(m *merger, r Rule) {
	if m.group.Settings.Log.Named() {
		m.merged = append(m.merged, target.Merged{Key: r.Key, Rule: ownRule})
		return
	}
	var first *target.Function
	for _, f := range m.members {
		l := f.Settings.Log
		switch {
		case !l.Named():
		case first == nil:
			first = f
		case l.Project != first.Settings.Log.Project || l.Store != first.Settings.Log.Store:
			m.conflict(r.Key, "", first, f)
			return
		}
	}
	if first != nil {
		m.out.Log = &spec.Log{Project: first.Settings.Log.Project, Store: first.Settings.Log.Store}
		m.from(r, first)
	}
}

// retention keeps logs as long as some function wants.
func retention(m *merger, r Rule) {
	var best annotations.Days
	var from []*target.Function
	for _, f := range m.members {
		if l := f.Settings.Log; l != nil && l.Retention >= best && l.Retention > 0 {
			if l.Retention > best {
				from = nil
			}
			best, from = l.Retention, append(from, f)
		}
	}
	if best == 0 {
		return
	}
	if m.out.Log == nil {
		m.out.Log = &spec.Log{}
	}
	m.out.Log.Retention = best
	m.from(r, from...)
	if at, ok := from[0].Settings.Places["log"]; ok && !m.out.Places["log"].Valid() {
		m.out.Places["log"] = at
	}
}
