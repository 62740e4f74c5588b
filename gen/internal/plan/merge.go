package plan

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Merge returns the settings of a group, where each comes from, and what does not fit together.
func Merge(g *Group) (spec.Settings, []target.Merged, annotations.Diagnostics) {
	m := &merger{group: g, members: g.Members}
	m.out.Places = map[string]spec.Place{}
	for _, r := range Rules() {
		if m.own(r.Key) && !r.entries {
			m.merged = append(m.merged, target.Merged{Key: r.Key, Rule: ownRule})
			continue
		}
		r.merge(m, r)
	}
	if own, most := g.Settings.Timeout, m.longest(); m.own("timeout") && own < most.Settings.Timeout {
		m.note(g.Settings.Places["timeout"], "timeout %s of group %s cuts function %s short, whose own is %s", own, g.Name, most.Name, most.Settings.Timeout)
	}
	m.eager()
	if _, both := m.out.Environment[spec.LazyVariable]; both && g.Lazy != nil {
		d := g.Place.Errorf(codeSetting, "group %s sets lazy, and %s is among its variables", g.Name, spec.LazyVariable)
		d.Hint = "set one of them"
		m.diags = append(m.diags, d)
	}
	m.out = spec.Merge(m.out, g.Settings)
	values := map[string]string{}
	for _, v := range spec.Flatten(m.out) {
		values[v.Key] = v.Text
	}
	for i, merged := range m.merged {
		m.merged[i].Value = values[merged.Key]
	}
	return m.out, m.merged, m.diags
}

// ownRule is the rule of a setting that the group itself sets.
const ownRule = "set in the group"

type merger struct {
	group   *Group
	members []*target.Function
	out     spec.Settings
	merged  []target.Merged
	diags   annotations.Diagnostics
}

// own reports whether the group sets a key itself, or a part of it.
func (m *merger) own(key string) bool { return set(&m.group.Settings, key) }

// set reports whether a key was set, by a function, its directive or provider.
func set(s *spec.Settings, key string) bool {
	_, ok := s.Places[key]
	return ok
}

// from notes where a setting of the group comes from.
func (m *merger) from(r Rule, members ...*target.Function) { m.keyFrom(r.Key, r, members...) }

func (m *merger) keyFrom(key string, r Rule, members ...*target.Function) {
	merged := target.Merged{Key: key, Rule: r.Gets}
	for _, f := range members {
		merged.Members = append(merged.Members, f.Name)
	}
	m.merged = append(m.merged, merged)
	if len(members) > 0 {
		for path, place := range members[0].Settings.Places {
			if path == key || strings.HasPrefix(path, key+".") {
				m.out.Places[path] = place
			}
		}
	}
}

func (m *merger) note(at spec.Place, format string, args ...any) {
	m.diags = append(m.diags, at.Or(m.group.Place).Notef(codeSetting, format, args...))
}

// conflict reports a setting that two members have differently. Values are not repeated: they may come from variables.
func (m *merger) conflict(key, part string, a, b *target.Function) {
	at, other := b.Settings.Places[key+part], a.Settings.Places[key+part]
	if !at.Valid() {
		at, other = other, at
	}
	d := at.Or(m.group.Place).Errorf(codeSetting, "functions %s and %s of group %s have different values of %s", a.Name, b.Name, m.group.Name, key+part)
	for _, f := range []*target.Function{a, b} {
		place := f.Settings.Places[key+part]
		message := f.Name + " sets it here"
		if !place.Valid() {
			place, message = spec.Place{Pos: f.Pos}, f.Name+" does not set it"
		}
		d.Chain = append(d.Chain, annotations.Link{Pos: place.Pos, Message: message})
	}
	d.Hint = fmt.Sprintf("set aggregation.%s.%s, make the functions agree, or split the group", m.group.Name, key)
	if key == "environment" {
		d.Hint = fmt.Sprintf("set aggregation.%s.environment%s, split the group, or use config of the functions, which each has for itself", m.group.Name, part)
	}
	m.diags = append(m.diags, d)
}

func (m *merger) longest() *target.Function {
	return slices.MaxFunc(m.members, func(a, b *target.Function) int { return cmp.Compare(a.Settings.Timeout, b.Settings.Timeout) })
}

// eager notes that what several functions need has to be built within one limit.
func (m *merger) eager() {
	if m.group.Lazy == nil || *m.group.Lazy {
		return
	}
	var sum annotations.Duration
	for _, f := range m.members {
		if set(&f.Settings, "initTimeout") {
			sum += f.Settings.InitTimeout
		}
	}
	limit := cmp.Or(m.group.Settings.InitTimeout, m.out.InitTimeout)
	if sum > limit {
		m.note(m.group.Place, "group %s builds what all of its functions need at the start, within initTimeout %s; their own limits are %s together", m.group.Name, limit, sum)
	}
}

