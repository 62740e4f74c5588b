package main_test

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
)

// block is one fenced code block of README.md or of a page of docs, with the heading it stands under.
type block struct{ heading, language, text string }

func readme(t *testing.T) []block {
	t.Helper()
	var blocks []block
	for _, page := range pages(t) {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, blocksOf(string(content))...)
	}
	return blocks
}

// pages are README.md and the pages of docs.
func pages(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages in docs: %v", err)
	}
	return append([]string{"../../README.md"}, pages...)
}

func blocksOf(content string) []block {
	var blocks []block
	heading, inside := "", false
	for line := range strings.Lines(content) {
		fence, isFence := strings.CutPrefix(strings.TrimRight(line, "\n"), "```")
		switch {
		case isFence && !inside:
			inside = true
			blocks = append(blocks, block{heading: heading, language: fence})
		case isFence:
			inside = false
		case inside:
			blocks[len(blocks)-1].text += line
		case strings.HasPrefix(line, "#"):
			heading = strings.TrimSpace(strings.TrimLeft(line, "# "))
		}
	}
	return blocks
}

func find(t *testing.T, heading, language string) string {
	t.Helper()
	for _, b := range readme(t) {
		if b.heading == heading && b.language == language {
			return b.text
		}
	}
	t.Fatalf("neither README.md nor docs has a %s block below %q", language, heading)
	return ""
}

// workshop is a fresh module with the command of this checkout.
type workshop struct {
	t    *testing.T
	tool string
	dir  string
}

