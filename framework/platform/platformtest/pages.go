package platformtest

import (
	"testing"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// pages checks what pages of other origins may do, where the vendor leaves that to the process; elsewhere nothing is added
// to what the vendor says.
func (s *suite) pages(t *testing.T, p *process) {
	allowed := map[string]string{"Access-Control-Allow-Origin": "https://shop.example.com", "Access-Control-Allow-Credentials": "true"}
	for _, tt := range []struct {
		name, method, target, origin string
		header                       [][2]string
		status, bare                 int // with and without a response to pages
		want                         map[string]string
	}{
		{"preflight", "OPTIONS", "/shared", "https://shop.example.com", [][2]string{{"Access-Control-Request-Method", "GET"}, {"Access-Control-Request-Headers", "x-token"}}, 204, 405, map[string]string{
			"Access-Control-Allow-Methods": "GET", "Access-Control-Allow-Headers": "x-token", "Access-Control-Max-Age": "60",
		}},
		{"answer", "GET", "/shared", "https://shop.example.com", nil, 200, 200, map[string]string{"Vary": "Origin", "Access-Control-Expose-Headers": "X-Total"}},
		{"failure", "GET", "/shared?fail", "https://shop.example.com", nil, 500, 500, map[string]string{"Vary": "Origin", "Access-Control-Expose-Headers": "X-Total"}},
		{"stranger", "GET", "/shared", "https://shop.example.org", nil, 200, 200, map[string]string{"Vary": "Origin"}},
		{"elsewhere", "GET", "/text", "https://shop.example.com", nil, 200, 200, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			response := p.call(t, sim.Request{Method: tt.method, Target: tt.target, Header: append(tt.header, [2]string{"Origin", tt.origin})})
			status, want := tt.status, map[string]string{}
			if s.AnswersPages {
				for name, v := range tt.want {
					want[name] = v
				}
				if tt.origin == allowed["Access-Control-Allow-Origin"] && tt.want != nil {
					for name, v := range allowed {
						want[name] = v
					}
				}
			} else {
				status = tt.bare
			}
			if response.Status != status {
				t.Errorf("status %d, want %d", response.Status, status)
			}
			for _, name := range []string{
				"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
				"Access-Control-Max-Age", "Access-Control-Expose-Headers",
			} {
				same(t, name, joined(response.Values(name)), want[name])
			}
			if want["Vary"] != "" {
				same(t, "Vary", joined(response.Values("Vary")), want["Vary"])
			}
		})
	}
}
