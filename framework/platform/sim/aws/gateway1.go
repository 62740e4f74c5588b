package aws

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// gateway1 is an API Gateway REST API with one proxy resource for all paths.
type gateway1 struct {
	stage  string
	binary bool // binaryMediaTypes is */*
}

func (g *gateway1) limits() (int, int) { return maxRequest, maxRequest }

func (g *gateway1) tooLarge() *sim.Response { return message(413, `{"message":"Request Too Long"}`) }

func (g *gateway1) failed(*call) *sim.Response {
	return message(502, `{"message": "Internal server error"}`)
}

// event is payload format 1.0. A REST API leaves the path encoded and decodes the query.
func (g *gateway1) event(c *call) any {
	headers := c.headers("https", "443")
	query := c.decodedQuery()
	var body any // null without one
	text, encoded := c.body(!g.binary)
	if text != "" {
		body = text
	}
	proxy, err := url.PathUnescape(strings.TrimPrefix(c.path, "/"))
	if err != nil {
		proxy = strings.TrimPrefix(c.path, "/")
	}
	return map[string]any{
		"resource": "/{proxy+}", "path": c.path, "httpMethod": c.Method,
		"headers": single(headers, unchanged), "multiValueHeaders": multi(headers, unchanged),
		"queryStringParameters": single(query, unchanged), "multiValueQueryStringParameters": multi(query, unchanged),
		"pathParameters": map[string]string{"proxy": proxy}, "stageVariables": nil,
		"requestContext": map[string]any{
			"accountId": account, "apiId": "abcdefghij", "resourceId": "klmnop", "resourcePath": "/{proxy+}", "httpMethod": c.Method,
			"path": "/" + g.stage + c.path, "stage": g.stage, "protocol": "HTTP/1.1", "requestId": c.id, "extendedRequestId": "simulated=",
			"domainName": c.Host, "domainPrefix": "abcdefghij", "requestTime": c.at.UTC().Format("02/Jan/2006:15:04:05 -0700"), "requestTimeEpoch": c.at.UnixMilli(),
			"identity": map[string]any{"sourceIp": sourceIP, "userAgent": c.header("User-Agent"), "caller": nil, "user": nil, "cognitoIdentityId": nil},
		},
		"body": body, "isBase64Encoded": encoded,
	}
}

// response accepts the five members that it knows and no others.
func (g *gateway1) response(c *call, response []byte) (*sim.Response, error) {
	var o object
	if err := json.Unmarshal(response, &o); err != nil {
		return nil, err
	}
	for member := range o {
		switch member {
		case "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded":
		default:
			return nil, fmt.Errorf("member %q is not known", member)
		}
	}
	status, err := o.status()
	if err != nil {
		return nil, err
	}
	header, err := o.texts("headers")
	if err != nil {
		return nil, err
	}
	more, err := o.lists("multiValueHeaders")
	if err != nil {
		return nil, err
	}
	for _, h := range more { // both forms count; equal pairs once
		if !has(header, h) {
			header = append(header, h)
		}
	}
	body, err := o.content(!g.binary)
	if err != nil {
		return nil, err
	}
	return withLength(&sim.Response{Status: status, Header: defaultType(header), Body: body}), nil
}

func has(pairs [][2]string, p [2]string) bool {
	for _, q := range pairs {
		if q == p {
			return true
		}
	}
	return false
}

// defaultType is what API Gateway adds where the function says nothing.
func defaultType(header [][2]string) [][2]string {
	for _, h := range header {
		if strings.EqualFold(h[0], "Content-Type") {
			return header
		}
	}
	return append(header, [2]string{"Content-Type", "application/json"})
}

// gateway2 is an API Gateway HTTP API with payload format 2.0, or a function URL.
type gateway2 struct {
	stage  string
	url    bool
	routes []string
}

func (g *gateway2) limits() (int, int) { return maxRequest, maxRequest }

