package cli

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
)

// veil knows a value that must not be seen, in the forms that a message may have it in. A nil veil knows none.
type veil struct{ forms []string }

// window is the length of the pieces of a value that must not be seen either. A shorter value is one piece.
const window = 8

// newVeil hides a value and whatever of it is as long as a window: plain, and as JSON, in URLs (once more, too, as what was signed
// is quoted), as base64 and hexadecimal.
func newVeil(value string) *veil {
	quoted, _ := json.Marshal(value)
	escaped := url.QueryEscape(value)
	v := &veil{forms: []string{
		value, strings.Trim(string(quoted), `"`), escaped, strings.ReplaceAll(escaped, "+", "%20"), url.QueryEscape(escaped), url.PathEscape(value),
		hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value))),
	}}
	for skip := range min(3, len(value)) { // it may begin anywhere in what is encoded
		v.forms = append(v.forms, base64.RawStdEncoding.EncodeToString([]byte(value[skip:])), base64.RawURLEncoding.EncodeToString([]byte(value[skip:])))
	}
	return v
}

// covers reports a text that has some of the value, however its white space is.
func (v *veil) covers(text string) bool {
	if v == nil {
		return false
	}
	has := map[string]bool{}
	for i := 0; i+window <= len(text); i++ {
		has[text[i:i+window]] = true
	}
	for _, form := range v.forms {
		if len(form) < window {
			if form != "" && strings.Contains(text, form) {
				return true
			}
			continue
		}
		for i := 0; i+window <= len(form); i++ {
			if has[form[i:i+window]] {
				return true
			}
		}
	}
	return false
}
