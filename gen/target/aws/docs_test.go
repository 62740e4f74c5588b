package aws

import (
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
	if len(blocks) != 2 {
		t.Fatalf("%d yaml blocks", len(blocks))
	}
	files, _ := New().Deploy(targettest.App(t, Name, blocks[0]))
	if !strings.Contains(string(files[1].Content), blocks[1]) {
		t.Errorf("the template is\n%s", files[1].Content)
	}
}
