package ioc_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework/ioc"
)

// hall has many cells, as a big application has.
type hall struct {
	ioc.Container
	cells [100]ioc.Cell[*hall, *int]
}

var seat = new(int)

func flat(*hall, *ioc.Build) (*int, error) { return seat, nil }

// chained are the injectors of cells of which each needs the one before it.
func chained() (builds [100]func(*hall, *ioc.Build) (*int, error)) {
	builds[0] = flat
	for i := 1; i < len(builds); i++ {
		builds[i] = func(k *hall, b *ioc.Build) (*int, error) { return k.cells[i-1].Get(k, b, builds[i-1]) }
	}
	return builds
}

// BenchmarkStart builds 100 cells in one chain of builds.
func BenchmarkStart(b *testing.B) {
	b.Run("flat", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			k := &hall{}
			chain := k.NewBuild(b.Context())
			for i := range k.cells {
				if _, err := k.cells[i].Get(k, chain, flat); err != nil {
					b.Fatal(err)
				}
			}
			chain.Done()
		}
	})
	b.Run("chain", func(b *testing.B) {
		builds := chained()
		last := len(builds) - 1
		b.ReportAllocs()
		for b.Loop() {
			k := &hall{}
			chain := k.NewBuild(b.Context())
			if _, err := k.cells[last].Get(k, chain, builds[last]); err != nil {
				b.Fatal(err)
			}
			chain.Done()
		}
	})
}

func BenchmarkReadyCell(b *testing.B) {
	k := &hall{}
	get := func(k *hall, b *ioc.Build) (*int, error) { return k.cells[0].Get(k, b, flat) }
	b.ReportAllocs()
	for b.Loop() {
		if _, err := get(k, nil); err != nil {
			b.Fatal(err)
		}
	}
}
