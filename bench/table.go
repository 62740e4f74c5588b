package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// table is rows of cells; the first row is the heading.
type table [][]string

func (t table) print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range t {
		for _, cell := range row {
			fmt.Fprint(tw, cell, "\t")
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
}

// compare makes the row "what, ours, theirs, ours/theirs, budget".
func compare[T int | int64 | float64](what, unit string, ours, theirs T, budget string) []string {
	return []string{what, number(ours, unit), number(theirs, unit), fmt.Sprintf("%.2fx", float64(ours)/float64(theirs)), budget}
}

func number[T int | int64 | float64](v T, unit string) string {
	if f, ok := any(v).(float64); ok {
		return fmt.Sprintf("%.2f %s", f, unit)
	}
	return fmt.Sprintf("%d %s", int64(v), unit)
}

func median[T cmp.Ordered](v []T) T {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