func (g *gateway2) tooLarge() *sim.Response {
	return message(413, `{"message":"Request Entity Too Large"}`)
}

func (g *gateway2) failed(*call) *sim.Response {
	if g.url {
		return &sim.Response{Status: 502, Header: [][2]string{{"Content-Type", "text/plain"}}, Body: []byte("Internal Server Error")}
	}
	return message(500, `{"message":"Internal Server Error"}`)
}

// event is payload format 2.0. An HTTP API decodes the path, which ends at a decoded question mark, and puts the stage
// before it; a function URL does neither.
func (g *gateway2) event(c *call) any {
	path, domain := c.path, "abcdefghijklmnop.lambda-url."+region+".on.aws"
	if !g.url {
		domain = "abcdefghij.execute-api." + region + ".amazonaws.com"
		if p, err := url.PathUnescape(path); err == nil {
			path, _, _ = strings.Cut(p, "?")
		}
		if g.stage != "$default" {
			path = "/" + g.stage + path
		}
	}
	headers := map[string]string{}
	var cookies []string
	for _, v := range c.headers("https", "443") {
		name := strings.ToLower(v.name)
		if name == "cookie" {
			for _, line := range v.values {
				cookies = append(cookies, strings.Split(line, "; ")...)
			}
			if !g.url {
				continue
			}
		}
		headers[name] = strings.Join(v.values, ",")
	}
	var query map[string]string
	for _, v := range c.decodedQuery() {
		if query == nil {
			query = map[string]string{}
		}
		query[v.name] = strings.Join(v.values, ",")
	}
	body, encoded := c.body(c.isText())
	key, parameters := g.route(c.Method, c.path)
	e := map[string]any{
		"version": "2.0", "routeKey": key, "rawPath": path, "rawQueryString": c.query, "headers": headers,
		"requestContext": map[string]any{
			"accountId": account, "apiId": strings.Split(domain, ".")[0], "domainName": domain, "domainPrefix": strings.Split(domain, ".")[0],
			"http":      map[string]string{"method": c.Method, "path": path, "protocol": "HTTP/1.1", "sourceIp": sourceIP, "userAgent": c.header("User-Agent")},
			"requestId": c.id, "routeKey": key, "stage": g.stage,
			"time": c.at.UTC().Format("02/Jan/2006:15:04:05 -0700"), "timeEpoch": c.at.UnixMilli(),
		},
		"isBase64Encoded": encoded,
	}
	if cookies != nil {
		e["cookies"] = cookies
	}
	if query != nil {
		e["queryStringParameters"] = query
	}
	if len(parameters) > 0 {
		e["pathParameters"] = parameters
	}
	if body != "" {
		e["body"] = body
	}
	return e
}

// response ignores multiValueHeaders; JSON without a statusCode is the body of a 200.
func (g *gateway2) response(c *call, response []byte) (*sim.Response, error) {
	var o object
	if err := json.Unmarshal(response, &o); err != nil || o["statusCode"] == nil {
		if !json.Valid(response) {
			return nil, fmt.Errorf("the response is not JSON")
		}
		return withLength(&sim.Response{Status: 200, Header: [][2]string{{"Content-Type", "application/json"}}, Body: response}), nil
	}
	status, err := o.status()
	if err != nil {
		return nil, err
	}
	header, err := o.texts("headers")
	if err != nil {
		return nil, err
	}
	var cookies []string
	if raw := o["cookies"]; raw != nil {
		if err := json.Unmarshal(raw, &cookies); err != nil {
			return nil, fmt.Errorf("cookies: %w", err)
		}
	}
	for _, v := range cookies {
		header = append(header, [2]string{"Set-Cookie", v})
	}
	body, err := o.content(false)
	if err != nil {
		return nil, err
	}
	header = defaultType(header)
	header = append(header, [2]string{"Apigw-Requestid", c.id}, [2]string{"Date", c.at.UTC().Format(time.RFC1123)})
	return withLength(&sim.Response{Status: status, Header: header, Body: body}), nil
}
