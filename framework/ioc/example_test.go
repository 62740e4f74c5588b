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

func ExampleLazy() {
	var (
		container ioc.Container
		cell      ioc.Cell[*index]
	)
	lazy, release := ioc.NewLazy(nil, func(ctx context.Context, b *ioc.Build) (*index, error) {
		return cell.Get(&container, b, "index", func(*ioc.Build) (*index, func(), error) {
			fmt.Println("build the index")
			return &index{words: 7}, nil, nil
		})
	})
	release()
	s := &search{Index: lazy}
	fmt.Println("made")
	fmt.Println(s.Find(context.Background()))
	fmt.Println(s.Find(context.Background()))
	// Output:
	// made
	// build the index
	// 7 <nil>
	// 7 <nil>
}
