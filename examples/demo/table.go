package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// printTable prints call by platform and reports whether every response is right and all of a call are equal.
func printTable(w io.Writer, stages []*stage, responses [][]response) bool {
	good := true
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "call")
	for _, s := range stages {
		fmt.Fprintf(tw, "\t%s", s.name)
	}
	fmt.Fprintln(tw, "\t")
	var complaints []string
	for i, st := range script() {
		fmt.Fprint(tw, st.name)
		verdict := "equal"
		for p, s := range stages {
			a := responses[p][i]
			fmt.Fprintf(tw, "\t%d %s", a.status, a.hash)
			if a.wrong != "" {
				complaints = append(complaints, fmt.Sprintf("%s on %s: %s", st.name, s.name, a.wrong))
				verdict = "WRONG"
			} else if a.hash != responses[0][i].hash || a.status != responses[0][i].status {
				verdict = "DIFFERS"
			}
		}
		good = good && verdict == "equal"
		fmt.Fprintf(tw, "\t%s\n", verdict)
	}
	tw.Flush()
	for _, c := range complaints {
		fmt.Fprintln(w, c)
	}
	return good
}
