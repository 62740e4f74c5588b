package nethttp

import (
	"net/http"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Pages get their headers from a mounted application too, streamed or not, and never twice; nothing is added where the
// vendor does it.
func TestPagesOfOtherOrigins(t *testing.T) {
	cors := &web.CORS{Origins: []string{"https://shop.example.com"}}
	mounted := on("GET /mounted", func(c *framework.Context) error {
		return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if own := r.URL.Query().Get("own"); own != "" {
				w.Header().Set("Access-Control-Allow-Origin", own)
			}
			w.Header().Add("Vary", "Accept")
			w.Write([]byte("x"))
			if r.URL.Query().Has("flush") {
				w.(http.Flusher).Flush()
			}
		}))
	})
	route := mounted.Triggers[0].(web.Route)
	route.CORS = cors
	mounted.Triggers[0] = route
	for _, vendor := range []bool{false, true} {
		s := serve(t, Options{VendorCORS: vendor}, mounted)
		for _, tt := range []struct{ method, target, origin, want, vary string }{
			{"GET", "/mounted", "https://shop.example.com", "https://shop.example.com", "Accept & Origin"},
			{"GET", "/mounted?flush", "https://shop.example.com", "https://shop.example.com", "Accept & Origin"},
			{"GET", "/mounted?flush", "https://evil.example.com", "", "Accept & Origin"},
			{"GET", "/mounted?flush&own=https://own.example", "https://shop.example.com", "https://own.example", "Accept"},
			{"GET", "/mounted?own=https://own.example", "https://shop.example.com", "https://own.example", "Accept"},
			{"GET", "/nowhere", "https://shop.example.com", "https://shop.example.com", "Origin"},
		} {
			want, vary := tt.want, tt.vary
			if vendor && want != "https://own.example" {
				want = ""
			}
			if vendor && vary != "Accept" {
				vary = map[string]string{"Accept & Origin": "Accept"}[vary]
			}
			resp, _ := do(t, tt.method, s.URL+tt.target, nil, "Origin", tt.origin)
			if got := joinedValues(resp, "Access-Control-Allow-Origin"); got != want {
				t.Errorf("vendor %t, %s from %s: allowed %q, want %q", vendor, tt.target, tt.origin, got, want)
			}
			if got := joinedValues(resp, "Vary"); got != vary {
				t.Errorf("vendor %t, %s from %s: vary %q, want %q", vendor, tt.target, tt.origin, got, vary)
			}
		}
		resp, _ := do(t, "OPTIONS", s.URL+"/mounted", nil, "Origin", "https://shop.example.com", "Access-Control-Request-Method", "GET")
		if want := map[bool]int{false: 204, true: 405}[vendor]; resp.StatusCode != want {
			t.Errorf("vendor %t: a preflight got status %d, want %d", vendor, resp.StatusCode, want)
		}
	}
}

func joinedValues(r *http.Response, name string) string {
	return strings.Join(r.Header.Values(name), " & ")
}
