package tencent

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// verify checks the signature of a request as the document "Signature v3" describes it. It shares nothing with what makes
// signatures: a mistake there must not be mirrored here. Service and version are those of the API. It returns the code and message of the refusal.
func verify(r *http.Request, service, version string, body []byte, now time.Time) (code, message string) {
	words, ok := strings.CutPrefix(r.Header.Get("Authorization"), "TC3-HMAC-SHA256 ")
	parts := map[string]string{}
	for word := range strings.SplitSeq(words, ", ") {
		name, value, _ := strings.Cut(word, "=")
		parts[name] = value
	}
	scope := strings.Split(parts["Credential"], "/")
	if !ok || len(scope) != 4 || scope[3] != "tc3_request" {
		return "AuthFailure.InvalidAuthorization", "The Authorization header is malformed."
	}
	h := r.Header
	seconds, err := strconv.ParseInt(h.Get("X-TC-Timestamp"), 10, 64)
	at := time.Unix(seconds, 0).UTC()
	switch {
	case r.Method != "POST" || r.URL.Path != "/" || r.URL.RawQuery != "":
		return "UnsupportedProtocol", "expected a POST of the root"
	case h.Get("X-TC-Version") != version:
		return "NoSuchVersion", "the version does not exist"
	case h.Get("X-TC-Region") != region:
		return "UnsupportedRegion", "the region is not supported"
	case scope[0] != keyID:
		return "AuthFailure.SecretIdNotFound", "The SecretId is not found."
	case h.Get("X-TC-Token") != sessionToken:
		return "AuthFailure.TokenFailure", "The token is wrong."
	case err != nil || at.Before(now.Add(-5*time.Minute)) || at.After(now.Add(5*time.Minute)):
		return "AuthFailure.SignatureExpire", "The provided credentials are not valid because the timestamp is too old or too new."
	case scope[1] != at.Format("2006-01-02") || scope[2] != service:
		return "AuthFailure.SignatureFailure", "Date or service in Credential are not those of the request."
	}
	names := strings.Split(parts["SignedHeaders"], ";")
	if !slices.IsSorted(names) || !slices.Contains(names, "host") || !slices.Contains(names, "content-type") {
		return "AuthFailure.SignatureFailure", "host and content-type have to be signed."
	}
	// Step 1: the canonical request.
	text := "POST\n/\n\n"
	for _, name := range names {
		value := h.Get(name)
		if name == "host" {
			value = r.Host
		}
		text += name + ":" + strings.ToLower(strings.TrimSpace(value)) + "\n"
	}
	text += fmt.Sprintf("\n%s\n%x", parts["SignedHeaders"], sha256.Sum256(body))
	// Step 2: the string to sign. Step 3: the signature.
	toSign := fmt.Sprintf("TC3-HMAC-SHA256\n%d\n%s\n%x", seconds, strings.Join(scope[1:], "/"), sha256.Sum256([]byte(text)))
	key := []byte("TC3" + secretKey)
	for _, part := range append(slices.Clone(scope[1:]), toSign) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	if fmt.Sprintf("%x", key) != parts["Signature"] {
		return "AuthFailure.SignatureFailure", "The provided credentials could not be validated. Please check your signature is correct."
	}
	return "", ""
}
