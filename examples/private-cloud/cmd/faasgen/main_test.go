package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestPrivateCloud takes an application that nothing was generated for through every command that knows clouds, by a command that
// knows the company's.
func TestPrivateCloud(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("artefacts are linux binaries")
	}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(here, "..", "..")
	module := t.TempDir()
	copied(t, here, module)
	faasgen := filepath.Join(t.TempDir(), "faasgen")
	if out, err := command(module, "go", "build", "-o", faasgen, "./cmd/faasgen"); err != nil {
		t.Fatalf("build the command: %v\n%s", err, out)
	}
	shop := filepath.Join(module, "shop")
	for _, step := range []struct {
		args string
		code int
		want []string
	}{
		{"generate", 0, []string{"internal/faasgen/nimbus/main.go"}},
		{"diff", 0, nil},
		{"check --target nimbus", 0, []string{"trigger mq queue", "yes: queues", "yes: gateway"}},
		{"build", 0, []string{"dist/nimbus/artefacts/", "dist/nimbus/nimbus.yml"}},
		{"invoke find --sample --target nimbus", 0, []string{`{"id":"1","state":"open"}`}},
		{"invoke take --sample --target nimbus", 0, []string{`"took {\"id\":\"1\",\"text\":\"a sample\"} from orders"`}},
		{"invoke sweep --sample --target nimbus", 0, []string{`"swept what is stale"`}},
		{"invoke find --sample --target nimbus --print", 0, []string{`"path": "/orders/1"`}},
		{"invoke take --sample --target nimbus --print", 0, []string{`"kind": "queue"`, `"queue": "orders-prod"`}},
		{"invoke sweep --sample --target nimbus --print", 0, []string{`"kind": "timer"`, `"name": "sweep"`}},
		{`invoke sweep --target nimbus -d {"kind":"timer","name":"sweep","text":"recorded"}`, 0, []string{`"swept what is recorded"`}},
		{`invoke take --target nimbus -d {"kind":"queue","queue":"other","messages":[{}]}`, 1, []string{"unknown_queue_or_topic"}},
		{"deploy --dry-run", 0, []string{"deploy shop to nimbus", "mq orders-prod", "run nimbus apply in dist/nimbus"}},
		{"build --target nimbos", 2, []string{`did you mean "nimbus"?`}},
		{"new ../fresh --target nimbus --module example.com/fresh --replace " + root, 0, []string{"fresh/f.yml"}},
	} {
		out, err := command(shop, faasgen, strings.Fields(step.args)...)
		code := 0
		if exit, ok := err.(*exec.ExitError); ok {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if code != step.code {
			t.Fatalf("faasgen %s: exit code %d, want %d\n%s", step.args, code, step.code, out)
		}
		for _, want := range step.want {
			if !strings.Contains(out, want) {
				t.Errorf("faasgen %s: no %q in\n%s", step.args, want, out)
			}
		}
	}
	scaffold, err := os.ReadFile(filepath.Join(module, "fresh", "f.yml"))
	if err != nil || !strings.Contains(string(scaffold), "name: nimbus, region: cellar") {
		t.Errorf("the new application's f.yml: %v\n%s", err, scaffold)
	}
	deployment, err := os.ReadFile(filepath.Join(shop, "dist", "nimbus", "nimbus.yml"))
	if err != nil || !strings.Contains(string(deployment), "- orders-prod") || !strings.Contains(string(deployment), "team: shop") {
		t.Errorf("nimbus.yml: %v\n%s", err, deployment)
	}
}

// command runs a command and returns all that it printed.
func command(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CI=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// copied copies the module without what was generated and built.
func copied(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "internal" || d.Name() == "dist") {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(from, p)
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if rel == "go.mod" {
			content = bytes.ReplaceAll(content, []byte("=> ../../"), []byte("=> "+filepath.Join(from, "..", "..")))
		}
		path := filepath.Join(to, rel)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}
