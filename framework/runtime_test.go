package framework_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// variables are those of a test.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) {
	value, ok := v[name]
	return value, ok
}

func TestVariablesOfATestReplaceThoseOfTheProcess(t *testing.T) {
	t.Setenv("FRAMEWORK_TEST_A", "process")
	rt := &framework.Runtime{}
	if v, ok := rt.LookupEnv("FRAMEWORK_TEST_A"); v != "process" || !ok {
		t.Errorf("the process's variable is %q, %t", v, ok)
	}
	rt.Variables = variables{"FRAMEWORK_TEST_B": "test"}
	if v, ok := rt.LookupEnv("FRAMEWORK_TEST_A"); ok {
		t.Errorf("the process's variable is still there: %q", v)
	}
	if v, _ := rt.LookupEnv("FRAMEWORK_TEST_B"); v != "test" {
		t.Errorf("the test's variable is %q", v)
	}
}
