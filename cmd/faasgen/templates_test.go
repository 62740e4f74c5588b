//go:build unix

package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/templates"
)

// TestTemplates does with each template what its README says: it tests the new application, checks it as its CI would, calls its
// functions, and builds it for all clouds.
func TestTemplates(t *testing.T) {
	t.Parallel()
	tool := buildTool(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range templates.Scaffolds() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			n := &newcomer{t, tool, t.TempDir()}
			n.sh("go tool faasgen new try --docker --template " + s.Name + " --replace " + root)
			n.dir = filepath.Join(n.dir, "try")
			if out := n.sh("gofmt -l ."); out != "" {
				t.Errorf("not gofmt-ed: %s", out)
			}
			n.sh("go mod tidy")
			if s.Name == "api" {
				n.same("go.mod", filepath.Join(root, "examples", "go.mod"), `modernc\.org/sqlite v\S+`)
			}
			n.sh("go generate ./...")
			for _, line := range n.ci() {
				if line == "go tool faasgen build" { // and for the others
					line += " --target all"
				}
				n.sh(line)
			}
			called := 0
			for _, line := range regexp.MustCompile("`(go tool faasgen (?:invoke|task) [^`]*)`").FindAllStringSubmatch(n.read("README.md"), -1) {
				n.sh(line[1])
				called++
			}
			if called == 0 {
				t.Error("the README calls no function")
			}
			n.image()
		})
	}
}

// newcomer types lines into a shell.
type newcomer struct {
	t         *testing.T
	tool, dir string
}

// sh runs a line, which has to succeed, with this checkout's command for "go tool faasgen".
func (n *newcomer) sh(line string) string {
	n.t.Helper()
	cmd := exec.Command("sh", "-c", strings.ReplaceAll(line, "go tool faasgen", n.tool))
	cmd.Dir, cmd.Env = n.dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		n.t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func (n *newcomer) read(name string) string {
	n.t.Helper()
	content, err := os.ReadFile(filepath.Join(n.dir, name))
	if err != nil {
		n.t.Fatal(err)
	}
	return string(content)
}

// same compares what a pattern finds in a file of the application with what it finds in another one.
func (n *newcomer) same(name, other, pattern string) {
	n.t.Helper()
	content, err := os.ReadFile(other)
	if err != nil {
		n.t.Fatal(err)
	}
	re := regexp.MustCompile(pattern)
	if found, want := re.FindString(n.read(name)), re.FindString(string(content)); found == "" || found != want {
		n.t.Errorf("%s has %q, and %s has %q", name, found, other, want)
	}
}

// ci are the lines that the CI runs.
func (n *newcomer) ci() (lines []string) {
	n.t.Helper()
	var doc struct {
		Jobs map[string]struct{ Steps []struct{ Run, Uses string } }
	}
	if err := yaml.Unmarshal([]byte(n.read(".github/workflows/check.yml")), &doc); err != nil {
		n.t.Fatal(err)
	}
	for _, s := range doc.Jobs["check"].Steps {
		if s.Run != "" {
			lines = append(lines, s.Run)
		}
	}
	if !slices.Contains(lines, "go tool faasgen check") || !slices.Contains(lines, "go test ./...") {
		n.t.Errorf("the CI runs %q", lines)
	}
	return lines
}

// image runs what the Dockerfile runs in the module's folder, but for what moves the result into an image, and starts that.
func (n *newcomer) image() {
	n.t.Helper()
	build, entry := "", ""
	for line := range strings.Lines(n.read("Dockerfile")) {
		line = strings.TrimSpace(line)
		if _, after, ok := strings.Cut(line, "RUN CGO_ENABLED=0 "); ok {
			build = "CGO_ENABLED=0 " + strings.ReplaceAll(after, "/app", "app")
		}
		if after, ok := strings.CutPrefix(line, "ENTRYPOINT "); ok {
			entry = after
		}
	}
	if entry != `["/app/server"]` {
		n.t.Fatalf("the image starts %s", entry)
	}
	n.sh(build)
	// Nothing answers there: the server is what says so.
	if out := n.sh("cd app && FAAS_ADDR=127.0.0.1:1 ./server health; test $? = 1"); !strings.Contains(out, "127.0.0.1:1") {
		n.t.Errorf("the server is not healthy and says %q", out)
	}
}
