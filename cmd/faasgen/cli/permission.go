package cli

import (
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/gen/target/deployment"
)

// printPermissions prints, by unit, the permissions that the deployment does not grant and, if all are wanted, those that it does.
func (t *tool) printPermissions(d *deployment.Deployment, all bool) {
	for _, u := range d.Units {
		t.permissions(u, false, "to grant by hand")
		if all {
			t.permissions(u, true, "that the deployment grants")
		}
	}
}

// permissions prints those of a unit that are granted or not, under a title.
func (t *tool) permissions(u deployment.Unit, granted bool, title string) {
	first := true
	for _, p := range u.Permissions {
		if p.Granted != granted {
			continue
		}
		if first {
			fmt.Fprintf(t.out, "  permissions of %s %s:\n", u.Name, title)
			first = false
		}
		fmt.Fprintf(t.out, "    %s: %s, for %s\n      on %s\n", p.Grantee, strings.Join(p.Actions, ", "), p.Reason, p.Resource)
		if p.Condition != "" {
			fmt.Fprintf(t.out, "      if %s\n", p.Condition)
		}
	}
}
