package tencent

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

func TestIngressEvents(t *testing.T) {
	r := &sim.Request{Method: "POST", Target: "/a%20b?x=1&x=2&y&z=a%26b", Host: "h", Header: [][2]string{{"X-A", "1"}, {"x-a", "2"}, {"Cookie", "a=1"}, {"Cookie", "b=2"}, {"x-scf-remote-addr", "forged"}}, Body: []byte("t")}
	url := `{"body":"t","headers":{"cookie":"a=1; b=2","host":"h","x-a":"1,2","x-forwarded-proto":"https","x-scf-remote-addr":"127.0.0.1"},"httpMethod":"POST","path":"/a%20b","queryString":{"x":["1","2"],"y":true,"z":"a\u0026b"}}`
	if got := string(functionURL{}.event(r, "r-1")); got != url {
		t.Errorf("function URL\n%s, want\n%s", got, url)
	}
	var e struct {
		Body            string
		IsBase64Encoded bool
		RequestContext  struct{ RequestID, SourceIP string }
	}
	r.Body = []byte{0, 1, 255}
	if err := json.Unmarshal(apiGateway{}.event(r, "r-1"), &e); err != nil || e.Body != "AAH/" || !e.IsBase64Encoded || e.RequestContext.RequestID != "r-1" || e.RequestContext.SourceIP != "127.0.0.1" {
		t.Errorf("api gateway %+v, %v", e, err)
	}
}

func TestIngressResponses(t *testing.T) {
	tests := []struct {
		name, response string
		url, gateway   string // status, headers and body
		urlRule        string
		gatewayRule    string
	}{
		{name: "text", response: `{"isBase64Encoded":false,"statusCode":201,"headers":{"A":"1"},"body":"x"}`, url: `201 [["A" "1"]] "x"`, gateway: `201 [["A" "1"]] "x"`},
		{name: "least", response: `{"statusCode":204}`, url: `204 [] ""`, gateway: `204 [] ""`},
		{name: "array", response: `{"statusCode":200,"headers":{"B":["1","2"],"A":"3"},"body":""}`, url: `200 [["B" "1"] ["A" "3"]] ""`, gateway: `200 [["B" "1"] ["B" "2"] ["A" "3"]] ""`},
		{name: "base64", response: `{"isBase64Encoded":true,"statusCode":200,"body":"AAH/"}`, url: `200 [] "AAH/"`, gateway: `200 [] "\x00\x01\xff"`},
		{name: "no status", response: `{"a":1}`, url: `200 [["Content-Type" "application/json"]] "{\"a\":1}"`, gateway: "403", gatewayRule: "integrated response: no statusCode"},
		{name: "no object", response: `"x"`, url: `200 [["Content-Type" "application/json"]] "\"x\""`, gateway: "403", gatewayRule: "integrated response: no statusCode"},
		{name: "no JSON", response: `x`, url: "502", urlRule: "the response to an http event is not JSON", gateway: "403", gatewayRule: "integrated response: no statusCode"},
		{name: "status as text", response: `{"statusCode":"200"}`, url: "502", urlRule: "integrated response: statusCode is not a number between 100 and 599", gateway: "403", gatewayRule: "integrated response: statusCode is not a number between 100 and 599"},
		{name: "flag as text", response: `{"statusCode":200,"isBase64Encoded":"true"}`, url: "502", urlRule: "integrated response: isBase64Encoded is not a boolean", gateway: "403", gatewayRule: "integrated response: isBase64Encoded is not a boolean"},
		{name: "body is an object", response: `{"statusCode":200,"body":{}}`, url: "502", urlRule: "integrated response: body is not a string", gateway: "403", gatewayRule: "integrated response: body is not a string"},
		{name: "header is a number", response: `{"statusCode":200,"headers":{"A":1}}`, url: "502", urlRule: "integrated response: header A is neither a string nor an array of strings", gateway: "403", gatewayRule: "integrated response: header A is neither a string nor an array of strings"},
		{name: "headers is an array", response: `{"statusCode":200,"headers":[]}`, url: "502", urlRule: "integrated response: headers is not an object", gateway: "403", gatewayRule: "integrated response: headers is not an object"},
		{name: "no base64", response: `{"isBase64Encoded":true,"statusCode":200,"body":"*"}`, url: `200 [] "*"`, gateway: "403", gatewayRule: "integrated response: isBase64Encoded is true and body is not base64"},
	}
	show := func(r *sim.Response) string {
		if r.Status == 502 || r.Status == 403 {
			return fmt.Sprint(r.Status)
		}
		return fmt.Sprintf("%d %q %q", r.Status, r.Header, r.Body)
	}
	for _, tt := range tests {
		if r, rule := (functionURL{}).response([]byte(tt.response)); show(r) != tt.url || rule != tt.urlRule {
			t.Errorf("%s, function URL: %s, rule %q; want %s, %q", tt.name, show(r), rule, tt.url, tt.urlRule)
		}
		if r, rule := (apiGateway{}).response([]byte(tt.response)); show(r) != tt.gateway || rule != tt.gatewayRule {
			t.Errorf("%s, api gateway: %s, rule %q; want %s, %q", tt.name, show(r), rule, tt.gateway, tt.gatewayRule)
		}
	}
}