// maximum takes the largest value.
func maximum[T cmp.Ordered](of func(*spec.Settings) *T) func(*merger, Rule) {
	return func(m *merger, r Rule) {
		var best, none T
		var from []*target.Function
		for _, f := range m.members {
			v := *of(&f.Settings)
			if v > best {
				best, from = v, nil
			}
			if v == best && v != none {
				from = append(from, f)
			}
		}
		if best != none {
			*of(&m.out) = best
			m.from(r, from...)
		}
	}
}

// concurrency takes the smallest number: a function that sets none may not be able to run more than once at a time.
func concurrency(m *merger, r Rule) {
	least := 0
	var from []*target.Function
	var more *target.Function
	for _, f := range m.members {
		n := 1
		if set(&f.Settings, r.Key) {
			n = f.Settings.Concurrency
		}
		if n > 1 {
			more = f
		}
		if least == 0 || n < least {
			least, from = n, nil
		}
		if n == least {
			from = append(from, f)
		}
	}
	m.out.Concurrency = least
	m.from(r, from...)
	if least == 1 && more != nil {
		m.note(more.Settings.Places[r.Key], "group %s runs one invocation at a time in an instance, because %s does; set aggregation.%s.concurrency to run more", m.group.Name, from[0].Name, m.group.Name)
	}
}

func reserved(m *merger, r Rule) {
	sum, all := 0, true
	var from []*target.Function
	for _, f := range m.members {
		n := f.Settings.ReservedConcurrency
		switch {
		case n == nil:
			all = false
			continue
		case *n == 0:
			d := f.Settings.Places[r.Key].Or(m.group.Place).Errorf(codeSetting, "function %s is closed by reservedConcurrency: 0, and group %s would run it", f.Name, m.group.Name)
			d.Hint = "take it out of the group, or set aggregation." + m.group.Name + ".reservedConcurrency"
			m.diags = append(m.diags, d)
		}
		sum += *n
		from = append(from, f)
	}
	switch {
	case len(from) == 0:
	case all:
		m.out.ReservedConcurrency = &sum
		m.from(r, from...)
	default:
		m.note(from[0].Settings.Places[r.Key], "group %s has no reservedConcurrency, because not all of its functions set it", m.group.Name)
	}
}

func provisioned(m *merger, r Rule) {
	best, sum := 0, 0
	var from []*target.Function
	for _, f := range m.members {
		n := f.Settings.ProvisionedInstances
		if n == nil || *n == 0 {
			continue
		}
		sum += *n
		if *n > best {
			best, from = *n, nil
		}
		if *n == best {
			from = append(from, f)
		}
	}
	if len(from) == 0 {
		return
	}
	m.out.ProvisionedInstances = &best
	m.from(r, from...)
	if sum > best {
		m.note(from[0].Settings.Places[r.Key], "group %s keeps %d instances warm; its functions had %d by themselves", m.group.Name, best, sum)
	}
}

