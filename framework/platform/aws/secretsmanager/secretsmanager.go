// Package secretsmanager reads AWS Secrets Manager: secretsmanager:shop/db is the text of a secret, and secretsmanager:shop/db#password that of
// a member of the JSON object that it is. The ARN of a secret may stand for its name. Main hands it over:
//
//	aws.Run(store.With(app.New, secretsmanager.New()), aws.HTTP())
//
// Each secret is one request, several at a time: a request for several needs a right on all secrets of the account. The role must allow
// secretsmanager:GetSecretValue on them, and kms:Decrypt where a key of the user's own encrypts them.
// AWS_ENDPOINT_URL_SECRETS_MANAGER and AWS_ENDPOINT_URL lead requests elsewhere.
package secretsmanager

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/aws/api"
)

// Scheme is what references begin with.
const Scheme = "secretsmanager"

// New returns the source. It looks at the environment when it reads.
func New() store.Source {
	return source{api.New("secretsmanager", "secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER")}
}

type source struct{ client *api.Client }

// Scheme returns secretsmanager.
func (source) Scheme() string { return Scheme }

// Read reads each secret once, whatever number of its members is wanted.
func (s source) Read(ctx context.Context, names []string) []store.Result {
	var secrets []string
	for _, name := range names {
		if id, _, _ := strings.Cut(name, "#"); !slices.Contains(secrets, id) {
			secrets = append(secrets, id)
		}
	}
	read := store.Each(ctx, secrets, s.read)
	results := make([]store.Result, len(names))
	for i, name := range names {
		id, member, whole := strings.Cut(name, "#")
		results[i] = read[slices.Index(secrets, id)]
		if whole && results[i].Err == nil {
			results[i].Text, results[i].Err = memberOf(results[i].Text, member)
		}
	}
	return results
}

func (s source) read(ctx context.Context, name string) (string, error) {
	var out struct {
		SecretString *string
		SecretBinary []byte
	}
	err := s.client.Do(ctx, "GetSecretValue", map[string]string{"SecretId": name}, &out)
	if err != nil {
		return "", err
	}
	if out.SecretString != nil {
		return *out.SecretString, nil
	}
	return string(out.SecretBinary), nil
}

// memberOf is the text of a member. No error shows what was found.
func memberOf(text, member string) (string, error) {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &object) != nil {
		return "", errors.New("the secret is not a JSON object and has no members")
	}
	raw, ok := object[member]
	if !ok {
		return "", fmt.Errorf("the secret has no member %q", member)
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return "", fmt.Errorf("member %q of the secret cannot be read", member)
	}
	switch v := value.(type) {
	case string:
		return v, nil
	case json.Number, bool:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("member %q of the secret is neither a text nor a number", member)
}
