package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// column is what the table has of one cloud, or of localhost: one stage, or several that stand for each other.
type column struct {
	cloud, heading string
	stages         []*stage
}

// columns puts the stages of one cloud and one heading together.
func columns(stages []*stage) []*column {
	var list []*column
	for _, s := range stages {
		if n := len(list); n == 0 || list[n-1].cloud != s.cloud || list[n-1].heading != s.variant.column {
			list = append(list, &column{cloud: s.cloud, heading: s.variant.column})
		}
		last := list[len(list)-1]
		last.stages = append(last.stages, s)
	}
	return list
}

// printTable prints call by platform and grouping, and reports whether every response is right and all of a call are equal. What is
// not is listed below, by stage.
func printTable(w io.Writer, stages []*stage) bool {
	good := true
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	all := columns(stages)
	clouds, headings, before := "call", "", ""
	for _, c := range all {
		cloud := c.cloud
		if cloud == before {
			cloud = ""
		}
		clouds, headings, before = clouds+"\t"+cloud, headings+"\t"+c.heading, c.cloud
	}
	fmt.Fprintf(tw, "%s\t\n%s\t\n", clouds, headings)
	var complaints []string
	for i, st := range script() {
		fmt.Fprint(tw, st.name)
		verdict, first := "equal", stages[0].responses[i]
		for _, c := range all {
			shown := c.stages[0].responses[i]
			cell := fmt.Sprintf("%d %s", shown.status, shown.hash)
			for _, s := range c.stages {
				r := s.responses[i]
				if r.status != shown.status || r.hash != shown.hash {
					cell = "several"
				}
				switch {
				case r.wrong != "":
					complaints = append(complaints, fmt.Sprintf("%s on %s: %s", st.name, s.title(), r.wrong))
					verdict = "WRONG"
				case r.status != first.status || r.hash != first.hash:
					complaints = append(complaints, fmt.Sprintf("%s on %s: %d %s, and %d %s on %s", st.name, s.title(), r.status, r.hash, first.status, first.hash, stages[0].title()))
					if verdict == "equal" {
						verdict = "DIFFERS"
					}
				}
			}
			fmt.Fprintf(tw, "\t%s", cell)
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
