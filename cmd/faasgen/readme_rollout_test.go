package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReadmeRollout does what docs/rollout.md shows, with a tool of the cloud that does nothing.
func TestReadmeRollout(t *testing.T) {
	tool := buildTool(t)
	w := newWorkshop(t, tool, map[string]string{
		"hello.go": find(t, "faasgen", "go"), "f.yml": find(t, "Rollout and rollback", "yaml"), "bin/sam": "#!/bin/sh\npwd | sed 's,.*/dist/,sam: ,'\n",
	})
	if err := os.Chmod(filepath.Join(w.dir, "bin", "sam"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(w.dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if out, errs, err := w.sh("go tool faasgen generate"); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	var outs []string
	for line := range strings.Lines(find(t, "Rollout and rollback", "sh")) {
		command, _, _ := strings.Cut(line, "#")
		out, errs, err := w.sh(command)
		if err != nil || errs != "" && !strings.Contains(command, "--dry-run") {
			t.Fatalf("%s: %v\n%s%s", command, err, out, errs)
		}
		outs = append(outs, out)
	}
	if len(outs) != 4 {
		t.Fatalf("%d commands", len(outs))
	}
	if want := find(t, "Rollout and rollback", ""); strings.Contains(outs[0], "back") || !strings.HasSuffix(outs[1], want) {
		t.Errorf("the first deployment printed\n%s\nthe second one\n%s\nwant at its end\n%s", outs[0], outs[1], want)
	}
	if !strings.Contains(outs[3], "sam: aws-prod.releases/1\n") {
		t.Errorf("the rollback printed\n%s", outs[3])
	}
	template, err := os.ReadFile(filepath.Join(w.dir, "dist", "aws-prod", "template.yaml"))
	if err != nil || !strings.Contains(string(template), "AutoPublishAlias: live\n") ||
		!strings.Contains(string(template), "Type: Canary10Percent5Minutes\n") || !strings.Contains(string(template), "Fn::Sub: shop-prod-errors\n") {
		t.Errorf("%v\n%s", err, template)
	}
	left, err := filepath.Glob(filepath.Join(w.dir, "dist", "aws-prod.releases", "*"))
	if err != nil || !slices.Equal(left, []string{filepath.Join(w.dir, "dist", "aws-prod.releases", "1")}) {
		t.Errorf("kept: %v, %v", left, err)
	}
}
