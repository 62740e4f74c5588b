// Package ssm reads Secrets Manager of Tencent Cloud: ssm:shop-token:v1 is the text of version v1 of a secret. Without a version it is
// SSM_Current, which the vendor documents for the secrets that it rotates. Main hands it over:
//
//	custom.Run(store.With(app.New, ssm.New()), tencent.HTTP())
//
// Each secret is one request, several at a time: the API has none for several secrets. The role must allow ssm:GetSecretValue. FAAS_STORES_ENDPOINT leads requests elsewhere than
// to https://ssm.tencentcloudapi.com: to https://ssm.internal.tencentcloudapi.com for functions without internet access, or to a simulator.
package ssm

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
	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
	"github.com/faasgen/faasgen/framework/platform/tencent/sign"
)

const (
	// Scheme is what references begin with.
	Scheme = "ssm"

	service     = "ssm"
	version     = "2019-09-23"
	action      = "GetSecretValue"
	contentType = "application/json; charset=utf-8"
	// current is the version of a reference without one.
	current = "SSM_Current"
	// maxResponse has room for a secret of 64 KB as text in JSON, where a character may take six.
	maxResponse = 512 << 10
)

// New returns the source. It looks at the environment when it reads.
func New() store.Source {
	return &source{client: sync.OnceValues(func() (*wire.Client, error) {
		return wire.New(cmp.Or(os.Getenv("FAAS_STORES_ENDPOINT"), "https://ssm.tencentcloudapi.com"), maxResponse)
	})}
}

type source struct {
	client func() (*wire.Client, error)
	signer sign.Signer
	clock  wire.Clock
}

// Scheme returns ssm.
func (*source) Scheme() string { return Scheme }

// Read reads each secret with a request of its own.
func (s *source) Read(ctx context.Context, names []string) []store.Result {
	return store.Each(ctx, names, func(ctx context.Context, name string) (text string, err error) {
		err = store.Request(ctx, func() error {
			text, err = s.send(ctx, name)
			return err
		})
		return text, err
	})
}

func (s *source) send(ctx context.Context, name string) (string, error) {
	client, err := s.client()
	region := os.Getenv("TENCENTCLOUD_REGION")
	if region == "" && err == nil {
		err = errors.New("TENCENTCLOUD_REGION is not set")
	}
	if err != nil {
		return "", &call.Failure{Reason: call.Refused, Err: err}
	}
	c, ok := sign.FromEnvironment()
	if !ok {
		return "", &call.Failure{Reason: call.NoCredentials, Message: "TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY are not set"}
	}
	name, of, _ := strings.Cut(name, ":")
	body, err := json.Marshal(map[string]string{"SecretName": name, "VersionId": cmp.Or(of, current)})
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	fields := []runtimeapi.Field{
		{Name: "Content-Type", Value: contentType}, {Name: "X-TC-Action", Value: action}, {Name: "X-TC-Version", Value: version},
		{Name: "X-TC-Timestamp", Value: strconv.FormatInt(now.Unix(), 10)}, {Name: "X-TC-Region", Value: region},
		{Name: "Authorization", Value: s.signer.Authorization(c, service, contentType, client.Host(), action, now, body)}, {Name: "X-TC-Token", Value: c.Token},
	}
	if c.Token == "" {
		fields = fields[:len(fields)-1]
	}
	r, err := client.Do(ctx, runtimeapi.Request{Method: "POST", Path: "/", Header: fields, Body: body})
	if err != nil {
		return "", err
	}
	return s.result(r, c)
}

// result reads the API's response, whose status is 200 for errors, too.
func (s *source) result(r *wire.Response, c sign.Credentials) (string, error) {
	var doc struct {
		Response *struct {
			Error        *struct{ Code, Message string }
			SecretString string
			SecretBinary []byte
		}
	}
	bad := json.Unmarshal(r.Body, &doc) != nil || doc.Response == nil
	switch {
	case r.Status == 429:
		return "", &call.Failure{Reason: call.Throttled, Code: "status 429", After: r.After()}
	case r.Status >= 500:
		return "", &call.Failure{Reason: call.Unavailable, Code: fmt.Sprintf("status %d", r.Status), After: r.After()}
	case r.Status != 200:
		return "", &call.Failure{Reason: call.Refused, Code: fmt.Sprintf("status %d", r.Status)}
	case bad:
		return "", &call.Failure{Reason: call.BadAnswer, Err: fmt.Errorf("found %d bytes, expected a JSON object with a Response", len(r.Body))}
	case doc.Response.Error != nil:
		return "", s.refusal(r, doc.Response.Error.Code, doc.Response.Error.Message, c)
	case doc.Response.SecretString != "":
		return doc.Response.SecretString, nil
	}
	return string(doc.Response.SecretBinary), nil
}

// refusal is the failure of a request that the API refused.
func (s *source) refusal(r *wire.Response, code, message string, c sign.Credentials) error {
	f := &call.Failure{Reason: call.Refused, Code: wire.Text(code), Message: wire.Text(message, c.Token, c.Secret)}
	kind, _, _ := strings.Cut(code, ".")
	switch {
	case kind == "UnauthorizedOperation" || strings.HasPrefix(code, "AuthFailure.UnauthorizedOperation"):
		f.Err = store.ErrDenied
	case kind == "ResourceNotFound":
		f.Reason = call.Gone
	case kind == "RequestLimitExceeded" || kind == "LimitExceeded":
		f.Reason = call.Throttled
	case kind == "InternalError":
		f.Reason = call.Unavailable
	case code == "AuthFailure.SignatureExpire" && s.clock.Set(r):
		f.Reason = call.Skewed
	}
	return f
}
