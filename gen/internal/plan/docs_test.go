package plan_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/internal/plan"
)

// TestDocumentedRules compares the table of docs/grouping.md with the rules. With -update it writes it.
func TestDocumentedRules(t *testing.T) {
	const page, header = "../../../docs/grouping.md", "| setting | the group gets | where functions differ |\n|---|---|---|\n"
	var table strings.Builder
	for _, r := range plan.Rules() {
		if r.Key == "" || r.Gets == "" || r.Differ == "" {
			t.Errorf("the rule of %q does not say what it does: %+v", r.Key, r)
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", r.Key, r.Gets, r.Differ)
	}
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(content), header)
	got, after, ends := strings.Cut("\n"+rest, "\n\n") // no rule has an empty line
	if !ok || !ends {
		t.Fatalf("%s has no table that begins with\n%s", page, header)
	}
	got = strings.TrimPrefix(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(page, []byte(before+header+table.String()+"\n"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table.String(), got); diff != "" {
		t.Errorf("-rules +%s; refresh with go test -update\n%s", page, diff)
	}
}
