package ioc_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/ioc"
)

// index is expensive.
type index struct{ words int }

// search needs an index only to answer. Generated code fills the field.
type search struct {
	Index ioc.Lazy[*index] //faas:inject
}

// Find builds the index when it is first called. An error is not kept: the next call tries again.
func (s *search) Find(ctx context.Context) (int, error) {
	i, err := s.Index.Get(ctx)
	if err != nil {
		return 0, err
	}
	return i.words, nil
}

// shop is a container, as it is generated: a cell for each singleton.
type shop struct {
	ioc.Container
	index    ioc.Cell[*shop, *index]
	database ioc.Cell[*shop, *database]
}

func getIndex(s *shop, b *ioc.Build) (*index, error) { return s.index.Get(s, b, newIndex) }

func newIndex(*shop, *ioc.Build) (*index, error) {
	fmt.Println("build the index")
	return &index{words: 7}, nil
}

func ExampleLazy() {
	s := &search{Index: ioc.LazyOf(&shop{}, nil, getIndex)}
	fmt.Println("made")
	fmt.Println(s.Find(context.Background()))
	fmt.Println(s.Find(context.Background()))
	// Output:
	// made
	// build the index
	// 7 <nil>
	// 7 <nil>
}

type database struct{}

func (*database) Init(context.Context) error    { fmt.Println("opened"); return nil }
func (*database) Destroy(context.Context) error { fmt.Println("closed"); return nil }

func newDatabase(*shop, *ioc.Build) (*database, error) { return &database{}, nil }

func ExampleCell() {
	s := &shop{}
	for range 2 {
		_, err := s.database.Get(s, nil, newDatabase)
		fmt.Println(err)
	}
	fmt.Println(s.Close(context.Background()))
	// Output:
	// opened
	// <nil>
	// <nil>
	// closed
	// <nil>
}