// union takes all entries. Two values of one name are a conflict, unless the group has a value for it.
func union(key string, of func(*spec.Settings) *map[string]string) func(*merger, Rule) {
	return func(m *merger, r Rule) {
		by := map[string]*target.Function{}
		own := *of(&m.group.Settings)
		for _, f := range m.members {
			for _, name := range slices.Sorted(maps.Keys(*of(&f.Settings))) {
				if _, ok := own[name]; ok {
					continue
				}
				first := by[name]
				if first == nil {
					by[name] = f
					continue
				}
				if (*of(&first.Settings))[name] != (*of(&f.Settings))[name] {
					m.conflict(key, "."+name, first, f)
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(own)) {
			m.merged = append(m.merged, target.Merged{Key: key + "." + name, Rule: ownRule})
		}
		if len(by) == 0 {
			return
		}
		all := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(by)) {
			all[name] = (*of(&by[name].Settings))[name]
			if place, ok := by[name].Settings.Places[key+"."+name]; ok {
				m.out.Places[key+"."+name] = place
			}
			m.keyFrom(key+"."+name, r, by[name])
		}
		*of(&m.out) = all
	}
}

// same takes what all members have. With adopt, those that set nothing take what the others have.
func same[T any](adopt bool, of func(*spec.Settings) *T) func(*merger, Rule) {
	return func(m *merger, r Rule) {
		var first *target.Function
		for _, f := range m.members {
			v := reflect.ValueOf(of(&f.Settings)).Elem()
			switch {
			case adopt && v.IsZero():
			case first == nil:
				first = f
			case !reflect.DeepEqual(*of(&first.Settings), *of(&f.Settings)):
				m.conflict(r.Key, "", first, f)
				return
			}
		}
		if first == nil || reflect.ValueOf(of(&first.Settings)).Elem().IsZero() {
			return
		}
		*of(&m.out) = *of(&first.Settings)
		m.from(r, first)
	}
}

// asynchronous is same for settings that mean nothing without events.
func asynchronous[T any](of func(*spec.Settings) *T) func(*merger, Rule) {
	merge := same(true, of)
	return func(m *merger, r Rule) {
		members := m.members
		defer func() { m.members = members }()
		m.members = slices.DeleteFunc(slices.Clone(members), func(f *target.Function) bool { return !events(f) })
		merge(m, r)
		for _, f := range members {
			if v := reflect.ValueOf(of(&f.Settings)).Elem(); !events(f) && !v.IsZero() && !reflect.DeepEqual(*of(&f.Settings), *of(&m.out)) {
				m.note(f.Settings.Places[r.Key], "%s of function %s has no effect in group %s: the function has no events", r.Key, f.Name, m.group.Name)
			}
		}
	}
}

func tracing(m *merger, r Rule) {
	var first *target.Function
	var from []*target.Function
	var out spec.Tracing
	for _, f := range m.members {
		t := f.Settings.Tracing
		if t == nil {
			continue
		}
		from = append(from, f)
		if t.Enabled != nil && (out.Enabled == nil || *t.Enabled) {
			out.Enabled = t.Enabled
		}
		switch {
		case t.Endpoint == "":
		case first == nil:
			first, out.Endpoint = f, t.Endpoint
		case out.Endpoint != t.Endpoint:
			m.conflict(r.Key, ".endpoint", first, f)
			return
		}
	}
	if len(from) > 0 {
		m.out.Tracing = &out
		m.from(r, from...)
	}
}

// layers takes each layer once. What follows the last colon is its version.
func layers(m *merger, r Rule) {
	by := map[string]*target.Function{}
	version := map[string]string{}
	var from []*target.Function
	for _, f := range m.members {
		added := false
		for _, layer := range f.Settings.Layers {
			name := layer
			if i := strings.LastIndexByte(layer, ':'); i >= 0 {
				name = layer[:i]
			}
			switch {
			case by[name] == nil:
				by[name], version[name], added = f, layer, true
				m.out.Layers = append(m.out.Layers, layer)
			case version[name] != layer:
				m.conflict(r.Key, "", by[name], f)
				return
			}
		}
		if added {
			from = append(from, f)
		}
	}
	if len(from) > 0 {
		m.from(r, from...)
	}
}

func fileSystems(m *merger, r Rule) {
	by := map[string]*target.Function{}
	var from []*target.Function
	for _, f := range m.members {
		added := false
		for _, fs := range f.Settings.FileSystems {
			i := slices.IndexFunc(m.out.FileSystems, func(has spec.FileSystem) bool { return has.Path == fs.Path })
			switch {
			case i < 0:
				by[fs.Path], added = f, true
				m.out.FileSystems = append(m.out.FileSystems, fs)
			case !reflect.DeepEqual(m.out.FileSystems[i], fs):
				m.conflict(r.Key, "", by[fs.Path], f)
				return
			}
		}
		if added {
			from = append(from, f)
		}
	}
	if len(from) > 0 {
		m.from(r, from...)
	}
}

// web takes what all members with routes have; where they differ the unit has none, and the target sees what each has.
func web[T any](of func(*spec.HTTP) *T) func(*merger, Rule) {
	return func(m *merger, r Rule) {
		var values []T
		var from []*target.Function
		for _, f := range m.members {
			if !requests(f) {
				continue
			}
			h := f.Settings.HTTP
			if h == nil {
				h = &spec.HTTP{}
			}
			values, from = append(values, *of(h)), append(from, f)
		}
		for _, v := range values {
			if !reflect.DeepEqual(v, values[0]) {
				return
			}
		}
		if len(values) == 0 || reflect.ValueOf(&values[0]).Elem().IsZero() {
			return
		}
		*of(m.http()) = values[0]
		m.from(r, from...)
	}
}

func (m *merger) http() *spec.HTTP {
	if m.out.HTTP == nil {
		m.out.HTTP = &spec.HTTP{}
	}
	return m.out.HTTP
}

func streaming(m *merger, r Rule) {
	m.any(r, func(s *spec.Settings) *bool {
		if s.HTTP == nil {
			return nil
		}
		return s.HTTP.Streaming
	}, func(on *bool) { m.http().Streaming = on })
}

func strict(m *merger, r Rule) {
	m.any(r, func(s *spec.Settings) *bool { return s.Strict }, func(on *bool) { m.out.Strict = on })
}

// any turns on what some member has on.
func (m *merger) any(r Rule, of func(*spec.Settings) *bool, to func(*bool)) {
	var from []*target.Function
	for _, f := range m.members {
		if on := of(&f.Settings); on != nil && *on {
			to(on)
			from = append(from, f)
		}
	}
	if len(from) > 0 {
		m.from(r, from...)
	}
}
