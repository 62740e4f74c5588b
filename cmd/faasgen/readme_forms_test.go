package main_test

import (
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/form"
)

// TestFormsOfThePage: the code of docs/forms.md is that of the example, which is built and tested, its 400 is what the binder says, and its
// limits are those of the package.
func TestFormsOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources string
	for _, file := range []string{"guestbook.go", "session.go"} {
		content, err := os.ReadFile("../../examples/guestbook/" + file)
		if err != nil {
			t.Fatal(err)
		}
		sources += string(content)
	}
	found, shown, commands := 0, "", []string{}
	for _, b := range blocksOf(string(page)) {
		switch b.language {
		case "go":
			found++
			if !strings.Contains(sources, b.text) {
				t.Errorf("the snippet of %q is not in examples/guestbook:\n%s", b.heading, b.text)
			}
		case "json":
			shown = b.text
		case "sh":
			commands = strings.Split(strings.TrimSpace(b.text), "\n")
		}
	}
	if found < 8 {
		t.Errorf("found %d snippets of Go", found)
	}
	var doc struct{ Errors []framework.FieldError }
	if err := json.Unmarshal([]byte(shown), &doc); err != nil {
		t.Fatal(err)
	}
	var in struct {
		Words string
		Stars int
		Home  struct {
			City string `json:"city"`
		}
	}
	b := web.NewBinder(&web.Request{Header: web.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("stars=many&home=" + url.QueryEscape(`{"city":7}`))})
	form.Read(b)
	form.Value(b, "words", &in.Words, web.String[string])
	form.Require(b, "words")
	form.Value(b, "stars", &in.Stars, web.Int[int])
	form.JSON(b, "home", &in.Home)
	stated, _ := b.Err().(*framework.Error)
	if stated == nil || len(stated.Fields) != len(doc.Errors) {
		t.Fatalf("the binder says %v", b.Err())
	}
	for i, f := range stated.Fields {
		if f != doc.Errors[i] {
			t.Errorf("the page has %+v, the binder says %+v", doc.Errors[i], f)
		}
	}
	limits := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([^|]+) \| [^|0-9=]*([0-9,]+)[^|]*\|`).FindAllStringSubmatch(string(page), -1) {
		limits[m[1]] = strings.ReplaceAll(m[2], ",", "")
	}
	for what, want := range map[string]int{"a form, its upload not counted": web.DefaultBodyLimit >> 20, "fields and files": form.MaxValues, "JSON text": web.MaxDepth} {
		if limits[what] != strconv.Itoa(want) {
			t.Errorf("%s: the page says %q, the package %d", what, limits[what], want)
		}
	}
	w := &workshop{t: t, tool: buildTool(t), dir: "../../examples/guestbook"}
	for i, want := range []string{"", `{"title":"text","bytes":4,`} {
		stdout, stderr, err := w.sh(commands[i])
		if err != nil || !strings.HasPrefix(stdout, want) || !strings.Contains(stderr, []string{"303 See Other", "201 Created"}[i]) {
			t.Errorf("%s: %v\n%s\n%s", commands[i], err, stdout, stderr)
		}
	}
}
