package platform

import (
	"fmt"
	"slices"
	"strings"
)

// memberList names at most eight members, sorted, each cut to 40 bytes, so that a hostile payload cannot fill the log.
func memberList(names []string) string {
	if len(names) == 0 {
		return "no members"
	}
	slices.Sort(names)
	rest := ""
	if len(names) > 8 {
		rest = fmt.Sprintf(" and %d more", len(names)-8)
		names = names[:8]
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%.40q", n)
	}
	return "the members " + strings.Join(quoted, ", ") + rest
}
