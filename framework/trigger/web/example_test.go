package web_test

import (
	"errors"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleParsePattern() {
	r, err := web.ParsePattern("get", "/books/:id/*")
	fmt.Println(r, err)

	_, err = web.ParsePattern("GET", "/books/{id")
	fmt.Println(err)
	// Output:
	// GET /books/{id}/{rest...} <nil>
	// at byte 7: found "{id", expected a wildcard to be a whole segment such as {id}
}

func ExampleRouter() {
	app := &framework.App{Functions: []*framework.Function{
		{Name: "book-get", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/books/{id}"}}},
		{Name: "book-best", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/books/best"}}},
	}}
	router, err := web.NewRouter(app)
	if err != nil {
		panic(err)
	}
	m := router.Match("HEAD", "shop.example:443", "/books/7", "")
	fmt.Println(m.Status, m.Function.Name, m.Values)
	m = router.Match("GET", "", "/books/best", "")
	fmt.Println(m.Status, m.Function.Name, m.Values)
	m = router.Match("PUT", "", "/books/7", "")
	fmt.Println(m.Status, m.Allow)
	// Output:
	// 200 book-get [{id 7}]
	// 200 book-best []
	// 405 GET, HEAD
}

func ExampleConflictError() {
	_, err := web.NewRouter(&framework.App{Functions: []*framework.Function{
		{Name: "a", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/books/{id}"}}},
		{Name: "b", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/{kind}/best"}}},
	}})
	var conflict *web.ConflictError
	fmt.Println(errors.As(err, &conflict))
	fmt.Println(err)
	// Output:
	// true
	// route GET /books/{id} of function a conflicts with GET /{kind}/best of function b: both take paths like /books/best, and neither is more specific
}

func ExampleBinder() {
	x := web.NewExchange(web.Request{
		Method: "PUT", Path: "/books/seven", RawQuery: "limit=10", PathValues: []web.PathValue{{Name: "id", Value: "seven"}},
		Body: []byte(`{"title": 1, "pages": [{"number": "one"}]}`),
	})
	var in struct {
		ID    int64
		Limit *int
		Title string
		Pages []struct{ Number int }
	}
	b := web.NewBinder(&x.Request)
	b.JSON(&in, "ID", "Limit")
	web.Value(b, web.InPath, "id", &in.ID, web.Int[int64])
	web.Optional(b, web.InQuery, "limit", &in.Limit, web.Int[int])
	var e *framework.Error
	if errors.As(b.Err(), &e) {
		fmt.Println(e.Status, e.Message)
		for _, f := range e.Fields {
			fmt.Printf("%s %s: %s\n", f.In, f.Name, f.Message)
		}
	}
	// Output:
	// 400 the request has fields that are not valid
	// body title: found 1, expected a string
	// body pages[0].number: found "one", expected an integer
	// path id: found "seven", expected an integer
}

func ExampleExchange_Respond() {
	x := web.NewExchange(web.Request{Method: "GET", Path: "/"})
	x.SetCookie(web.Cookie{Name: "sid", Value: "1", HttpOnly: true})
	r := x.Respond(map[string]int{"books": 3}, nil, web.ErrorInfo{Route: web.Route{Status: 201}})
	fmt.Println(r.Status, web.Header(r.Header).Get("Content-Type"), web.Header(r.Header).Get("Set-Cookie"), string(r.Body))

	r = x.Respond(nil, framework.Errorf(404, "not_found", "no such book"), web.ErrorInfo{RequestID: "r1"})
	fmt.Println(r.Status, string(r.Body))
	// Output:
	// 201 application/json sid=1; HttpOnly {"books":3}
	// 404 {"type":"about:blank","title":"Not Found","status":404,"detail":"no such book","code":"not_found","request_id":"r1"}
}

func ExampleCheck() {
	fmt.Println(web.Check(errors.New("title must not be empty")))
	// Output: invalid_request: title must not be empty
}
