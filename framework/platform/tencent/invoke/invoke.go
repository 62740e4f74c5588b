// Package invoke carries calls between functions on Tencent Cloud: InvokeFunction of SCF, and Invoke for asynchronous calls, signed
// with TC3-HMAC-SHA256. Main hands it over:
//
//	custom.Run(call.With(invoke.New(), app.New), tencent.HTTP())
//
// Region and credentials are those that SCF sets for the function's role, which must allow scf:InvokeFunction and scf:Invoke. A web
// function can call and cannot be called. FAAS_CALLS_ENDPOINT leads calls elsewhere than to https://scf.tencentcloudapi.com: to
// https://scf.internal.tencentcloudapi.com for functions without internet access, or to a simulator.
package invoke

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/wire"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
	"github.com/faasgen/faasgen/framework/platform/tencent/sign"
)

const (
	maxSync  = 6 << 20 // of a payload
	maxAsync = 128 << 10
	// maxResponse has room for the 6 MB that a function may return, as text in JSON, where a character may take six.
	maxResponse = 6*(6<<20) + 64<<10

	service     = "scf"
	version     = "2018-04-16"
	contentType = "application/json; charset=utf-8"
)

// New returns the transport. It looks at the environment when a call is made.
func New() call.Transport {
	t := &transport{}
	t.client = sync.OnceValues(func() (*wire.Client, error) {
		return wire.New(cmp.Or(os.Getenv("FAAS_CALLS_ENDPOINT"), "https://scf.tencentcloudapi.com"), maxResponse)
	})
	return t
}

type transport struct {
	client func() (*wire.Client, error)
	signer sign.Signer
	clock  wire.Clock
}

// Invoke calls the API once.
func (t *transport) Invoke(ctx context.Context, r *call.Request) ([]byte, error) {
	client, err := t.client()
	region := os.Getenv("TENCENTCLOUD_REGION")
	if region == "" && err == nil {
		err = errors.New("TENCENTCLOUD_REGION is not set")
	}
	if err != nil {
		return nil, &call.Failure{Reason: call.Refused, Err: err}
	}
	limit := maxSync
	if r.Async {
		limit = maxAsync
	}
	if len(r.Body) > limit {
		return nil, &call.Failure{Reason: call.TooLarge, Message: fmt.Sprintf("the call is %d bytes, the limit is %d", len(r.Body), limit)}
	}
	c, ok := sign.FromEnvironment()
	if !ok {
		return nil, &call.Failure{Reason: call.NoCredentials, Message: "TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY are not set"}
	}
	response, err := client.Do(ctx, t.request(client.Host(), region, r, c))
	if err != nil {
		return nil, err
	}
	return t.result(response, r.Async, c)
}

// request is the signed request.
func (t *transport) request(host, region string, r *call.Request, c sign.Credentials) runtimeapi.Request {
	action, b := "InvokeFunction", make([]byte, 0, len(r.Body)+len(r.Body)/4+300)
	if r.Async {
		action = "Invoke"
	}
	namespace, name, ok := strings.Cut(r.Target.Name, "/")
	if !ok {
		namespace, name = os.Getenv("SCF_NAMESPACE"), r.Target.Name
	}
	b = appendText(append(b, `{"FunctionName":`...), name)
	if namespace != "" {
		b = appendText(append(b, `,"Namespace":`...), namespace)
	}
	if r.Target.Qualifier != "" {
		b = appendText(append(b, `,"Qualifier":`...), r.Target.Qualifier)
	}
	if r.Async {
		b = append(b, `,"InvocationType":"Event","ClientContext":`...)
	} else {
		b = append(b, `,"Event":`...)
	}
	b = append(appendText(b, r.Body), '}')

	now := t.clock.Now()
	fields := []runtimeapi.Field{
		{Name: "Content-Type", Value: contentType}, {Name: "X-TC-Action", Value: action}, {Name: "X-TC-Version", Value: version},
		{Name: "X-TC-Timestamp", Value: strconv.FormatInt(now.Unix(), 10)}, {Name: "X-TC-Region", Value: region},
		{Name: "Authorization", Value: t.signer.Authorization(c, service, contentType, host, action, now, b)}, {Name: "X-TC-Token", Value: c.Token},
	}
	if c.Token == "" {
		fields = fields[:len(fields)-1]
	}
	return runtimeapi.Request{Method: "POST", Path: "/", Header: fields, Body: b}
}

// appendText writes text as a JSON string.
func appendText[T string | []byte](b []byte, text T) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// response is that of both calls.
type response struct {
	Response *struct {
		Error  *struct{ Code, Message string }
		Result *struct {
			InvokeResult int
			ErrMsg       string
			RetMsg       string
		}
		RequestID string `json:"RequestId"`
	}
}

// result reads the API's response, whose status is 200 for errors, too.
func (t *transport) result(r *wire.Response, async bool, c sign.Credentials) ([]byte, error) {
	var doc response
	bad := json.Unmarshal(r.Body, &doc)
	switch {
	case r.Status != 200 || bad != nil || doc.Response == nil:
		f := &call.Failure{Reason: call.Refused, Code: fmt.Sprintf("status %d", r.Status), After: r.After()}
		switch {
		case r.Status == 429:
			f.Reason = call.Throttled
		case r.Status == 413:
			f.Reason = call.TooLarge
		case r.Status == 503:
			f.Reason = call.Unavailable
		case r.Status >= 500:
			f.Reason = call.Broken
		case r.Status < 300:
			f.Reason, f.Err = call.BadAnswer, fmt.Errorf("found %d bytes, expected a JSON object with a Response", len(r.Body))
		}
		return nil, f
	case doc.Response.Error != nil:
		return nil, t.refusal(r, doc.Response.Error.Code, doc.Response.Error.Message, c)
	case async:
		return nil, nil
	case doc.Response.Result == nil:
		return nil, &call.Failure{Reason: call.BadAnswer, Err: errors.New("found a response without a result")}
	case doc.Response.Result.InvokeResult != 0 || doc.Response.Result.ErrMsg != "":
		return nil, functionError(doc.Response.Result.InvokeResult, doc.Response.Result.ErrMsg)
	}
	return []byte(doc.Response.Result.RetMsg), nil
}

// functionError is the failure of a function that ran, or was to run.
func functionError(code int, message string) error {
	f := &call.Failure{Reason: call.Failed, Code: strconv.Itoa(code), Message: wire.Text(message)}
	const timeLimit = 433
	if code == timeLimit || strings.Contains(message, "TimeLimitReached") || strings.Contains(message, "timed out") {
		f.Reason = call.TimedOut
	}
	return f
}

// refusal is the failure of a call that the API refused.
func (t *transport) refusal(r *wire.Response, code, message string, c sign.Credentials) error {
	f := &call.Failure{Reason: call.Refused, Code: wire.Text(code), Message: wire.Text(message, c.Token, c.Secret)}
	is := func(words ...string) bool {
		for _, w := range words {
			if code == w || strings.HasPrefix(code, w+".") {
				return true
			}
		}
		return false
	}
	switch {
	case is("ResourceNotFound"):
		f.Reason = call.Gone
	case is("RequestSizeLimitExceeded"):
		f.Reason = call.TooLarge
	case is("LimitExceeded", "RequestLimitExceeded", "ResourceInsufficient"):
		f.Reason = call.Throttled
	case is("InternalError", "ResourceUnavailable"):
		f.Reason = call.Unavailable
	case is("AuthFailure.SignatureExpire") && t.clock.Set(r):
		f.Reason = call.Skewed
	}
	return f
}
