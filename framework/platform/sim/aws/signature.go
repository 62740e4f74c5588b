package aws

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// verify checks the signature of a request as the document "Signature Version 4" describes it, step by step. It shares nothing with
// what makes signatures: a mistake there must not be mirrored here. Service is the word in the scope. It returns the type of the error and its message.
func verify(r *http.Request, service string, body []byte, now time.Time) (kind, message string) {
	const mismatch = "InvalidSignatureException"
	words, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return "MissingAuthenticationTokenException", "Missing Authentication Token"
	}
	parts := map[string]string{}
	for word := range strings.SplitSeq(words, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(word), "=")
		parts[name] = value
	}
	scope := strings.Split(parts["Credential"], "/")
	if len(scope) != 5 || scope[4] != "aws4_request" {
		return "IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements"
	}
	if r.Header.Get("X-Amz-Security-Token") != sessionToken || scope[0] != keyID {
		return "UnrecognizedClientException", "The security token included in the request is invalid."
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	switch {
	case err != nil || at.Format("20060102") != scope[1]:
		return mismatch, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
	case scope[2] != region || scope[3] != service:
		return mismatch, "Credential should be scoped to a valid region and correct service: '" + service + "'."
	case at.Before(now.Add(-5 * time.Minute)):
		return mismatch, fmt.Sprintf("Signature expired: %s is now earlier than %s", at.Format("20060102T150405Z"), now.UTC().Add(-5*time.Minute).Format("20060102T150405Z"))
	case at.After(now.Add(5 * time.Minute)):
		return mismatch, fmt.Sprintf("Signature not yet current: %s is still later than %s", at.Format("20060102T150405Z"), now.UTC().Add(5*time.Minute).Format("20060102T150405Z"))
	}
	names := strings.Split(parts["SignedHeaders"], ";")
	if !slices.IsSorted(names) || !slices.Contains(names, "host") {
		return mismatch, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
	}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(names, name) {
			return mismatch, "The header " + name + " is not signed"
		}
	}
	// Task 1: the canonical request.
	var canonical strings.Builder
	canonical.WriteString(r.Method + "\n")
	for i, segment := range strings.Split(r.URL.EscapedPath(), "/") {
		if i > 0 {
			canonical.WriteString("/")
		}
		canonical.WriteString(strings.ReplaceAll(url.QueryEscape(segment), "+", "%20"))
	}
	var query []string
	for name, values := range r.URL.Query() {
		for _, v := range values {
			query = append(query, strings.ReplaceAll(url.QueryEscape(name)+"="+url.QueryEscape(v), "+", "%20"))
		}
	}
	slices.Sort(query)
	canonical.WriteString("\n" + strings.Join(query, "&") + "\n")
	for _, name := range names {
		value := r.Host
		if name != "host" {
			value = strings.Join(r.Header.Values(name), ",")
		}
		canonical.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	fmt.Fprintf(&canonical, "\n%s\n%x", parts["SignedHeaders"], sha256.Sum256(body))
	// Task 2: the string to sign. Task 3: the signature.
	toSign := fmt.Sprintf("AWS4-HMAC-SHA256\n%s\n%s\n%x", r.Header.Get("X-Amz-Date"), strings.Join(scope[1:], "/"), sha256.Sum256([]byte(canonical.String())))
	key := []byte("AWS4" + secretKey)
	for _, text := range append(slices.Clone(scope[1:]), toSign) {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		key = h.Sum(nil)
	}
	if hex.EncodeToString(key) != parts["Signature"] {
		// The vendor repeats what it signed, the token among it.
		return mismatch, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.\n\nThe Canonical String for this request should have been\n'" + canonical.String() + "'"
	}
	return "", ""
}
