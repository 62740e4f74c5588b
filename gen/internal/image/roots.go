package image

import (
	"bytes"
	"encoding/pem"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// Roots are the root certificates of Mozilla, as PEM, of the version of golang.org/x/crypto/x509roots/fallback that the command
// was built with. Those that Mozilla trusts with conditions are not among them, since PEM cannot say the conditions.
func Roots() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer takes all
		}
	}
	return b.Bytes()
}
