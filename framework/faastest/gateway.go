package faastest

import (
	"encoding/json"
	"net/url"
	"strings"
)

// gateway is the event of an API gateway.
func (s *sent) gateway(platform string) ([]byte, error) {
	headers := s.joined()
	if cookies := s.header.Values("Cookie"); len(cookies) > 0 {
		headers["cookie"] = strings.Join(cookies, "; ")
	}
	body, encoded := s.text()
	event := map[string]any{"httpMethod": s.method, "path": s.path, "body": body, "isBase64Encoded": encoded}
	switch platform {
	case AWS: // a REST API, payload format 1.0
		multi, single := map[string][]string{}, map[string]string{}
		for name, value := range headers {
			multi[name] = []string{value}
		}
		for name, values := range s.header {
			if name != "Cookie" {
				multi[strings.ToLower(name)] = values
			}
		}
		query, err := url.ParseQuery(s.query)
		if err != nil {
			return nil, err
		}
		for name, values := range query {
			single[name] = values[len(values)-1]
		}
		event["resource"], event["pathParameters"], event["stageVariables"] = "/{proxy+}", map[string]string{"proxy": strings.TrimPrefix(unescapedPath(s.path), "/")}, nil
		event["headers"], event["multiValueHeaders"] = headers, multi
		event["queryStringParameters"], event["multiValueQueryStringParameters"] = single, query
		event["requestContext"] = map[string]any{
			"accountId": "123456789012", "apiId": "test", "resourcePath": "/{proxy+}", "httpMethod": s.method, "path": "/prod" + s.path, "stage": "prod", "protocol": "HTTP/1.1",
			"requestId": "request-of-the-front", "domainName": s.host, "identity": map[string]string{"sourceIp": clientIP},
		}
	case Tencent:
		event["headers"], event["queryString"] = headers, s.parameters()
		event["pathParameters"], event["headerParameters"], event["queryStringParameters"], event["stageVariables"] = map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
		event["requestContext"] = map[string]any{"serviceId": "service-test", "path": "/", "httpMethod": "ANY", "requestId": "request-of-the-front",
			"identity": map[string]any{}, "sourceIp": clientIP, "stage": "release"}
	case Local:
		return s.local()
	default:
		return nil, unknownPlatform(platform)
	}
	return json.Marshal(event)
}
