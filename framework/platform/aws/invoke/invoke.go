// Package invoke carries calls between functions on AWS: the Invoke API of Lambda, signed with version 4. Main hands it over:
//
//	aws.Run(call.With(invoke.New(), app.New), aws.HTTP())
//
// Region and credentials are those that Lambda sets for the function's role, which must allow lambda:InvokeFunction.
// AWS_ENDPOINT_URL_LAMBDA and AWS_ENDPOINT_URL lead calls elsewhere, as for the vendor's own clients.
package invoke

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/wire"
	"github.com/faasgen/faasgen/framework/platform/aws/sign"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

const (
	maxSync  = 6 << 20 // of a payload
	maxAsync = 1 << 20
	// maxResponse is what a function may return.
	maxResponse = 6<<20 + 100
)

// New returns the transport. It looks at the environment when a call is made.
func New() call.Transport {
	t := &transport{}
	t.client = sync.OnceValues(func() (*wire.Client, error) {
		t.region = cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
		endpoint := ""
		if os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true" {
			endpoint = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_LAMBDA"), os.Getenv("AWS_ENDPOINT_URL"))
		}
		if t.region == "" {
			return nil, errors.New("AWS_REGION is not set")
		}
		if endpoint == "" {
			endpoint = "https://lambda." + t.region + ".amazonaws.com"
			if strings.HasPrefix(t.region, "cn-") {
				endpoint += ".cn"
			}
		}
		return wire.New(endpoint, maxResponse)
	})
	return t
}

type transport struct {
	client func() (*wire.Client, error)
	region string
	signer sign.Signer
	clock  wire.Clock
}

// Invoke calls the API once.
func (t *transport) Invoke(ctx context.Context, r *call.Request) ([]byte, error) {
	client, err := t.client()
	if err != nil {
		return nil, &call.Failure{Reason: call.Refused, Err: err}
	}
	kind, limit := "RequestResponse", maxSync
	if r.Async {
		kind, limit = "Event", maxAsync
	}
	if len(r.Body) > limit {
		return nil, &call.Failure{Reason: call.TooLarge, Message: fmt.Sprintf("the call is %d bytes, the limit is %d", len(r.Body), limit)}
	}
	c, ok := sign.FromEnvironment()
	if !ok {
		return nil, &call.Failure{Reason: call.NoCredentials, Message: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"}
	}
	response, err := client.Do(ctx, t.request(client.Host(), kind, r, c))
	if err != nil {
		return nil, err
	}
	return t.result(response, r.Async, c)
}

// request is the signed request.
func (t *transport) request(host, kind string, r *call.Request, c sign.Credentials) runtimeapi.Request {
	path := string(append(wire.AppendEscaped([]byte("/2015-03-31/functions/"), r.Target.Name, ""), "/invocations"...))
	query := ""
	if r.Target.Qualifier != "" {
		query = string(wire.AppendEscaped([]byte("Qualifier="), r.Target.Qualifier, ""))
	}
	now := t.clock.Now()
	stamp := now.UTC().Format(sign.Time)
	signed := []sign.Header{{Name: "content-type", Value: "application/json"}, {Name: "host", Value: host}, {Name: "x-amz-date", Value: stamp}, {Name: "x-amz-invocation-type", Value: kind}, {Name: "x-amz-security-token", Value: c.Token}}
	if c.Token == "" {
		signed = signed[:len(signed)-1]
	}
	fields := make([]runtimeapi.Field, 0, 6)
	for _, h := range signed {
		if h.Name != "host" { // which the client sets
			fields = append(fields, runtimeapi.Field{Name: h.Name, Value: h.Value})
		}
	}
	fields = append(fields, runtimeapi.Field{Name: "Authorization", Value: t.signer.Authorization(c, t.region, "lambda", now, &sign.Request{Method: "POST", Path: path, Query: query, Headers: signed, Body: r.Body})})
	if strings.HasPrefix(r.Trace, "Root=") {
		fields = append(fields, runtimeapi.Field{Name: "X-Amzn-Trace-Id", Value: r.Trace})
	}
	if query != "" {
		path += "?" + query
	}
	return runtimeapi.Request{Method: "POST", Path: path, Header: fields, Body: r.Body}
}

// result reads the API's response.
func (t *transport) result(r *wire.Response, async bool, c sign.Credentials) ([]byte, error) {
	switch {
	case r.Status == 202 && async:
		return nil, nil
	case r.Status == 200 && !async && r.Get("X-Amz-Function-Error") == "":
		return r.Body, nil
	case r.Status == 200 && !async:
		return nil, functionError(r.Body)
	}
	return nil, t.refusal(r, c)
}

// functionError is the failure of a function that ran, or was to run.
func functionError(body []byte) error {
	var doc struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	_ = json.Unmarshal(body, &doc) // anything else says nothing
	f := &call.Failure{Reason: call.Failed, Code: wire.Text(doc.Type), Message: wire.Text(doc.Message)}
	if doc.Type == "Sandbox.Timedout" || doc.Type == "" && strings.Contains(doc.Message, "Task timed out after") {
		f.Reason = call.TimedOut
	}
	return f
}

// refusal is the failure of a call that the API refused.
func (t *transport) refusal(r *wire.Response, c sign.Credentials) error {
	var doc struct {
		Type    string `json:"Type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(r.Body, &doc) // both ways of writing Message
	kind, _, _ := strings.Cut(r.Get("X-Amzn-Errortype"), ":")
	f := &call.Failure{Reason: call.Refused, Code: wire.Text(cmp.Or(kind, doc.Type, fmt.Sprintf("status %d", r.Status))), Message: wire.Text(doc.Message, c.Token, c.Secret), After: r.After()}
	switch {
	case r.Status == 404 && kind == "ResourceNotFoundException":
		f.Reason = call.Gone
	case r.Status == 413:
		f.Reason = call.TooLarge
	case r.Status == 429:
		f.Reason = call.Throttled
	case r.Status == 503, r.Status >= 500 && kind != "": // the API's own errors come before the function runs
		f.Reason = call.Unavailable
	case r.Status >= 500:
		f.Reason = call.Broken // something on the way, which may not have the response only
	case r.Status >= 200 && r.Status < 300:
		f.Reason = call.BadAnswer
	case skewed(kind, doc.Message) && t.clock.Set(r):
		f.Reason = call.Skewed
	}
	return f
}

// skewed reports whether a signature was refused for its time.
func skewed(kind, message string) bool {
	switch kind {
	case "RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture":
		return true
	case "InvalidSignatureException", "SignatureDoesNotMatch":
		return strings.Contains(message, "Signature expired") || strings.Contains(message, "Signature not yet current")
	}
	return false
}
