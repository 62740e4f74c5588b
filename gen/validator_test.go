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
		goCommand(t, dir, "test", "-run", "TestRules|TestBatches", "./validated")
	}
}

// TestUnitsLinkTheValidatorTheyNeed reads the imports of a unit whose input has no rules.
func TestUnitsLinkTheValidatorTheyNeed(t *testing.T) {
	r := generate(t, module(t, "validated.txtar"))
	for unit, needs := range map[string]bool{"api-free": false, "api-take": true} {
		code := file(t, r.Apps[0], "internal/faasgen/"+unit+"/unit.go")
		if strings.Contains(code, "validated/check") != needs || strings.Contains(code, ".Validate(ctx, &in)") != needs {
			t.Errorf("%s: needs the validator: %v\n%s", unit, needs, code)
		}
	}
}
