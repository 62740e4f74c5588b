package sign

import (
	"testing"
	"time"
)

// The published test suite of Signature Version 4: all of its requests that a call could look like.
func TestSignatures(t *testing.T) {
	c := Credentials{ID: "AKIDEXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	host, date := Header{"host", "example.amazonaws.com"}, Header{"x-amz-date", "20150830T123600Z"}
	const token = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
	var s Signer
	for name, tt := range map[string]struct {
		request   Request
		headers   string
		signature string
	}{
		"get-vanilla":                      {Request{Method: "GET", Path: "/", Headers: []Header{host, date}}, "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		"post-vanilla":                     {Request{Method: "POST", Path: "/", Headers: []Header{host, date}}, "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		"get-vanilla-query-order-key-case": {Request{Method: "GET", Path: "/", Query: "Param1=value1&Param2=value2", Headers: []Header{host, date}}, "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		"get-space":                        {Request{Method: "GET", Path: "/example space/", Headers: []Header{host, date}}, "host;x-amz-date", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
		"get-utf8":                         {Request{Method: "GET", Path: "/\u1234", Headers: []Header{host, date}}, "host;x-amz-date", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
		"post-x-www-form-urlencoded": {Request{Method: "POST", Path: "/", Body: []byte("Param1=value1"), Headers: []Header{{"content-type", "application/x-www-form-urlencoded"}, host, date}},
			"content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
		"post-sts-header-before": {Request{Method: "POST", Path: "/", Headers: []Header{host, date, {"x-amz-security-token", token}}}, "host;x-amz-date;x-amz-security-token", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
	} {
		want := "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" + tt.headers + ", Signature=" + tt.signature
		if got := s.Authorization(c, "us-east-1", "service", at, &tt.request); got != want {
			t.Errorf("%s:\n%s, want\n%s", name, got, want)
		}
	}
}

// A key that is kept is not used for other credentials, regions or days.
func TestKeysAreOfTheirScope(t *testing.T) {
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	r := Request{Method: "POST", Path: "/"}
	var kept Signer
	for _, c := range []Credentials{{Secret: "a"}, {Secret: "b"}, {Secret: "a"}} {
		for _, region := range []string{"r", "s"} {
			for _, at := range []time.Time{at, at.AddDate(0, 0, 1)} {
				var fresh Signer
				if got, want := kept.Authorization(c, region, "lambda", at, &r), fresh.Authorization(c, region, "lambda", at, &r); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			}
		}
	}
}
