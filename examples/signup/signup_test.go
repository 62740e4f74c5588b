package signup_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/faastest/contract"

	"github.com/faasgen/faasgen/examples/signup"
	"github.com/faasgen/faasgen/examples/signup/internal/faasgen/app"
)

func TestJoin(t *testing.T) {
	a := faastest.Start(t, app.New, contract.File(t, "openapi.json"))
	if w := a.Do("POST", "/members?campaign=may", `{"handle":"ann_b","email":"ann@example.com","born":1990}`); w.Code != 201 || w.Body.String() != "welcome ann_b" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := a.Do("POST", "/members?campaign=!", `{"handle":"Ann!","email":"ann","born":1899,"likes":["tea",""]}`)
	const want = `{"type":"about:blank","title":"Bad Request","status":400,"detail":"the request has fields that are not valid","code":"invalid_request","request_id":"request-2",` +
		`"errors":[{"in":"query","name":"campaign","message":"expected letters and digits only"},` +
		`{"in":"body","name":"handle","message":"expected small letters and underscores"},` +
		`{"in":"body","name":"email","message":"expected an email address"},` +
		`{"in":"body","name":"born","message":"expected at least 1900"},` +
		`{"in":"body","name":"likes[1]","message":"found nothing, expected a value"}]}`
	if w.Code != 400 || w.Body.String() != want {
		t.Errorf("%d\n%s\nwant\n%s", w.Code, w.Body, want)
	}
}

func TestImport(t *testing.T) {
	a := faastest.Start(t, app.New)
	ann := signup.Member{Handle: "ann", Email: "ann@example.com", Born: 1990}
	if n := faastest.Call[int](t, a, "import", signup.Export{Members: []signup.Member{ann}}); n != 1 {
		t.Errorf("%d members", n)
	}
	_, err := a.Call("import", signup.Export{Members: []signup.Member{ann, {Handle: "bob", Born: 2000}}})
	want := []framework.FieldError{{In: "body", Name: "members[1].email", Message: "found nothing, expected a value"}}
	var e *framework.Error
	if !errors.As(err, &e) || e.Status != 400 || e.Code != "invalid_event" || !slices.Equal(e.Fields, want) {
		t.Errorf("got %v", err)
	}
}
