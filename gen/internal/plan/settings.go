package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Lines are the settings of a function as framework reads them at the start, each name=value: what f.yml and the directives say
// of it together.
func (m *Member) Lines() []string {
	lines := []string{"timeout=" + seconds(m.Timeout), fmt.Sprintf("concurrency=%d", m.Concurrency)}
	if m.Function.Settings.Overload != "" {
		lines = append(lines, "overload="+m.Function.Settings.Overload)
	}
	if !slices.Equal(m.Layers, m.linkedLayers()) {
		lines = append(lines, "layers="+strings.Join(m.Layers, ","))
	}
	c := m.CORS
	if c == nil || !slices.ContainsFunc(m.Triggers, func(t target.Trigger) bool { return annotations.HTTPOf(t.Marker) != nil }) {
		return lines
	}
	list := func(name string, values []string) {
		if len(values) > 0 {
			lines = append(lines, "cors."+name+"="+strings.Join(values, ","))
		}
	}
	list("origins", c.Origins)
	list("methods", c.Methods)
	list("headers", c.Headers)
	list("exposeHeaders", c.ExposeHeaders)
	if c.MaxAge > 0 {
		lines = append(lines, fmt.Sprintf("cors.maxAge=%ds", time.Duration(c.MaxAge)/time.Second))
	}
	if c.Credentials != nil {
		lines = append(lines, fmt.Sprintf("cors.credentials=%t", *c.Credentials))
	}
	return lines
}

// linkedLayers are the layers that the function has without the file: generated code knows them.
func (m *Member) linkedLayers() (names []string) {
	for _, l := range m.Model.Layers[:m.Model.ActiveLayers] {
		names = append(names, l.Instance)
	}
	return names
}

// seconds writes a duration as framework reads it, without what is below a millisecond.
func seconds(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}

// Settings is the file that framework reads at the start: a line for each function, and one for each stage where more, or something
// else, is set. Stages are the same application planned for them. The file is the same whichever stage it is built for.
func (p *Plan) Settings(stages map[string]*Plan) []byte {
	var b strings.Builder
	b.WriteString("# What f.yml says of each function: its name, the stage or - for every one, settings.\n")
	every := p.lines()
	of := map[string]map[string]string{}
	for name, at := range stages {
		of[name] = at.lines()
	}
	for _, name := range slices.Sorted(maps.Keys(every)) {
		fmt.Fprintf(&b, "%s - %s\n", name, every[name])
		for _, stage := range slices.Sorted(maps.Keys(of)) {
			if own := of[stage][name]; own != every[name] {
				fmt.Fprintf(&b, "%s %s %s\n", name, stage, own)
			}
		}
	}
	p.layerDefaults(&b, stages)
	return []byte(b.String())
}

// layerDefaults writes what f.yml says of the configuration of layers: YAML behind the settings, by stage.
func (p *Plan) layerDefaults(b *strings.Builder, stages map[string]*Plan) {
	every := values.Layers(p.App.Spec.Layers).Text
	lines := []string{fmt.Sprintf("%q: %s", "-", cmp.Or(every, "{}"))}
	for _, stage := range slices.Sorted(maps.Keys(stages)) {
		if own := values.Layers(stages[stage].App.Spec.Layers).Text; own != every {
			lines = append(lines, fmt.Sprintf("%q: %s", stage, cmp.Or(own, "{}")))
		}
	}
	if every != "" || len(lines) > 1 {
		fmt.Fprintf(b, "---\n{%s}\n", strings.Join(lines, ",\n"))
	}
}

// lines are the settings of each function in one line. One grouping has them in another order of units than another, and the same
// lines.
func (p *Plan) lines() map[string]string {
	lines := map[string]string{}
	for _, u := range p.Units {
		for _, m := range u.Members {
			if _, ok := lines[m.Name]; !ok || !m.Guest {
				lines[m.Name] = strings.Join(m.Lines(), " ")
			}
		}
	}
	return lines
}

