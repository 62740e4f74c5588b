package platformtest

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// answers checks redirects, pages, downloads, conditional requests, and errors in the form that the client wants.
func (s *suite) answers(t *testing.T, p *process) {
	const html = "text/html; charset=utf-8"
	for _, tt := range []struct {
		name    string
		request sim.Request
		status  int
		header  map[string]string
		body    string // a part of it
	}{
		{"redirect", get("/answer/redirect"), 303, map[string]string{"Location": "/th%C3%A4nks"}, ""},
		{"page", get("/answer/page"), 200, map[string]string{"Content-Type": html}, "<p>ü"},
		{"download", get("/answer/download"), 200, map[string]string{"Content-Type": "text/csv", "Content-Disposition": `attachment; filename="_.csv"; filename*=UTF-8''%C3%BC.csv`}, "a,b\n"},
		{"version", get("/answer/version"), 200, map[string]string{"Etag": `"v2"`}, "version 2"},
		{"not modified", get("/answer/version", [2]string{"If-None-Match", `"v1", "v2"`}), 304, map[string]string{"Etag": `"v2"`}, ""},
		{"precondition", sim.Request{Method: "PUT", Target: "/answer/version", Header: [][2]string{{"If-Match", `"v1"`}}}, 412, nil, "precondition_failed"},
		{"error page", get("/nowhere", [2]string{"Accept", "text/html,*/*;q=0.8"}), 404, map[string]string{"Content-Type": html}, "<p>Not Found\n"},
		{"error text", get("/fail", [2]string{"Accept", "text/plain"}), 409, map[string]string{"Content-Type": "text/plain; charset=utf-8"}, "Conflict\nnothing is left\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			response := p.call(t, tt.request)
			if body := string(response.Body); response.Status != tt.status || !strings.Contains(body, tt.body) || tt.body == "" && body != "" {
				t.Errorf("status %d and body %.300q, want %d and %q", response.Status, body, tt.status, tt.body)
			}
			for name, want := range tt.header {
				same(t, "header "+name, joined(response.Values(name)), joined([]string{want}))
			}
		})
	}
	if strings.Contains(p.out.String(), `"not modified"`) {
		t.Error("a response of 304 is in the log as a failure")
	}
}
