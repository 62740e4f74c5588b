package main_test

import (
	"os"
	"testing"
)

// The command of docs/clouds.md is that of the example, whose own test runs it.
func TestReadmeOwnCloud(t *testing.T) {
	want, err := os.ReadFile("../../examples/private-cloud/cmd/faasgen/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if got := find(t, "Your own cloud", "go"); got != string(want) {
		t.Errorf("docs/clouds.md has\n%s\nthe example\n%s", got, want)
	}
}
