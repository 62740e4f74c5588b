// Package ssm reads the Parameter Store of AWS Systems Manager: ssm:/shop/prod/token is the text of a parameter, decrypted if it is a
// SecureString. A version or label may follow, ssm:/shop/prod/token:3, and an ARN may stand for the name. Main hands it over:
//
//	aws.Run(store.With(app.New, ssm.New()), aws.HTTP())
//
// Ten parameters are one request. The role must allow ssm:GetParameters on them, and kms:Decrypt where a key of the user's own encrypts
// them. AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL lead requests elsewhere.
package ssm

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/aws/api"
)

// Scheme is what references begin with.
const Scheme = "ssm"

// maxNames is how many parameters a request may name.
const maxNames = 10

// New returns the source. It looks at the environment when it reads.
func New() store.Source { return source{api.New("ssm", "AmazonSSM", "AWS_ENDPOINT_URL_SSM")} }

type source struct{ client *api.Client }

// Scheme returns ssm.
func (source) Scheme() string { return Scheme }

// Read sends as few requests as there can be, all at once.
func (s source) Read(ctx context.Context, names []string) []store.Result {
	results := make([]store.Result, len(names))
	var all sync.WaitGroup
	at := 0
	for part := range slices.Chunk(names, maxNames) {
		into := results[at : at+len(part)]
		at += len(part)
		all.Go(func() { s.read(ctx, part, into) })
	}
	all.Wait()
	return results
}

type request struct {
	Names          []string
	WithDecryption bool
}

type response struct {
	Parameters []struct {
		Name, ARN, Value string
		// Selector is the version or label of the request, with its colon.
		Selector string
	}
	InvalidParameters []string
}

// read sends one request.
func (s source) read(ctx context.Context, names []string, into []store.Result) {
	var out response
	if err := s.client.Do(ctx, "GetParameters", request{names, true}, &out); err != nil {
		for i := range into {
			into[i].Err = err
		}
		return
	}
	texts := map[string]string{}
	for _, p := range out.Parameters {
		texts[p.Name+p.Selector], texts[p.ARN+p.Selector] = p.Value, p.Value
	}
	for i, name := range names {
		text, ok := texts[name]
		switch {
		case ok:
			into[i].Text = text
		case slices.Contains(out.InvalidParameters, name):
			into[i].Err = errors.New("there is no such parameter")
		default:
			into[i].Err = errors.New("the store did not answer for it")
		}
	}
}