// stageVariable reports settings that name another stage in FAAS_ENV than the one that the unit is deployed to.
func (p *Plan) stageVariable(name, stage string) (ds annotations.Diagnostics) {
	if stage == "" {
		return nil
	}
	seen := map[spec.Place]bool{}
	for _, u := range p.Units {
		place := u.Settings.Places["environment."+spec.StageVariable]
		if u.Settings.Environment[spec.StageVariable] == stage || seen[place] {
			continue
		}
		seen[place] = true
		d := place.Or(u.Place).Errorf(spec.CodeStage, "%s of %s names another stage than %s, which it is deployed to", spec.StageVariable, u.Name, stage)
		d.Hint = "leave it out: it is set to the stage"
		ds = append(ds, d)
	}
	return ds
}

// deploy puts into the environment of each unit what its process has to know of it. It counts against what a cloud allows
// there.
func (p *Plan) deploy() {
	var all []string
	for _, u := range p.functions {
		all = append(all, u.Name)
	}
	for _, u := range p.Units {
		s := &u.Settings
		if s.Environment == nil {
			s.Environment = map[string]string{}
		}
		s.Environment[spec.UnitVariable] = u.Name
		if s.Timeout > 0 {
			s.Environment[spec.TimeoutVariable] = seconds(time.Duration(s.Timeout))
		}
		if s.InitTimeout > 0 {
			s.Environment[spec.InitTimeoutVariable] = seconds(time.Duration(s.InitTimeout))
		}
		if u.lazy != nil && s.Environment[spec.LazyVariable] == "" {
			s.Environment[spec.LazyVariable] = strconv.FormatBool(*u.lazy)
		}
		if p.App.Spec.Package.Mode != spec.Shared {
			continue
		}
		var own []string
		for _, f := range u.Functions {
			own = append(own, f.Name)
		}
		if list := Selection(own, all); list != "" {
			s.Environment[spec.FunctionsVariable] = list
		}
	}
}

// Selection is the shortest list of names and patterns that chooses exactly some functions of all: "" for all of them. A
// pattern ends at a word of the names, so that people see what is meant, or stands for all and is followed by what is not.
func Selection(own, all []string) string {
	var others []string
	for _, name := range all {
		if !slices.Contains(own, name) {
			others = append(others, name)
		}
	}
	if len(others) == 0 {
		return ""
	}
	best := strings.Join(cover(own, others), ",")
	for _, pattern := range patterns(own) {
		if !matchesAll(pattern, own) {
			continue
		}
		taken := slices.DeleteFunc(slices.Clone(others), func(name string) bool { return !strings.HasPrefix(name, strings.TrimSuffix(pattern, "*")) })
		list := pattern
		for _, not := range cover(taken, own) {
			list += ",!" + not
		}
		if len(list) < len(best) {
			best = list
		}
	}
	return best
}

func matchesAll(pattern string, names []string) bool {
	prefix := strings.TrimSuffix(pattern, "*")
	return !slices.ContainsFunc(names, func(name string) bool { return !strings.HasPrefix(name, prefix) })
}

// patterns are those that some of the names begin with, the short ones first.
func patterns(names []string) []string {
	found := []string{"*"}
	for _, name := range names {
		for i := range len(name) {
			if name[i] == '-' && !slices.Contains(found, name[:i+1]+"*") {
				found = append(found, name[:i+1]+"*")
			}
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return found
}

// cover are names and patterns that mean all of some names and none of others.
func cover(names, others []string) []string {
	left := slices.Clone(names)
	var list []string
	for _, pattern := range patterns(names) {
		prefix := strings.TrimSuffix(pattern, "*")
		has := func(name string) bool { return strings.HasPrefix(name, prefix) }
		if slices.ContainsFunc(others, has) {
			continue
		}
		var saved int
		for _, name := range left {
			if has(name) {
				saved += len(name) + 1
			}
		}
		if saved > len(pattern)+1 && len(left)-countOf(left, has) < len(left)-1 {
			left = slices.DeleteFunc(left, has)
			list = append(list, pattern)
		}
	}
	list = append(list, left...)
	slices.Sort(list)
	return list
}

func countOf(names []string, has func(string) bool) (n int) {
	for _, name := range names {
		if has(name) {
			n++
		}
	}
	return n
}
