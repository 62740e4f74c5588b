package operationtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// Shop are operations with every place of a parameter, every kind of a body and every kind of a result. [Serve] answers them.
func Shop() *operation.API {
	text := &schema.Schema{Types: []string{"string"}}
	list := func(s *schema.Schema) *schema.Schema { return &schema.Schema{Types: []string{"array"}, Items: s} }
	echo := &schema.Definition{Name: "Echo", Schema: &schema.Schema{Types: []string{"object"}, Description: "Echo is what arrived.", Properties: []schema.Property{
		{Name: "uri", Schema: text}, {Name: "headers", Schema: (&schema.Schema{Types: []string{"object"}, Additional: list(text)}).Nullable()},
		{Name: "cookies", Schema: list(text)}, {Name: "body", Schema: text}, {Name: "any", Schema: &schema.Schema{}},
	}, Required: []string{"uri", "headers", "cookies", "body"}}}
	level := &schema.Definition{Name: "Level", Schema: &schema.Schema{Types: []string{"integer"}, Enum: []any{int64(0), int64(1)}, EnumNames: []string{"Low", "High"}}}
	answer := func(media string, stream bool, s *schema.Schema) operation.Response {
		return operation.Response{Content: &operation.Content{Media: media, Stream: stream, Schema: s}}
	}
	any := &schema.Schema{}
	body := &schema.Schema{Types: []string{"object"}, Required: []string{"items", "at"}, Properties: []schema.Property{
		{Name: "items", Schema: list(text).Nullable()}, {Name: "at", Schema: &schema.Schema{Types: []string{"string"}, Format: "date-time"}},
		{Name: "level", Schema: &schema.Schema{Ref: level}}, {Name: "seal", Schema: &schema.Schema{Types: []string{"string"}, ContentEncoding: "base64"}},
	}}
	return &operation.API{Service: "shop", Definitions: []*schema.Definition{echo, level}, Operations: []*operation.Operation{
		{ID: "all", Method: "DELETE", Path: "/all", Responses: map[string]operation.Response{"204": {}}},
		{ID: "answer", Method: "GET", Path: "/answer", Responses: map[string]operation.Response{"2XX": answer("*/*", false, any), "3XX": answer("*/*", false, any)}},
		{ID: "bytes", Method: "POST", Path: "/bytes", Open: true, Responses: map[string]operation.Response{"200": answer("application/octet-stream", false, any)}},
		{ID: "order-head", Method: "HEAD", Path: "/orders/{id}", Parameters: []operation.Parameter{
			{Name: "id", In: "path", Required: true, Schema: &schema.Schema{Types: []string{"integer"}, Format: "int64"}},
		}, Responses: map[string]operation.Response{"200": {}}},
		{ID: "order-create", Method: "POST", Path: "/a shop/{shop}/{path}", Parameters: []operation.Parameter{
			{Name: "shop", In: "path", Required: true, Schema: text}, {Name: "path", In: "path", Required: true, Rest: true, Schema: text},
			{Name: "dry", In: "query", Schema: &schema.Schema{Types: []string{"boolean"}}}, {Name: "tag", In: "query", Schema: list(text)},
			{Name: "at", In: "query", Required: true, Schema: &schema.Schema{Types: []string{"string"}, Format: "date-time"}},
			{Name: "level", In: "query", Schema: &schema.Schema{Ref: level}},
			{Name: "X-Wait", In: "header", Schema: text}, {Name: "X-Tags", In: "header", Schema: list(text)},
			{Name: "token", In: "cookie", Required: true, Schema: text}, {Name: "theme", In: "cookie", Schema: text},
		}, Body: []*operation.Content{{Media: "application/json", Schema: body}}, Responses: map[string]operation.Response{
			"201": answer("application/json", false, &schema.Schema{Ref: echo}), "204": {},
		}},
		{ID: "stream", Method: "PUT", Path: "/stream", Body: []*operation.Content{{Media: "*/*", Schema: any}}, Responses: map[string]operation.Response{
			"200": answer("application/octet-stream", true, any), "204": {},
		}},
		{ID: "text", Method: "GET", Path: "/text", Responses: map[string]operation.Response{"200": answer("text/plain", false, text)}},
	}}
}

// Serve answers the operations of [Shop]: with what arrived, or with what the client has to tell apart. Nothing is in it that a route did
// not take.
func Serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "DELETE /all":
		w.WriteHeader(http.StatusNoContent)
	case "GET /answer":
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, "an answer")
	case "POST /bytes", "PUT /stream":
		if len(body) == 0 && r.Method == "PUT" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprintf(w, "%s: %s", r.Header.Get("Content-Type"), body)
	case "HEAD /orders/7":
		w.Header().Set("X-Answer", "seven")
	case "GET /text":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, "ä text")
	default:
		if r.Header.Get("X-Wait") == "nothing" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		cookies := []string{}
		for _, c := range r.Cookies() {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{ // a client that has gone gets no answer
			"uri": r.RequestURI, "cookies": cookies, "body": string(body),
			"headers": map[string][]string{"X-Wait": r.Header.Values("X-Wait"), "X-Tags": r.Header.Values("X-Tags"), "Content-Type": r.Header.Values("Content-Type")},
		})
	}
}
