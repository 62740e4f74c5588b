package wirecmd

import (
	"os"
	"regexp"
	"testing"
)

// TestVersions compares the modules that Wire is built from with those of this module: a machine that has built
// faasgen has these and no others.
func TestVersions(t *testing.T) {
	root, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^\t(\S+ v\S+)`)
	ours := map[string]bool{}
	for _, m := range line.FindAllStringSubmatch(string(root), -1) {
		ours[m[1]] = true
	}
	found := line.FindAllStringSubmatch(string(toolMod), -1)
	for _, m := range found {
		if !ours[m[1]] {
			t.Errorf("tool.mod has %s, go.mod has not; copy the version from there", m[1])
		}
	}
	known := map[string]bool{}
	for _, l := range regexp.MustCompile(`(?m)^.+$`).FindAllString(string(sums), -1) {
		known[l] = true
	}
	for _, l := range regexp.MustCompile(`(?m)^.+$`).FindAllString(string(toolSum), -1) {
		if !known[l] {
			t.Errorf("tool.sum has a line that go.sum has not: %s", l)
		}
	}
	if len(found) < 5 {
		t.Errorf("only %d modules were compared", len(found))
	}
}
