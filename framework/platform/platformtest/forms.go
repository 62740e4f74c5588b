package platformtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	typeOfPairs = "application/x-www-form-urlencoded"
	typeOfParts = "multipart/form-data; boundary=b"
)

// part is one part of a form, of which the head is what follows its name.
func part(name, head, content string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + head + "\r\n\r\n" + content + "\r\n"
}

func sentForm(method, target, mediaType, body string) sim.Request {
	return sim.Request{Method: method, Target: target, Header: [][2]string{{"Content-Type", mediaType}}, Body: []byte(body)}
}

// forms checks what generated code makes of forms, right and wrong.
func (s *suite) forms(t *testing.T, p *process) {
	const file = `; filename="a/b.txt"` + "\r\nContent-Type: text/plain"
	empty := `"file":{"Name":"","Type":"","Size":0,"Content":null}}`
	for _, tt := range []struct {
		name    string
		request sim.Request
		status  int
		want    string // a part of the body
	}{
		{"pairs", sentForm("POST", "/form/7", typeOfPairs, "name=%C3%BC+b&age=&tag=a&tag=b%26c&agree=on&price=%7B%22amount%22%3A3%7D&other=1"), 200,
			`{"id":7,"name":"ü b","age":0,"tags":["a","b&c"],"agree":true,"price":{"amount":3},` + empty},
		{"parts", sentForm("POST", "/form/7", typeOfParts, part("name", "", "ü")+part("tag", "", "a")+part("file", file, "text\n")+part("tag", "", "")+"--b--\r\n"), 200,
			`{"id":7,"name":"ü","age":0,"tags":["a",""],"agree":false,"price":{"amount":0},"file":{"Name":"b.txt","Type":"text/plain","Size":5,"Content":"dGV4dAo="}}`},
		{"a file that was not chosen", sentForm("POST", "/form/7", typeOfParts, part("name", "", "n")+part("file", `; filename=""`+"\r\nContent-Type: application/octet-stream", "")+"--b--\r\n"), 200, empty},
		{"json", sentForm("POST", "/form/7", "application/json", `{"name":"n","id":9,"file":{"Name":"x"}}`), 200, `{"id":7,"name":"n","age":0,"tags":null,"agree":false,"price":{"amount":0},` + empty},
		{"a GET with a body", sentForm("GET", "/form/7", typeOfPairs, "name=n"), 200, `"name":"n"`},
		{"patch", sentForm("PATCH", "/form/7", typeOfPairs, "name=n"), 200, `"name":"n"`},
		{"put", sentForm("PUT", "/form/7", typeOfPairs, "name=n"), 200, `"name":"n"`},
		{"another type", sentForm("POST", "/form/7", "text/plain", "name=n"), 415, "expected application/json, application/x-www-form-urlencoded or multipart/form-data"},
		{"a form alone", sentForm("POST", "/upload", "application/json", `{"title":"t"}`), 415, "multipart/form-data"},
		{"no end", sentForm("POST", "/form/7", typeOfParts, part("name", "", "n")), 400, "invalid_form"},
		{"another boundary", sentForm("POST", "/form/7", "multipart/form-data; boundary=c", part("name", "", "n")+"--b--\r\n"), 400, "invalid_form"},
		{"too many parts", sentForm("POST", "/form/7", typeOfParts, strings.Repeat(part("a", "", ""), 1001)+"--b--\r\n"), 413, "form_too_large"},
		{"too large a file", sentForm("POST", "/form/7", typeOfParts, part("file", file, strings.Repeat("x", 1025))+"--b--\r\n"), 413, "form_too_large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			response := p.call(t, tt.request)
			if response.Status != tt.status || !strings.Contains(string(response.Body), tt.want) {
				t.Errorf("status %d, %s; want %d, %s", response.Status, response.Body, tt.status, tt.want)
			}
		})
	}
	response := p.call(t, sentForm("POST", "/form/x", typeOfParts, part("age", "", "old")+part("price", "", `{"amount":"3"}`)+part("agree", "", "maybe")+part("file", "", "text")+"--b--\r\n"))
	var doc struct{ Errors []framework.FieldError }
	if json.Unmarshal(response.Body, &doc) != nil || response.Status != 400 {
		t.Fatalf("a wrong form: status %d, %s", response.Status, response.Body)
	}
	var got []string
	for _, e := range doc.Errors {
		got = append(got, e.In+" "+e.Name)
	}
	slices.Sort(got)
	if want := []string{"file file", "form age", "form agree", "form name", "form price.amount", "path id"}; !slices.Equal(got, want) {
		t.Errorf("wrong fields %q, want all of %q", got, want)
	}
	t.Run("upload", func(t *testing.T) { s.uploads(t, p) })
}

// uploads checks the file that a handler reads.
func (s *suite) uploads(t *testing.T, p *process) {
	head := func(name string) string {
		return `; filename="` + name + "\"\r\nContent-Type: application/octet-stream"
	}
	content := bytes.Repeat([]byte("0123456789abcdef"), 20<<10)
	if s.Lacks&BinaryRequest == 0 {
		content = append(content, fixture.AllBytes()...)
	}
	sum := sha256.Sum256(content)
	title, last := part("title", "", "t"), part("file", head("f.bin"), string(content))
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"whole", title + last + "--b--\r\n", 200, fixture.Uploaded("t", "f.bin", "application/octet-stream", int64(len(content)), sum[:])},
		{"a part after it", title + last + part("more", "", "x") + "--b--\r\n", 400, "expected the file last"},
		{"a field after it that is required", last + title + "--b--\r\n", 400, `{"in":"form","name":"title"`},
		{"no end", title + last, 400, "invalid_form"},
		{"none", title + "--b--\r\n", 400, `{"in":"file","name":"file"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			response := p.call(t, sentForm("POST", "/upload", typeOfParts, tt.body))
			if response.Status != tt.status || !strings.Contains(string(response.Body), tt.want) {
				t.Errorf("status %d, %.500s; want %d, %s", response.Status, response.Body, tt.status, tt.want)
			}
		})
	}
	if _, ok := p.Process.(sim.Dialer); !ok {
		return
	}
	// The handler is there before the file is.
	c, from := p.dial(t)
	defer c.Close()
	begin := title + "--b\r\nContent-Disposition: form-data; name=\"file\"" + head(fixture.RefusedFile) + "\r\n\r\n" + strings.Repeat("x", 8<<10)
	exchange(t, c, from, fmt.Sprintf("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", typeOfParts, 4<<20, begin), "POST", 409)
}
