// Package kms reads the secrets of Key Management Service on Alibaba Cloud: kms:shop/token is the text of the current version of a secret.
// Main hands it over:
//
//	custom.Run(store.With(app.New, kms.New()))
//
// Each secret is one request, several at a time: the API has none for several secrets. Credentials are those of the function's role in the environment: at the cold start there
// is no invocation yet that has others. The role must allow kms:GetSecretValue, and kms:Decrypt on the key that encrypts the secret.
// FAAS_STORES_ENDPOINT leads requests elsewhere than to https://kms.REGION.aliyuncs.com: to https://kms-vpc.REGION.aliyuncs.com for functions
// without internet access, or to a simulator.
package kms

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/wire"
	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/aliyun/sign"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

const (
	// Scheme is what references begin with.
	Scheme = "kms"

	version = "2016-01-20"
	action  = "GetSecretValue"
	// maxResponse has room for a secret of 30 KB as text in JSON, where a character may take six.
	maxResponse = 512 << 10
)

// New returns the source. It looks at the environment when it reads.
func New() store.Source {
	return &source{client: sync.OnceValues(func() (*wire.Client, error) {
		endpoint := os.Getenv("FAAS_STORES_ENDPOINT")
		if endpoint == "" {
			region := os.Getenv("FC_REGION")
			if region == "" {
				return nil, errors.New("FC_REGION is not set")
			}
			endpoint = "https://kms." + region + ".aliyuncs.com"
		}
		return wire.New(endpoint, maxResponse)
	})}
}

type source struct {
	client func() (*wire.Client, error)
	clock  wire.Clock
}

// Scheme returns kms.
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
	if err != nil {
		return "", &call.Failure{Reason: call.Refused, Err: err}
	}
	c, ok := sign.FromEnvironment()
	if !ok {
		return "", &call.Failure{Reason: call.NoCredentials, Message: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are not set"}
	}
	r, err := client.Do(ctx, s.request(client.Host(), name, c))
	if err != nil {
		return "", err
	}
	return s.result(r, c)
}

// request is the signed request.
func (s *source) request(host, name string, c sign.Credentials) runtimeapi.Request {
	query := string(wire.AppendEscaped([]byte("SecretName="), name, ""))
	hash := wire.Hash(nil)
	signed := []sign.Header{
		{Name: "host", Value: host}, {Name: "x-acs-action", Value: action}, {Name: "x-acs-content-sha256", Value: hash},
		{Name: "x-acs-date", Value: s.clock.Now().UTC().Format(sign.Time)}, {Name: "x-acs-security-token", Value: c.Token},
		{Name: "x-acs-signature-nonce", Value: rand.Text()}, {Name: "x-acs-version", Value: version},
	}
	if c.Token == "" {
		signed = append(signed[:4], signed[5:]...)
	}
	var fields []runtimeapi.Field
	for _, h := range signed[1:] { // host is what the client sets
		fields = append(fields, runtimeapi.Field{Name: h.Name, Value: h.Value})
	}
	fields = append(fields, runtimeapi.Field{Name: "Authorization", Value: sign.Authorization(c, "POST", "/", query, signed, hash)})
	return runtimeapi.Request{Method: "POST", Path: "/?" + query, Header: fields}
}

// result reads the API's response.
func (s *source) result(r *wire.Response, c sign.Credentials) (string, error) {
	if r.Status != 200 {
		return "", s.refusal(r, c)
	}
	var doc struct{ SecretData, SecretDataType string }
	if json.Unmarshal(r.Body, &doc) != nil { // whose error may show what is in it
		return "", &call.Failure{Reason: call.BadAnswer, Err: fmt.Errorf("found %d bytes, expected a JSON object", len(r.Body))}
	}
	if doc.SecretDataType != "binary" {
		return doc.SecretData, nil
	}
	text, err := base64.StdEncoding.DecodeString(doc.SecretData)
	if err != nil { // which quotes a byte of it
		return "", &call.Failure{Reason: call.BadAnswer, Err: errors.New("found a binary secret that is not base64")}
	}
	return string(text), nil
}

// refusal is the failure of a request that the API refused.
func (s *source) refusal(r *wire.Response, c sign.Credentials) error {
	var doc struct{ Code, Message string }
	_ = json.Unmarshal(r.Body, &doc) // anything else says nothing
	f := &call.Failure{
		Reason: call.Refused, Code: wire.Text(cmp.Or(doc.Code, fmt.Sprintf("status %d", r.Status))),
		Message: wire.Text(doc.Message, c.Token, c.Secret), After: r.After(),
	}
	switch {
	case strings.HasSuffix(doc.Code, "ResourceNotFound"):
		f.Reason = call.Gone
	case strings.HasPrefix(doc.Code, "Forbidden.") || doc.Code == "NoPermission":
		f.Err = store.ErrDenied
	case r.Status == 429, strings.Contains(doc.Code, "Throttling"):
		f.Reason = call.Throttled
	case r.Status >= 500:
		f.Reason = call.Unavailable
	case (strings.HasPrefix(doc.Code, "InvalidTimeStamp") || doc.Code == "RequestTimeTooSkewed") && s.clock.Set(r):
		f.Reason = call.Skewed
	}
	return f
}
