// Package api sends requests of AWS's JSON protocol, version 1.1, signed with the credentials of the function's role. It serves the
// stores of secrets; calls of functions have another protocol, in package invoke.
package api

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
	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/aws/sign"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

const (
	contentType = "application/x-amz-json-1.1"
	// maxResponse has room for ten parameters of 8 KB, or a secret of 64 KB, as text in JSON, where a character may take six.
	maxResponse = 1 << 20
)

// Client sends requests to one service. It is used by several goroutines at once.
type Client struct {
	service, target string
	client          func() (*wire.Client, error)
	region          string
	signer          sign.Signer
	clock           wire.Clock
}

// New returns a client that looks at the environment when a request is sent. Service is the word of signatures and host names, target that
// of X-Amz-Target, and variable the one that leads requests elsewhere, as AWS_ENDPOINT_URL does.
func New(service, target, variable string) *Client {
	c := &Client{service: service, target: target}
	c.client = sync.OnceValues(func() (*wire.Client, error) {
		c.region = cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
		if c.region == "" {
			return nil, errors.New("AWS_REGION is not set")
		}
		endpoint := ""
		if os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true" {
			endpoint = cmp.Or(os.Getenv(variable), os.Getenv("AWS_ENDPOINT_URL"))
		}
		if endpoint == "" {
			endpoint = "https://" + service + "." + c.region + ".amazonaws.com"
			if strings.HasPrefix(c.region, "cn-") {
				endpoint += ".cn"
			}
		}
		return wire.New(endpoint, maxResponse)
	})
	return c
}

// Do sends a request and reads the response into out. Its errors are those of [store.Request].
func (c *Client) Do(ctx context.Context, action string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return store.Request(ctx, func() error { return c.send(ctx, action, body, out) })
}

func (c *Client) send(ctx context.Context, action string, body []byte, out any) error {
	client, err := c.client()
	if err != nil {
		return &call.Failure{Reason: call.Refused, Err: err}
	}
	credentials, ok := sign.FromEnvironment()
	if !ok {
		return &call.Failure{Reason: call.NoCredentials, Message: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"}
	}
	r, err := client.Do(ctx, c.request(client.Host(), action, body, credentials))
	if err != nil {
		return err
	}
	if r.Status != 200 {
		return c.refusal(r, credentials)
	}
	if json.Unmarshal(r.Body, out) != nil { // whose error may show what is in it
		return &call.Failure{Reason: call.BadAnswer, Err: fmt.Errorf("found %d bytes, expected a JSON object", len(r.Body))}
	}
	return nil
}

// request is the signed request.
func (c *Client) request(host, action string, body []byte, credentials sign.Credentials) runtimeapi.Request {
	now := c.clock.Now()
	signed := []sign.Header{
		{Name: "content-type", Value: contentType}, {Name: "host", Value: host}, {Name: "x-amz-date", Value: now.UTC().Format(sign.Time)},
		{Name: "x-amz-security-token", Value: credentials.Token}, {Name: "x-amz-target", Value: c.target + "." + action},
	}
	if credentials.Token == "" {
		signed = append(signed[:3], signed[4])
	}
	var fields []runtimeapi.Field
	for _, h := range signed {
		if h.Name != "host" { // which the client sets
			fields = append(fields, runtimeapi.Field{Name: h.Name, Value: h.Value})
		}
	}
	r := &sign.Request{Method: "POST", Path: "/", Headers: signed, Body: body}
	fields = append(fields, runtimeapi.Field{Name: "Authorization", Value: c.signer.Authorization(credentials, c.region, c.service, now, r)})
	return runtimeapi.Request{Method: "POST", Path: "/", Header: fields, Body: body}
}

// refusal is the failure of a request that the service refused.
func (c *Client) refusal(r *wire.Response, credentials sign.Credentials) error {
	var doc struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(r.Body, &doc) // both ways of writing Message
	_, kind, ok := strings.Cut(doc.Type, "#")
	if !ok {
		kind = doc.Type
	}
	if kind == "" {
		kind, _, _ = strings.Cut(r.Get("X-Amzn-Errortype"), ":")
	}
	f := &call.Failure{
		Reason: call.Refused, Code: wire.Text(cmp.Or(kind, fmt.Sprintf("status %d", r.Status))),
		Message: wire.Text(doc.Message, credentials.Token, credentials.Secret), After: r.After(),
	}
	switch {
	case kind == "AccessDeniedException":
		f.Err = store.ErrDenied
	case strings.HasSuffix(kind, "NotFoundException") || kind == "ParameterNotFound":
		f.Reason = call.Gone
	case r.Status == 429, kind == "ThrottlingException", kind == "TooManyRequestsException", kind == "RequestLimitExceeded":
		f.Reason = call.Throttled
	case r.Status >= 500:
		f.Reason = call.Unavailable
	case skewed(kind, doc.Message) && c.clock.Set(r):
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
