package local

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	for _, tc := range []struct {
		name, method, host string
		header             map[string]string
		refused            string
	}{
		{"a tool", "POST", "127.0.0.1:8080", nil, ""},
		{"localhost", "GET", "localhost:8080", nil, ""},
		{"without a port", "GET", "LOCALHOST.", nil, ""},
		{"a name below localhost", "GET", "shop.localhost:8080", nil, ""},
		{"ipv6", "GET", "[::1]:8080", nil, ""},
		{"another loopback address", "GET", "127.8.9.1", nil, ""},
		{"its own page", "POST", "localhost:8080", map[string]string{"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}, ""},
		{"another port's page", "POST", "localhost:8080", map[string]string{"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "cross-site"}, ""},
		{"typed into the address bar", "GET", "localhost:8080", map[string]string{"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, ""},
		{"a link from elsewhere", "GET", "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, ""},

		{"a name that was rebound", "GET", "evil.test:8080", nil, `the host "evil.test:8080" is not a loopback name`},
		{"no host", "GET", "", nil, `the host "" is not a loopback name`},
		{"a lookalike", "GET", "localhost.evil.test", nil, "is not a loopback name"},
		{"an address in the network", "GET", "192.168.0.1:8080", nil, "is not a loopback name"},
		{"every address", "GET", "0.0.0.0:8080", nil, "is not a loopback name"},
		{"another site", "POST", "localhost:8080", map[string]string{"Origin": "https://evil.test"}, `the origin "https://evil.test" is another site`},
		{"another site, with a type", "POST", "localhost:8080", map[string]string{"Origin": "https://evil.test", "Content-Type": "application/json"}, "is another site"},
		{"a lookalike origin", "POST", "localhost:8080", map[string]string{"Origin": "http://localhost.evil.test"}, "is another site"},
		{"a sandboxed frame", "POST", "localhost:8080", map[string]string{"Origin": "null"}, `the origin "null" is another site`},
		{"an empty origin", "POST", "localhost:8080", map[string]string{"Origin": ""}, "is another site"},
		{"an image", "GET", "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, "a page of another site"},
		{"a frame", "GET", "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, "a page of another site"},
		{"a form", "POST", "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, "a page of another site"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reached := false
			h := Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
			r := httptest.NewRequest(tc.method, "/", nil)
			r.Host = tc.host
			for k, v := range tc.header {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if reached != (tc.refused == "") {
				t.Errorf("reached the application: %t", reached)
			}
			if tc.refused != "" && (w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), tc.refused)) {
				t.Errorf("got %d %s, want 403 with %q", w.Code, w.Body, tc.refused)
			}
		})
	}
}
