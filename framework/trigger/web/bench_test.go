package web

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

// benchRoutes is an API of 120 routes.
func benchRoutes() []string {
	var list []string
	for _, r := range []string{"users", "books", "orders", "carts", "items", "tags", "shops", "files", "mails", "logs"} {
		for _, v := range []string{"v1", "v2"} {
			base := "/" + v + "/" + r
			list = append(list, "GET "+base, "POST "+base, "GET "+base+"/{id}", "PUT "+base+"/{id}", "DELETE "+base+"/{id}", "GET "+base+"/{id}/parts/{part}")
		}
	}
	return list
}

func BenchmarkMatch(b *testing.B) {
	router := routerOf(b, benchRoutes()...)
	mux := http.NewServeMux()
	for _, p := range benchRoutes() {
		mux.HandleFunc(p, func(http.ResponseWriter, *http.Request) {})
	}
	for _, target := range []string{"/v1/books", "/v2/orders/77", "/v2/logs/77/parts/a%2Fb", "/v1/nothing/here"} {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("router"+target, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				router.Match("GET", "", u.Path, u.RawPath)
			}
		})
		b.Run("ServeMux"+target, func(b *testing.B) {
			b.ReportAllocs()
			w := discard{http.Header{}}
			for b.Loop() {
				mux.ServeHTTP(w, &http.Request{Method: "GET", URL: u})
			}
		})
	}
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func BenchmarkNewRouter(b *testing.B) {
	var routes []Route
	for i := range 1000 {
		routes = append(routes, Route{Method: "GET", Pattern: fmt.Sprintf("/s%d/r%d/{id}", i%50, i)})
	}
	app := appOf(routes...)
	for b.Loop() {
		if _, err := NewRouter(app); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBind(b *testing.B) {
	b.Run("path and query", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := Request{PathValues: []PathValue{{"id", "7"}}, RawQuery: "page=3"}
			var in search
			b := NewBinder(&r)
			Value(b, InPath, "id", &in.ID, Int[bookID])
			Value(b, InQuery, "page", &in.Page, Int[int])
			if b.Err() != nil {
				panic(b.Err())
			}
		}
	})
	body := []byte(`{"title":"T","items":[{"sku":"a","price":1.5}]}`)
	header := Header{"Content-Type": {"application/json"}}
	b.Run("body", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := Request{Header: header, Body: body}
			var in search
			b := NewBinder(&r)
			b.JSON(&in)
			if b.Err() != nil {
				panic(b.Err())
			}
		}
	})
	b.Run("body, with path", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := Request{Header: header, Body: body, PathValues: []PathValue{{"id", "7"}}}
			var in search
			b := NewBinder(&r)
			b.JSON(&in, "id")
			Value(b, InPath, "id", &in.ID, Int[bookID])
			if b.Err() != nil {
				panic(b.Err())
			}
		}
	})
}

func BenchmarkRespond(b *testing.B) {
	out := item{"a", 1.5}
	for name, result := range map[string]any{"JSON": &out, "string": "hello"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewExchange(Request{Method: "GET"}).Respond(result, nil, ErrorInfo{})
			}
		})
	}
}

// BenchmarkDiagnose is the most that a small body can cost.
func BenchmarkDiagnose(b *testing.B) {
	body := []byte(`{"items":[`)
	for range 1500 {
		body = append(body, `{"sku":"a","price":"x"},`...)
	}
	body = append(body, `{}],"next":{"level":"x","next":{"level":"y"}}}`...)
	for b.Loop() {
		if Decode(body, new(order)) == nil {
			b.Fatal("accepted")
		}
	}
	b.ReportMetric(float64(len(body)), "bytes")
}
