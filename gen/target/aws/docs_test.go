package aws

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

// TestDocs: the page shows what its f.yml comes to.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../../docs/deploy-aws.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for i, part := range strings.Split(string(page), "```") {
		if text, ok := strings.CutPrefix(part, "yaml\n"); ok && i%2 == 1 {
			blocks = append(blocks, text)
		}
	}
	if len(blocks) != 3 {
		t.Fatalf("%d yaml blocks", len(blocks))
	}
	files, _ := New().Deploy(targettest.App(t, Name, blocks[0]))
	if !strings.Contains(string(files[1].Content), blocks[1]) {
		t.Errorf("the template is\n%s", files[1].Content)
	}
}

// TestDocsPermissions: the page shows the permissions of its f.yml.
func TestDocsPermissions(t *testing.T) {
	page, err := os.ReadFile("../../../docs/deploy-aws.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## What a unit may do")
	_, source, _ := strings.Cut(section, "```yaml\n")
	source, rest, _ := strings.Cut(source, "```")
	_, want, _ := strings.Cut(rest, "```json\n")
	want, _, _ = strings.Cut(want, "```")
	app := targettest.App(t, Name, source)
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(cloud{}.Permissions(app, app.Units[0])); err != nil {
		t.Fatal(err)
	}
	if want != got.String() {
		t.Errorf("the permissions are\n%s", got.String())
	}
}
