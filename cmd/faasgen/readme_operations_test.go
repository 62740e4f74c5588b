package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeOperations does what docs/operations.md shows, with tools of the cloud that say how they were run.
func TestReadmeOperations(t *testing.T) {
	tool := buildTool(t)
	const says = "#!/bin/sh\necho \"${0##*/} $*\"\n"
	w := newWorkshop(t, tool, map[string]string{
		"hello.go": find(t, "faasgen", "go"), "f.yml": find(t, "Operate what is deployed", "yaml"), "bin/sam": says, "bin/aws": says,
	})
	for _, name := range []string{"sam", "aws"} {
		if err := os.Chmod(filepath.Join(w.dir, "bin", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", filepath.Join(w.dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	want := map[string]string{
		"go tool faasgen logs hello":                         "aws logs tail /aws/lambda/shop-hello --format short --since 10m --region eu-central-1\n",
		"go tool faasgen logs hello --since 2h --stage prod": "aws logs tail /aws/lambda/shop-prod-hello --format short --since 2h --region eu-central-1\n",
		"go tool faasgen logs hello --follow":                "aws logs tail /aws/lambda/shop-hello --format short --since 10m --follow --region eu-central-1\n",
		"go tool faasgen remove --stage staging --dry-run":   "  run sam delete --stack-name shop-staging --no-prompts --region eu-central-1\n",
		"go tool faasgen remove --stage staging --yes":       "sam delete --stack-name shop-staging --no-prompts --region eu-central-1\nremoved shop-staging\n",
	}
	for line := range strings.Lines(find(t, "Read logs", "sh") + find(t, "Remove a deployment", "sh")) {
		command, _, _ := strings.Cut(line, "#")
		command = strings.TrimSpace(command)
		out, errs, err := w.sh(command)
		if err != nil || want[command] == "" || !strings.HasSuffix(out, want[command]) {
			t.Errorf("%s: %v\n%s%s\nwant\n%s", command, err, out, errs, want[command])
		}
		delete(want, command)
	}
	for command := range want {
		t.Errorf("docs/operations.md does not show %s", command)
	}
}
