package sign

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

// The example of the vendor's document "Signature v3", whose keys are of asterisks.
func TestSignature(t *testing.T) {
	stars := strings.Repeat("*", 32)
	var s Signer
	got := s.Authorization(Credentials{ID: "AKID" + stars, Secret: stars}, "cvm", "application/json; charset=utf-8", "cvm.tencentcloudapi.com", "DescribeInstances",
		time.Unix(1551113065, 0), []byte(`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`))
	want := "TC3-HMAC-SHA256 Credential=AKID" + stars + "/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
	if got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	if key := hex.EncodeToString(s.key); key != "b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af" {
		t.Errorf("key %s", key)
	}
}

// A key that is kept is not used for other credentials or days.
func TestKeysAreOfTheirScope(t *testing.T) {
	at := time.Unix(1551113065, 0)
	var kept Signer
	for _, secret := range []string{"a", "b", "a"} {
		for _, at := range []time.Time{at, at.AddDate(0, 0, 1)} {
			var fresh Signer
			c := Credentials{ID: "i", Secret: secret}
			if got, want := kept.Authorization(c, "scf", "c", "h", "A", at, nil), fresh.Authorization(c, "scf", "c", "h", "A", at, nil); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}
}
