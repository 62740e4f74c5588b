package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// TestValidated runs the tests of an application whose inputs have validate tags, with its validator in every scope.
func TestValidated(t *testing.T) {
	dir := testApplication(t, "validated")
	const name = "validated/check/check.go"
	code, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range []string{"request", "prototype"} {
		scoped := strings.Replace(string(code), "as=framework.Validator", "as=framework.Validator scope="+scope, 1)
		apptest.Write(t, dir, map[string]string{name: scoped})
		commit(t, generate(t, dir))
		goCommand(t, dir, "vet", "./...")
		goCommand(t, dir, "test", "-run", "TestRules|TestBatches|TestVariant", "./validated")
	}
}

// TestUnitsLinkTheValidatorTheyNeed reads the imports of a unit whose input has no rules.
func TestUnitsLinkTheValidatorTheyNeed(t *testing.T) {
	r := generate(t, module(t, "validated.txtar"))
	for function, needs := range map[string]bool{"api-free": false, "api-take": true} {
		code := unit(t, r.Apps[0], function)
		if strings.Contains(code, "validated/check") != needs || strings.Contains(code, ".Validate(ctx, &in)") != needs {
			t.Errorf("%s: needs the validator: %v\n%s", function, needs, code)
		}
	}
}

// TestComponentThatIsNotRequired: a component with dependencies is a module of its own, which go.mod has to require first.
func TestComponentThatIsNotRequired(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, small("one"))
	apptest.Write(t, dir, map[string]string{
		"parts/apart/go.mod":   "module " + apptest.Module + "/parts/apart\n\ngo 1.26.0\n",
		"parts/apart/apart.go": "package apart\n\n//faas:configuration\ntype Configuration struct{}\n",
		"one/configuration.go": "package one\n\n//faas:configuration import=" + apptest.Module + "/parts/apart\ntype Configuration struct{}\n",
	})
	r := diagnose(t, options(dir))
	want := "package " + apptest.Module + "/parts/apart is in a module of its own, which go.mod does not require"
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Message != want || r.Diagnostics[0].Hint != "run: go get "+apptest.Module+"/parts/apart" {
		t.Errorf("got\n%s", r.Diagnostics.Render(dir))
	}
}
