package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Invocation is what Lambda says of one call.
type Invocation struct {
	// RequestID is the vendor's id of the call.
	RequestID string
	// Deadline is when Lambda ends the sandbox.
	Deadline time.Time
	// FunctionARN is the function, version or alias that was called.
	FunctionARN string
	// Trace is the X-Ray trace header, empty where tracing is off.
	Trace string
	// Tenant is the tenant's id of functions with tenant isolation.
	Tenant string
	// Event is the payload as it came. It must not be changed.
	Event []byte

	client, identity string
	loop             *loop // that handles it
	posted           posted
}

// posted is what became of a response that its codec has sent itself.
type posted int

const (
	notPosted posted = iota
	accepted
	refused // and logged
)

// ClientContext is what a mobile client says of itself.
type ClientContext struct {
	Client ClientApplication `json:"client"`
	Custom map[string]string `json:"custom"`
	Env    map[string]string `json:"env"`
}

// ClientApplication is the application that called.
type ClientApplication struct {
	InstallationID string `json:"installation_id"`
	AppTitle       string `json:"app_title"`
	AppVersionCode string `json:"app_version_code"`
	AppPackageName string `json:"app_package_name"`
}

// CognitoIdentity is the Amazon Cognito identity that authorised the call.
type CognitoIdentity struct {
	IdentityID     string `json:"cognitoIdentityId"`
	IdentityPoolID string `json:"cognitoIdentityPoolId"`
}

// From returns Lambda's view of the call that ctx belongs to, nil if there is none.
func From(ctx context.Context) *Invocation {
	c := framework.From(ctx)
	if c == nil {
		return nil
	}
	inv, _ := c.Vendor().(*Invocation)
	return inv
}

// ClientContext decodes the client context, nil if the caller sent none. What is in it is the caller's word.
func (i *Invocation) ClientContext() (*ClientContext, error) {
	return decodeHeader[ClientContext](i.client, "client context")
}

// CognitoIdentity decodes the Cognito identity, nil if there is none.
func (i *Invocation) CognitoIdentity() (*CognitoIdentity, error) {
	return decodeHeader[CognitoIdentity](i.identity, "cognito identity")
}

func decodeHeader[T any](value, what string) (*T, error) {
	if value == "" || value == "null" {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal([]byte(value), v); err != nil {
		return nil, fmt.Errorf("decode the %s: %w", what, err)
	}
	return v, nil
}

// traced carries the trace header under the key that the X-Ray SDK looks up in contexts.
type traced struct {
	context.Context
	trace string
}

func (c *traced) Value(key any) any {
	if key == "x-amzn-trace-id" {
		return c.trace
	}
	return c.Context.Value(key)
}
