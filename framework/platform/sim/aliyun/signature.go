package aliyun

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

// verify checks the signature of a request as the document "V3 request structure and signature" describes it. It shares nothing with
// what makes signatures: a mistake there must not be mirrored here. The token is the one that the role has then. It returns the status, code and message of the refusal.
func verify(r *http.Request, token, action, version string, body []byte, now time.Time) (status int, code, message string) {
	words, ok := strings.CutPrefix(r.Header.Get("Authorization"), "ACS3-HMAC-SHA256 ")
	if !ok {
		return 400, "MissingAuthorization", "the request has no signature of version 3"
	}
	parts := map[string]string{}
	for word := range strings.SplitSeq(words, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(word), "=")
		parts[name] = value
	}
	h := r.Header
	at, err := time.Parse("2006-01-02T15:04:05Z", h.Get("X-Acs-Date"))
	switch {
	case parts["Credential"] != keyID:
		return 404, "InvalidAccessKeyId", "Specified access key is not found."
	case token == callToken && h.Get("X-Acs-Security-Token") == startToken:
		return 403, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."
	case h.Get("X-Acs-Security-Token") != token:
		return 400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."
	case h.Get("X-Acs-Action") != action || h.Get("X-Acs-Version") != version || h.Get("X-Acs-Signature-Nonce") == "":
		return 400, "InvalidAction", "x-acs-action, x-acs-version or x-acs-signature-nonce is not that of the call"
	case err != nil:
		return 400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."
	case at.Before(now.Add(-15*time.Minute)) || at.After(now.Add(15*time.Minute)):
		return 400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."
	}
	hash := sha256.Sum256(body)
	if h.Get("X-Acs-Content-Sha256") != hex.EncodeToString(hash[:]) {
		return 400, "InvalidContentSha256", "x-acs-content-sha256 is not the hash of the body"
	}
	names := strings.Split(parts["SignedHeaders"], ";")
	var must []string
	for name := range h {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-acs-") || name == "content-type" {
			must = append(must, name)
		}
	}
	must = append(must, "host")
	slices.Sort(must)
	if !slices.Equal(names, must) {
		return 400, "IncompleteSignature", fmt.Sprintf("signed are %q, expected %q", names, must)
	}
	// Step 1: the canonical request.
	text := r.Method + "\n" + r.URL.EscapedPath() + "\n"
	var query []string
	for name, values := range r.URL.Query() {
		for _, v := range values {
			query = append(query, strings.ReplaceAll(url.QueryEscape(name)+"="+url.QueryEscape(v), "+", "%20"))
		}
	}
	slices.Sort(query)
	text += strings.Join(query, "&") + "\n"
	for _, name := range names {
		value := h.Get(name)
		if name == "host" {
			value = r.Host
		}
		text += name + ":" + strings.TrimSpace(value) + "\n"
	}
	text += "\n" + strings.Join(names, ";") + "\n" + h.Get("X-Acs-Content-Sha256")
	// Step 2: the string to sign. Step 3: the signature.
	mac := hmac.New(sha256.New, []byte(secretKey))
	fmt.Fprintf(mac, "ACS3-HMAC-SHA256\n%x", sha256.Sum256([]byte(text)))
	if hex.EncodeToString(mac.Sum(nil)) != parts["Signature"] {
		// The vendor repeats what it signed, the token among it.
		return 400, "SignatureDoesNotMatch", "Specified signature does not match our calculation. server canonicalRequest is: " + text
	}
	return 0, "", ""
}