func newWorkshop(t *testing.T, tool string, files map[string]string) *workshop {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	w := &workshop{t: t, tool: tool, dir: t.TempDir()}
	w.write("go.mod", fmt.Sprintf("module example.com/shop\n\ngo 1.26.0\n\nrequire github.com/faasgen/faasgen v0.0.0-00010101000000-000000000000\n\nreplace github.com/faasgen/faasgen => %s\n", root))
	w.write("go.sum", string(sum))
	for name, text := range files {
		w.write(name, text)
	}
	return w
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// sh runs one line of the README, with this checkout's command for "go tool faasgen".
func (w *workshop) sh(line string) (stdout, stderr string, err error) {
	w.t.Helper()
	line = strings.ReplaceAll(line, "go tool faasgen", w.tool)
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func buildTool(t *testing.T) string {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "faasgen")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return tool
}

// TestReadme does what a newcomer does: it types in the README and expects it to hold.
func TestReadme(t *testing.T) {
	tool := buildTool(t)
	t.Run("first screen", func(t *testing.T) {
		t.Parallel()
		code := find(t, "faasgen", "go")
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("the code is not gofmt-ed: %v", err)
		}
		w := newWorkshop(t, tool, map[string]string{"hello.go": code, "f.yml": find(t, "faasgen", "yaml")})
		for line := range strings.Lines(find(t, "faasgen", "sh")) {
			if strings.Contains(line, "faasgen dev") {
				continue // it serves until it is stopped; the tests of the command run it
			}
			out, errs, err := w.sh(line)
			if err != nil {
				t.Fatalf("%s: %v\n%s", line, err, errs)
			}
			if strings.Contains(line, "invoke") && strings.TrimSpace(out) != "hello Ann" {
				t.Errorf("%s: %q", line, out)
			}
		}
		for _, f := range []string{"aws/template.yaml", "aws/artefacts/*.zip", "aliyun/s.yaml", "aliyun/artefacts/*.zip", "tencent/hello/serverless.yml", "tencent/artefacts/*.zip"} {
			if found, err := filepath.Glob(filepath.Join(w.dir, "dist", f)); err != nil || len(found) != 1 {
				t.Errorf("%s: %v, %v", f, found, err)
			}
		}
	})
	t.Run("quick start", func(t *testing.T) {
		t.Parallel()
		code := find(t, "Quick start", "go")
		name, _, _ := strings.Cut(strings.TrimPrefix(code, "// "), "\n")
		code = strings.TrimPrefix(code, "// "+name+"\n")
		w := newWorkshop(t, tool, map[string]string{name: code, "f.yml": find(t, "Quick start", "yaml")})
		var answers []string
		for line := range strings.Lines(find(t, "Quick start", "sh")) {
			out, errs, err := w.sh(line)
			if err != nil {
				t.Fatalf("%s: %v\n%s", line, err, errs)
			}
			if strings.Contains(line, "invoke") {
				answers = append(answers, strings.TrimSpace(out))
			}
		}
		want := `{"number":1,"shop":"berlin","item":"tea"}`
		if len(answers) != 2 || answers[0] != want || answers[1] != want {
			t.Errorf("answers %q, want both %s", answers, want)
		}

		test := find(t, "Testing", "go")
		testName, _, _ := strings.Cut(strings.TrimPrefix(test, "// "), "\n")
		test = strings.TrimPrefix(test, "// "+testName+"\n")
		if formatted, err := format.Source([]byte(test)); err != nil || string(formatted) != test {
			t.Errorf("the test is not gofmt-ed: %v", err)
		}
		w.write(testName, test)
		if out, errs, err := w.sh("go test ./order"); err != nil || !strings.HasPrefix(out, "ok") {
			t.Errorf("the application's test: %v\n%s%s", err, out, errs)
		}

		// The error that the README shows is the error of this very application.
		w.write(name, strings.Replace(code, "//faas:timer cron=", "//faas:timer crn=", 1))
		_, errs, err := w.sh("go tool faasgen generate")
		if want := find(t, "Errors", ""); err == nil || errs != want {
			t.Errorf("got\n%s\nwant\n%s", errs, want)
		}
	})
	t.Run("middleware and guards", func(t *testing.T) {
		t.Parallel()
		// The snippet leaves out what every Go file has; its controller gets the handler that the text speaks of.
		code := "// Package access is typed in from the README.\npackage access\n\nimport (\n\t\"strings\"\n\t\"time\"\n\n\t\"github.com/faasgen/faasgen/framework\"\n\t\"github.com/faasgen/faasgen/framework/config\"\n\t\"github.com/faasgen/faasgen/framework/trigger/web\"\n)\n\n" +
			find(t, "Middleware and guards", "go") +
			"\n// Stats is for admins.\n//\n//faas:handler stats\n//faas:http GET /stats\nfunc (c *Controller) Stats() string { return \"fine\" }\n"
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("the code is not gofmt-ed: %v", err)
		}
		w := newWorkshop(t, tool, map[string]string{"access.go": code, "f.yml": "service: shop\n"})
		for token, want := range map[string]string{"Bearer open": "fine", "Bearer shut": `"code":"forbidden"`} {
			line := `ADMIN_TOKEN=open go tool faasgen invoke stats -d '{"path":"/stats","headers":{"Authorization":"` + token + `"}}'`
			out, errs, err := w.sh(line)
			if err != nil || !strings.Contains(out, want) || !strings.Contains(errs, "msg=call") {
				t.Errorf("%s: %q, %v\n%s", line, out, err, errs)
			}
		}
	})
	t.Run("values of one call", func(t *testing.T) {
		t.Parallel()
		code := "// Package account is typed in from the README.\npackage account\n\nimport (\n\t\"github.com/faasgen/faasgen/framework\"\n\t\"github.com/faasgen/faasgen/framework/trigger/web\"\n)\n\n" +
			find(t, "Values of one call", "go")
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("the code is not gofmt-ed: %v", err)
		}
		w := newWorkshop(t, tool, map[string]string{"account.go": code, "f.yml": "service: shop\n"})
		for user, want := range map[string]string{"Ann": "hello Ann", "": `"code":"unauthorized"`} {
			line := `go tool faasgen invoke account-greet -d '{"path":"/greet","headers":{"User":"` + user + `"}}'`
			if out, errs, err := w.sh(line); err != nil || !strings.Contains(out, want) {
				t.Errorf("%s: %q, %v\n%s", line, out, err, errs)
			}
		}
	})
	t.Run("groups", func(t *testing.T) {
		t.Parallel()
		code := "// Package order is typed in from the README.\npackage order\n\nimport \"github.com/faasgen/faasgen/framework\"\n\n" +
			find(t, "Groups", "go") + "\n// Order is what is placed.\ntype Order struct {\n\tItem string `json:\"item\"`\n}\n"
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("the code is not gofmt-ed: %v", err)
		}
		w := newWorkshop(t, tool, map[string]string{"order/order.go": code, "f.yml": find(t, "Groups", "yaml")})
		if out, errs, err := w.sh(`go tool faasgen invoke place -d '{"item":"tea"}'`); err != nil || !strings.Contains(out, "placed tea") {
			t.Errorf("%q, %v\n%s", out, err, errs)
		}
		if _, errs, err := w.sh(`go tool faasgen invoke place -d '{}'`); err == nil || !strings.Contains(errs, "an order needs an item") {
			t.Errorf("an order of nothing: %v\n%s", err, errs)
		}
	})
	t.Run("events", func(t *testing.T) {
		t.Parallel()
		// What the handlers of the snippet call is up to the reader.
		code := "// Package shop is typed in from the README.\npackage shop\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\n" +
			"\t\"github.com/faasgen/faasgen/framework/trigger/kafka\"\n\t\"github.com/faasgen/faasgen/framework/trigger/os\"\n)\n\n" +
			find(t, "Events", "go") +
			"\n// Payment is a message.\ntype Payment struct{ ID int }\n\nfunc book(_ context.Context, p Payment) error { return fmt.Errorf(\"booked %d\", p.ID) }\n\n" +
			"func scan(_ context.Context, bucket, key string) error {\n\treturn fmt.Errorf(\"scanned %s/%s\", bucket, key)\n}\n\n" +
			"func count(_ context.Context, clicks []kafka.Record) error {\n\treturn fmt.Errorf(\"counted %d\", len(clicks))\n}\n"
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("the code is not gofmt-ed: %v", err)
		}
		w := newWorkshop(t, tool, map[string]string{"shop.go": code, "f.yml": "service: shop\n"})
		for line, want := range map[string]string{
			`go tool faasgen invoke shop-invoice -d '{"key":"in/a.pdf"}'`:              "scanned invoices/in/a.pdf",
			`go tool faasgen invoke shop-paid -d '{"ID":7}'`:                           "booked 7",
			`go tool faasgen invoke shop-count -d '[{"value":"a"},{"value":{"b":1}}]'`: "counted 2",
		} {
			if _, errs, err := w.sh(line); err == nil || !strings.Contains(errs, want) {
				t.Errorf("%s: %v, want %s\n%s", line, err, want, errs)
			}
		}
	})
	t.Run("generic providers", func(t *testing.T) {
		t.Parallel()
		code := "// Package shelf is typed in from the README.\npackage shelf\n\nimport \"log/slog\"\n\n" + find(t, "Generic providers", "go") +
			"\n// Book is kept.\ntype Book struct{ Title string }\n\n// Author is kept.\ntype Author struct{ Name string }\n" +
			"\n// Count counts.\n//\n//faas:handler count\nfunc (l *Library) Count() (string, error) {\n\tb, err := l.Books.Get(\"1\")\n\treturn \"found \" + b.Title, err\n}\n"
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("the code is not gofmt-ed: %v", err)
		}
		w := newWorkshop(t, tool, map[string]string{"shelf/shelf.go": code, "f.yml": "service: shop\n"})
		out, errs, err := w.sh(`go tool faasgen invoke count`)
		if err != nil || !strings.Contains(out, "found") || strings.Count(errs, "msg=loaded") != 2 {
			t.Errorf("%q, %v\n%s", out, err, errs)
		}
		providers, err := os.ReadFile(filepath.Join(w.dir, "internal/faasgen/app/container.go"))
		if err != nil || !strings.Contains(string(providers), "func provideShelfRepoBook(") {
			t.Errorf("%v\n%s", err, providers)
		}
	})
	t.Run("validation", func(t *testing.T) {
		t.Parallel()
		// The example, whose tests run, has the same code.
		code, err := os.ReadFile("../../examples/signup/signup.go")
		if err != nil {
			t.Fatal(err)
		}
		if text := find(t, "Validation", "go"); !strings.Contains(string(code), text) {
			t.Errorf("examples/signup has other code than\n%s", text)
		}
	})
	t.Run("handled once", func(t *testing.T) {
		t.Parallel()
		code := "// Package shop is typed in from the README.\npackage shop\n\nimport (\n\t\"context\"\n\t\"database/sql\"\n\t\"time\"\n\n" +
			"\t\"github.com/faasgen/faasgen/framework\"\n\t\"github.com/faasgen/faasgen/framework/layer/idempotency\"\n)\n\n" +
			find(t, "Handled once", "go") +
			"\n// Order is a message.\ntype Order struct{ ID int }\n\nfunc ship(context.Context, Order) error { return nil }\n\n" +
			"// NewDB opens the database.\n//\n//faas:provide\nfunc NewDB() (*sql.DB, error) { return sql.Open(\"none\", \"\") }\n"
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("the code is not gofmt-ed: %v", err)
		}
		w := newWorkshop(t, tool, map[string]string{"shop.go": code, "f.yml": "service: shop\n"})
		if _, errs, err := w.sh(`go tool faasgen invoke ship -d '{"ID":7}'`); err == nil || !strings.Contains(errs, `unknown driver "none"`) {
			t.Errorf("the database is queried: %v\n%s", err, errs)
		}
	})
	t.Run("commands", func(t *testing.T) {
		t.Parallel()
		content, err := os.ReadFile("../../README.md")
		if err != nil {
			t.Fatal(err)
		}
		documented := map[string]bool{}
		for _, m := range regexp.MustCompile("(?m)^\\| `faasgen ([a-z]+)").FindAllStringSubmatch(string(content), -1) {
			documented[m[1]] = true
		}
		out, err := exec.Command(tool, "help").Output()
		if err != nil {
			t.Fatal(err)
		}
		_, list, _ := strings.Cut(string(out), "Commands:\n")
		offered := 0
		for line := range strings.Lines(list) {
			if strings.TrimSpace(line) == "" {
				break
			}
			name := strings.Fields(line)[0]
			if offered++; name != "help" && name != "completion" && !documented[name] {
				t.Errorf("the README does not mention faasgen %s", name)
			}
			delete(documented, name)
		}
		if offered < 5 || len(documented) > 0 {
			t.Errorf("help offers %d commands; the README has others: %v\n%s", offered, documented, out)
		}
	})
	t.Run("directives", func(t *testing.T) {
		t.Parallel()
		content, err := os.ReadFile("../../README.md")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range annotations.Default().Names() {
			if !regexp.MustCompile("(?m)^\\| `" + name + "\\b").Match(content) {
				t.Errorf("the README does not mention //faas:%s", name)
			}
		}
	})
}
