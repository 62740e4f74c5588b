package gen

import (
	"math"
	"testing"

	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aws"
)

func TestExceeding(t *testing.T) {
	unit := func(instances int64, bounded bool, open ...int64) *share {
		s := &share{unit: &target.Unit{Name: "u"}, instances: instances, bounded: bounded}
		for _, n := range open {
			s.pools = append(s.pools, inspect.Pool{Unit: "u", Key: "sqldb.maxOpen", MaxOpen: n, Known: true})
		}
		return s
	}
	for name, c := range map[string]struct {
		limit   int64
		shares  []*share
		message string // empty for none
		hint    string
	}{
		"nobody":      {limit: 1},
		"just enough": {limit: 30, shares: []*share{unit(2, true, 10), unit(1, true, 4, 6)}},
		"one too many": {
			limit: 29, shares: []*share{unit(2, true, 10), unit(1, true, 4, 6)}, message: "all instances together may open 30 connections",
			hint: "lower sqldb.maxOpen, to 7 at most for all of them, or reservedConcurrency",
		},
		"too many instances": {limit: 3, shares: []*share{unit(4, true, 1)}, message: "all instances together may open 4 connections", hint: "lower reservedConcurrency"},
		"unbounded": {
			limit: 1000, shares: []*share{unit(0, false, 1)}, message: "all instances together may open any number of connections",
			hint: "set reservedConcurrency of u, which bounds the instances",
		},
		"no limit": {
			limit: 1000, shares: []*share{unit(1, true, 5, 0)}, message: "all instances together may open any number of connections",
			hint: "set sqldb.maxOpen, of which 0 is no limit",
		},
		"below zero is no limit": {
			limit: 1000, shares: []*share{unit(0, false, -1)}, message: "all instances together may open any number of connections",
			hint: "set sqldb.maxOpen, of which 0 is no limit; set reservedConcurrency of u, which bounds the instances",
		},
		"huge": {
			limit:   math.MaxInt32,
			shares:  []*share{unit(math.MaxInt64, true, math.MaxInt64, math.MaxInt64), unit(math.MaxInt64, true, math.MaxInt64), unit(math.MaxInt64, true, math.MaxInt64)},
			message: "all instances together may open 4611686018427387903 connections", hint: "lower reservedConcurrency",
		},
	} {
		t.Run(name, func(t *testing.T) {
			app := &target.App{Spec: &spec.Spec{}}
			d, found := exceeding(app, aws.New(), "sqldb", c.limit, c.shares)
			want := ""
			if c.message != "" {
				want = c.message + " to the database sqldb on aws, and it takes "
			}
			if found != (want != "") || len(d.Message) < len(want) || d.Message[:len(want)] != want || d.Hint != c.hint {
				t.Errorf("got %t %q, hint %q", found, d.Message, d.Hint)
			}
			if found && len(d.Chain) != len(c.shares) {
				t.Errorf("got %v", d.Chain)
			}
		})
	}
}
