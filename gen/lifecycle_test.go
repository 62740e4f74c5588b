package gen_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestLife runs the tests of an application whose providers begin and end in every way, under the race detector where there
// is a C compiler.
func TestLife(t *testing.T) {
	dir := module(t, "life.txtar")
	commit(t, generate(t, dir))
	goCommand(t, dir, "vet", "./...")
	cc, _, _ := strings.Cut(strings.TrimSpace(goCommand(t, dir, "env", "CC")), " ")
	if _, err := exec.LookPath(cc); err != nil {
		t.Logf("no C compiler %q: the tests run without the race detector", cc)
		goCommand(t, dir, "test", "./life")
		return
	}
	run(t, dir, []string{"CGO_ENABLED=1"}, "test", "-race", "./life")
}
