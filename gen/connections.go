package gen

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// codeConnections is a database that may be asked for more connections than it takes.
const codeConnections = "connections"

// Connections notes each database of f.yml's resources that all instances of all units together may open more connections to than it
// takes, on a target and at the application's stage. It leaves out what the unit has no part in; an empty unit is all. A pool whose size only
// the deployment knows does not count.
func (a *App) Connections(t target.Target, unit string) (annotations.Diagnostics, error) {
	p, _, err := a.planned(t.Name())
	if err != nil {
		return nil, err
	}
	var ds annotations.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(p.App.Spec.Resources)) {
		limit := int64(p.App.Spec.Resources[name].MaxConnections)
		if limit < 1 {
			continue
		}
		shares := shares(p, t, a.inspected().Pools(inspectedUnits(p, ""), name))
		if unit != "" && !slices.ContainsFunc(shares, func(s *share) bool { return s.unit.Name == unit }) {
			continue
		}
		if d, ok := exceeding(p.App, t, name, limit, shares); ok {
			ds = append(ds, d)
		}
	}
	return ds, nil
}

// share is what one unit may open.
type share struct {
	unit      *target.Unit
	pools     []inspect.Pool // of one process, known ones alone
	instances int64
	bounded   bool
}

// shares are those of units with pools, in the order of the units.
func shares(p *plan.Plan, t target.Target, pools []inspect.Pool) []*share {
	var list []*share
	for _, u := range p.App.Units {
		s := &share{unit: u}
		for _, pool := range pools {
			if pool.Unit == u.Name && pool.Known {
				s.pools = append(s.pools, pool)
			}
		}
		if len(s.pools) == 0 {
			continue
		}
		if u.Task() {
			s.instances, s.bounded = 1, true
		} else if scaler, ok := t.(target.Scaler); ok {
			most, bounded := scaler.MaxInstances(p.App, u)
			s.instances, s.bounded = int64(most), bounded
		}
		if s.bounded && s.instances <= 0 {
			continue // none runs
		}
		list = append(list, s)
	}
	return list
}

// open is how many connections one process opens at most; limited is false where it sets no limit.
func (s *share) open() (most int64, limited bool) {
	for _, p := range s.pools {
		if p.MaxOpen <= 0 {
			return 0, false
		}
		most += min(p.MaxOpen, math.MaxInt32)
	}
	return most, true
}

// most is how many connections all instances open at most.
func (s *share) most() (n int64, limited bool) {
	open, limited := s.open()
	if !limited || !s.bounded {
		return 0, false
	}
	return min(s.instances, math.MaxInt32) * min(open, math.MaxInt32), true
}

// exceeding is the note of a database that takes fewer connections than the units may open.
func exceeding(app *target.App, t target.Target, name string, limit int64, shares []*share) (d annotations.Diagnostic, ok bool) {
	var sum, instances int64
	limited := true
	for _, s := range shares {
		n, known := s.most()
		limited = limited && known
		sum, instances = min(sum+n, math.MaxInt64/2), min(instances+min(s.instances, math.MaxInt32)*int64(len(s.pools)), math.MaxInt64/2)
	}
	if limited && sum <= limit {
		return d, false
	}
	count := fmt.Sprintf("%d connections", sum)
	if !limited {
		count = "any number of connections"
	}
	where := t.Name()
	if app.Stage != "" {
		where += ", " + inStage(app.Stage)
	}
	d = app.Spec.Places["resources."+name+".maxConnections"].Notef(codeConnections, "all instances together may open %s to the database %s on %s, and it takes %d", count, name, where, limit)
	for _, s := range shares {
		d.Chain = append(d.Chain, s.link())
	}
	d.Hint = advice(t, name, limit, instances, shares)
	return d, true
}

// link says what a unit has to do with it, and points at the size of its pool or else at what bounds its instances.
func (s *share) link() annotations.Link {
	key, pools := s.pools[0].Key, ""
	if n := len(s.pools); n > 1 {
		pools = fmt.Sprintf(" of %d pools", n)
	}
	what := "instances without a limit"
	if s.bounded {
		what = plural(s.instances, "instance")
	}
	open, limited := s.open()
	most := fmt.Sprintf("%d (%s%s)", open, key, pools)
	if !limited {
		most = fmt.Sprintf("connections without a limit (%s%s sets none)", key, pools)
	}
	l := annotations.Link{Message: fmt.Sprintf("unit %s: %s x %s", s.unit.Name, what, most)}
	if n, known := s.most(); known {
		l.Message += fmt.Sprintf(" = %d", n)
	}
	for _, p := range s.pools {
		if l.Pos.Filename == "" {
			l.Pos = p.Pos
		}
	}
	if l.Pos.Filename == "" {
		l.Pos = s.unit.Settings.Places[target.SettingReservedConcurrency].Or(spec.Place{Pos: s.unit.Pos}).Pos
	}
	return l
}

func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// advice says what to set, or to lower.
func advice(t target.Target, name string, limit, instances int64, shares []*share) string {
	var parts, unbounded []string
	key := ""
	open := false
	for _, s := range shares {
		key = s.pools[0].Key
		if !s.bounded {
			unbounded = append(unbounded, s.unit.Name)
		}
		if _, limited := s.open(); !limited {
			open = true
		}
	}
	if open {
		parts = append(parts, "set "+key+", of which 0 is no limit")
	}
	if len(unbounded) > 0 {
		if _, ok := t.(target.Scaler); ok {
			parts = append(parts, fmt.Sprintf("set %s of %s, which bounds the instances", target.SettingReservedConcurrency, annotations.Join(unbounded, "and")))
		} else {
			parts = append(parts, fmt.Sprintf("f.yml cannot bound the instances on %s: the quota in the console does; targets: {%s: {resources: {%s: null}}} leaves this out", t.Name(), t.Name(), name))
		}
	}
	if parts == nil {
		lower := "lower " + target.SettingReservedConcurrency
		if fits := limit / max(1, instances); fits > 0 {
			lower = fmt.Sprintf("lower %s, to %d at most for all of them, or %s", key, fits, target.SettingReservedConcurrency)
		}
		parts = []string{lower}
	}
	return strings.Join(parts, "; ")
}
