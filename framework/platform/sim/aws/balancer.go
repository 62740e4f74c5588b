package aws

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// balancer is an Application Load Balancer whose target group calls the function.
type balancer struct {
	multi bool
}

func (b *balancer) limits() (int, int) { return 1 << 20, 1 << 20 }

func (b *balancer) tooLarge() *sim.Response {
	return &sim.Response{Status: 413, Header: [][2]string{{"Content-Type", "text/html"}}, Body: []byte("<html><head><title>413 Request Entity Too Large</title></head></html>")}
}

func (b *balancer) failed(*call) *sim.Response {
	return &sim.Response{Status: 502, Header: [][2]string{{"Content-Type", "text/html"}}, Body: []byte("<html><head><title>502 Bad Gateway</title></head></html>")}
}

// event has path and query as the client encoded them, and one style of headers.
func (b *balancer) event(c *call) any {
	headers := c.headers("http", "80")
	query := grouped(c.pairs(), exactly)
	body, encoded := c.body(c.isText())
	e := map[string]any{
		"requestContext": map[string]any{"elb": map[string]string{"targetGroupArn": "arn:aws:elasticloadbalancing:" + region + ":" + account + ":targetgroup/simulated/0123456789abcdef"}},
		"httpMethod":     c.Method, "path": c.path, "body": body, "isBase64Encoded": encoded,
	}
	if b.multi {
		e["multiValueHeaders"] = multi(headers, strings.ToLower)
		e["multiValueQueryStringParameters"] = notNil(multi(query, unchanged))
	} else {
		e["headers"] = single(headers, strings.ToLower)
		e["queryStringParameters"] = notNil(single(query, unchanged))
	}
	return e
}

// notNil makes no entries an empty object, where API Gateway would send null.
func notNil[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

// response reads the style of headers that the target group is set to, and no other.
func (b *balancer) response(c *call, response []byte) (*sim.Response, error) {
	var o object
	if err := json.Unmarshal(response, &o); err != nil {
		return nil, err
	}
	status, err := o.status()
	if err != nil {
		return nil, err
	}
	var description string
	if raw := o["statusDescription"]; raw != nil {
		if err := json.Unmarshal(raw, &description); err != nil || !strings.HasPrefix(description, fmt.Sprint(status, " ")) {
			return nil, fmt.Errorf("statusDescription %s does not begin with the status", raw)
		}
	}
	var header [][2]string
	if b.multi {
		header, err = o.lists("multiValueHeaders")
	} else {
		header, err = o.texts("headers")
	}
	if err != nil {
		return nil, err
	}
	body, err := o.content(false)
	if err != nil {
		return nil, err
	}
	return withLength(&sim.Response{Status: status, Header: append(header, [2]string{"Server", "awselb/2.0"}), Body: body}), nil
}
