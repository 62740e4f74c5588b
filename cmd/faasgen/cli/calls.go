package cli

import (
	"fmt"

	"github.com/faasgen/faasgen/gen/target/deployment"
)

// printCalls prints which functions call which, and how they get there.
func (t *tool) printCalls(d *deployment.Deployment) {
	var lines [][]string
	for _, u := range d.Units {
		for _, f := range u.Functions {
			for _, c := range f.Calls {
				how := c.Where()
				if c.Async {
					how += ", not waited for"
				}
				limit := ""
				if c.Limit > 0 {
					limit = "payload up to " + size(c.Limit)
				}
				lines = append(lines, []string{"    " + f.Name + " -> " + c.Function, how, limit})
			}
		}
	}
	if lines == nil {
		return
	}
	fmt.Fprintln(t.out, "  calls between functions:")
	columns(t.out, lines)
}
