package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeStages does what docs/stages.md shows, with a tool of the cloud that does nothing.
func TestReadmeStages(t *testing.T) {
	tool := buildTool(t)
	w := newWorkshop(t, tool, map[string]string{
		"hello.go": find(t, "faasgen", "go"), "f.yml": find(t, "Stages", "yaml"), "bin/sam": "#!/bin/sh\n",
	})
	if err := os.Chmod(filepath.Join(w.dir, "bin", "sam"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(w.dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if out, errs, err := w.sh("go tool faasgen generate"); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	for line := range strings.Lines(find(t, "Stages", "sh")) {
		command, _, _ := strings.Cut(line, "#")
		out, errs, err := w.sh(command)
		if !strings.Contains(command, " plan ") {
			if err != nil || errs != "" {
				t.Fatalf("%s: %v\n%s%s", command, err, out, errs)
			}
			continue
		}
		if want := find(t, "Stages", ""); out != want || errs != "" || err == nil || err.Error() != "exit status 2" {
			t.Errorf("%v, got\n%s%s\nwant\n%s", err, out, errs, want)
		}
	}
	for _, stage := range []string{"staging", "prod"} {
		template, err := os.ReadFile(filepath.Join(w.dir, "dist", "aws-"+stage, "template.yaml"))
		if err != nil || !strings.Contains(string(template), "FunctionName: shop-"+stage+"-hello\n") || !strings.Contains(string(template), "TABLE: books-"+stage+"\n") {
			t.Errorf("%v\n%s", err, template)
		}
	}
	deployed, err := filepath.Glob(filepath.Join(w.dir, "dist", "*", "deployed.json"))
	if err != nil || len(deployed) != 2 {
		t.Errorf("deployed: %v, %v", deployed, err)
	}

	w.write("f.yml", "service: shop\n"+find(t, "Keep logs", "yaml"))
	if out, errs, err := w.sh("go tool faasgen build --target aws --stage prod"); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	template, err := os.ReadFile(filepath.Join(w.dir, "dist", "aws-prod", "template.yaml"))
	if err != nil || !strings.Contains(string(template), "LogGroupName: /faasgen/shop-prod-hello\n      RetentionInDays: 400\n") {
		t.Errorf("%v\n%s", err, template)
	}
	w.write("f.yml", "service: shop\n"+find(t, "Take something away", "yaml"))
	for stage, want := range map[string]bool{"": true, "prod": false} {
		folder := "aws"
		if stage != "" {
			folder, stage = "aws-"+stage, " --stage "+stage
		}
		if out, errs, err := w.sh("go tool faasgen build --target aws" + stage); err != nil {
			t.Fatalf("%v\n%s%s", err, out, errs)
		}
		template, err := os.ReadFile(filepath.Join(w.dir, "dist", folder, "template.yaml"))
		if err != nil || !strings.Contains(string(template), "TABLE: books\n") {
			t.Errorf("%v\n%s", err, template)
		}
		for _, text := range []string{"DEBUG:", "VpcConfig:", "test.example.com"} {
			if strings.Contains(string(template), text) != want {
				t.Errorf("%s: %s is there, or not, want %v\n%s", folder, text, want, template)
			}
		}
	}
}
