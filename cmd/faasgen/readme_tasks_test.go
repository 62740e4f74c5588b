package main_test

import (
	"go/format"
	"strings"
	"testing"
)

// TestTasksOfThePage types in docs/tasks.md: a task, run on this machine.
func TestTasksOfThePage(t *testing.T) {
	t.Parallel()
	name, code, _ := strings.Cut(strings.TrimPrefix(find(t, "Tasks", "go"), "// "), "\n")
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("%s is not gofmt-ed: %v", name, err)
	}
	w := newWorkshop(t, buildTool(t), map[string]string{"f.yml": "service: shop\n", name: code})
	out, errs, err := w.sh(strings.TrimSpace(find(t, "Run a task", "sh")))
	if err != nil || out != "2\n" || !strings.Contains(errs, "filled order=2") {
		t.Errorf("%q, %v\n%s", out, err, errs)
	}
}
