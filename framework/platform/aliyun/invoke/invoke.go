// Package invoke carries calls between functions on Alibaba Cloud: InvokeFunction of Function Compute 3.0, signed with
// ACS3-HMAC-SHA256. Main hands it over:
//
//	custom.Run(call.With(invoke.New(), app.New))
//
// Credentials are those of the function's role, which FC passes with each invocation; a call outside of one uses those in the
// environment. The role must allow fc:InvokeFunction. FAAS_CALLS_ENDPOINT leads calls elsewhere than to the public endpoint of the
// account: to https://ACCOUNT.REGION-internal.fc.aliyuncs.com for functions without internet access, or to a simulator.
package invoke

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/wire"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/aliyun/sign"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

const (
	maxSync  = 32 << 20 // of a payload
	maxAsync = 128 << 10
	// maxResponse is more than a function can return, for which the vendor documents no limit.
	maxResponse = 33 << 20

	version     = "2023-03-30"
	contentType = "application/octet-stream"
)

// New returns the transport. It looks at the environment when a call is made.
func New() call.Transport { return &transport{} }

type transport struct {
	clock wire.Clock

	mu     sync.Mutex
	client *wire.Client // of the first call
}

// endpoint is the account's. Which one that is FC may say only with the invocation.
func (t *transport) endpoint(inv *aliyun.Invocation) (*wire.Client, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client != nil {
		return t.client, nil
	}
	endpoint := os.Getenv("FAAS_CALLS_ENDPOINT")
	if endpoint == "" {
		account, region := cmp.Or(inv.AccountID, os.Getenv("FC_ACCOUNT_ID")), cmp.Or(inv.Region, os.Getenv("FC_REGION"))
		if account == "" || region == "" {
			return nil, errors.New("neither the invocation nor FC_ACCOUNT_ID and FC_REGION say what account and region these are")
		}
		endpoint = "https://" + account + "." + region + ".fc.aliyuncs.com"
	}
	client, err := wire.New(endpoint, maxResponse)
	t.client = client
	return client, err
}

// credentialsOf are those of the invocation, else those of the environment.
func credentialsOf(inv *aliyun.Invocation) sign.Credentials {
	if c := inv.Credentials; c.AccessKeyID != "" {
		return sign.Credentials{ID: c.AccessKeyID, Secret: c.AccessKeySecret, Token: c.SecurityToken}
	}
	c, _ := sign.FromEnvironment()
	return c
}

// Invoke calls the API once.
func (t *transport) Invoke(ctx context.Context, r *call.Request) ([]byte, error) {
	inv := aliyun.From(ctx)
	if inv == nil {
		inv = &aliyun.Invocation{}
	}
	client, err := t.endpoint(inv)
	if err != nil {
		return nil, &call.Failure{Reason: call.Refused, Err: err}
	}
	kind, limit := "Sync", maxSync
	if r.Async {
		kind, limit = "Async", maxAsync
	}
	if len(r.Body) > limit {
		return nil, &call.Failure{Reason: call.TooLarge, Message: fmt.Sprintf("the call is %d bytes, the limit is %d", len(r.Body), limit)}
	}
	c := credentialsOf(inv)
	if c.ID == "" || c.Secret == "" {
		return nil, &call.Failure{Reason: call.NoCredentials, Message: "FC passed no credentials with the invocation, and there are none in the environment"}
	}
	response, err := client.Do(ctx, t.request(client.Host(), kind, r, c))
	if err != nil {
		return nil, err
	}
	return t.result(response, r.Async, c)
}

// request is the signed request.
func (t *transport) request(host, kind string, r *call.Request, c sign.Credentials) runtimeapi.Request {
	path := string(append(wire.AppendEscaped([]byte("/"+version+"/functions/"), r.Target.Name, ""), "/invocations"...))
	query := ""
	if r.Target.Qualifier != "" {
		query = string(wire.AppendEscaped([]byte("qualifier="), r.Target.Qualifier, ""))
	}
	hash := wire.Hash(r.Body)
	signed := []sign.Header{
		{Name: "content-type", Value: contentType}, {Name: "host", Value: host}, {Name: "x-acs-action", Value: "InvokeFunction"}, {Name: "x-acs-content-sha256", Value: hash},
		{Name: "x-acs-date", Value: t.clock.Now().UTC().Format(sign.Time)}, {Name: "x-acs-security-token", Value: c.Token},
		{Name: "x-acs-signature-nonce", Value: rand.Text()}, {Name: "x-acs-version", Value: version},
	}
	if c.Token == "" {
		signed = append(signed[:5], signed[6:]...)
	}
	fields := make([]runtimeapi.Field, 0, len(signed)+2)
	for _, h := range signed {
		if h.Name != "host" { // which the client sets
			fields = append(fields, runtimeapi.Field{Name: h.Name, Value: h.Value})
		}
	}
	fields = append(fields, runtimeapi.Field{Name: "x-fc-invocation-type", Value: kind}, runtimeapi.Field{Name: "x-fc-log-type", Value: "None"},
		runtimeapi.Field{Name: "Authorization", Value: sign.Authorization(c, "POST", path, query, signed, hash)})
	if query != "" {
		path += "?" + query
	}
	return runtimeapi.Request{Method: "POST", Path: path, Header: fields, Body: r.Body}
}

// result reads the API's response.
func (t *transport) result(r *wire.Response, async bool, c sign.Credentials) ([]byte, error) {
	failed := r.Get("X-Fc-Error-Type")
	switch {
	case r.Status == 202 && async:
		return nil, nil
	case r.Status == 200 && !async && failed == "":
		return r.Body, nil
	case r.Status == 200 && !async:
		return nil, functionError(failed, r.Body)
	}
	return nil, t.refusal(r, c)
}

// functionError is the failure of a function that ran, or was to run.
func functionError(kind string, body []byte) error {
	var doc struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	_ = json.Unmarshal(body, &doc) // anything else says nothing
	f := &call.Failure{Reason: call.Failed, Code: wire.Text(cmp.Or(doc.Type, kind)), Message: wire.Text(doc.Message)}
	if kind == "FunctionTimedOut" || doc.Type == "FunctionTimedOut" {
		f.Reason = call.TimedOut
	}
	return f
}

// refusal is the failure of a call that the API refused.
func (t *transport) refusal(r *wire.Response, c sign.Credentials) error {
	var doc struct {
		Code, ErrorCode, Message, ErrorMessage string // of this version of the API, and of the one before
	}
	_ = json.Unmarshal(r.Body, &doc)
	code := cmp.Or(doc.Code, doc.ErrorCode)
	f := &call.Failure{Reason: call.Refused, Code: wire.Text(cmp.Or(code, fmt.Sprintf("status %d", r.Status))),
		Message: wire.Text(cmp.Or(doc.Message, doc.ErrorMessage), c.Token, c.Secret), After: r.After()}
	switch {
	case r.Status == 404 && strings.HasSuffix(code, "NotFound"):
		f.Reason = call.Gone
	case r.Status == 413:
		f.Reason = call.TooLarge
	case r.Status == 429:
		f.Reason = call.Throttled
	case r.Status == 503, r.Status >= 500 && code != "": // the API's own errors come before the function runs
		f.Reason = call.Unavailable
	case r.Status >= 500:
		f.Reason = call.Broken
	case r.Status >= 200 && r.Status < 300:
		f.Reason = call.BadAnswer
	case (strings.HasPrefix(code, "InvalidTimeStamp") || code == "RequestTimeTooSkewed") && t.clock.Set(r):
		f.Reason = call.Skewed
	}
	return f
}
