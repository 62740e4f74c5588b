package sign

import (
	"testing"

	"github.com/faasgen/faasgen/framework/call/wire"
)

// The example with fixed values of the vendor's document "V3 request structure and signature".
func TestSignature(t *testing.T) {
	hash := wire.Hash(nil)
	got := Authorization(Credentials{ID: "YourAccessKeyId", Secret: "YourAccessKeySecret"}, "POST", "/",
		"ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai", []Header{
			{"host", "ecs.cn-shanghai.aliyuncs.com"}, {"x-acs-action", "RunInstances"}, {"x-acs-content-sha256", hash}, {"x-acs-date", "2023-10-26T10:22:32Z"},
			{"x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"}, {"x-acs-version", "2014-05-26"},
		}, hash)
	const want = "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}
