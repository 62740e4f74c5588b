package tencent

import (
	"encoding/json"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// decodeAPIGateway reads the http event of an API Gateway trigger: the event of a Function URL with a request context,
// from which the client's address comes, and with isBase64Encoded where the endpoint is configured to encode. Its method
// is the event's, since the context repeats the route's, which may be ANY. The parameters that the gateway split off
// (pathParameters, queryStringParameters, headerParameters) repeat what path, queryString and headers hold.
func decodeAPIGateway(p *platform.Payload) (*web.Request, error) {
	r, err := decodeFunctionURL(p)
	if err != nil {
		return nil, err
	}
	r.RemoteAddr = "" // the header is the client's own here
	err = platform.Members("requestContext", p.Field("requestContext"), func(name string, value json.RawMessage) error {
		if name != "sourceIp" {
			return nil
		}
		s, err := platform.DecodeText("requestContext.sourceIp", value)
		r.RemoteAddr = address(s)
		return err
	})
	return r, err
}
