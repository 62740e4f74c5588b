package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/inspect/openapi"
)

// document is one of a single operation, POST /a/{id}.
func document(parameters, body, status, response string) string {
	text := `{"openapi": "3.1.1", "paths": {"/a/{id}": {"post": {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}` + parameters + `]`
	if body != "" {
		text += `, "requestBody": {"content": {"application/json": {"schema": ` + body + `}}}`
	}
	text += `, "responses": {"` + status + `": {"description": "d"`
	if response != "" {
		text += `, "content": {"application/json": {"schema": ` + response + `}}`
	}
	return text + `}, "default": {"$ref": "#/components/responses/F"}}}}},
	"components": {"schemas": {"T": {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/components/schemas/T"}, {"type": "null"}]}, "n": {"type": "integer"}}, "required": ["n"]}},
	"responses": {"F": {"description": "f", "content": {"application/problem+json": {"schema": {}}}}}}}`
}

// twoWildcards is a document of an operation whose path has two.
func twoWildcards(first, second string) string {
	return `{"paths": {"/a/{x}/{y}": {"get": {"parameters": [{"name": "x", "in": "path", "required": true, "schema": ` + first + `}, {"name": "y", "in": "path", "required": true, "schema": ` + second + `}], "responses": {}}}}}`
}

func TestCompare(t *testing.T) {
	const text, number = `{"type": "string"}`, `{"type": "integer"}`
	const nullable = `{"anyOf": [{"$ref": "#/components/schemas/T"}, {"type": "null"}]}`
	object := func(properties string, required ...string) string {
		list, _ := json.Marshal(required)
		return `{"type": "object", "properties": {` + properties + `}, "required": ` + string(list) + `}`
	}
	query := func(name, schema string, required bool) string {
		r := ""
		if required {
			r = `, "required": true`
		}
		return `, {"name": "` + name + `", "in": "query"` + r + `, "schema": ` + schema + `}`
	}
	for name, tt := range map[string]struct{ before, after, want string }{
		"the same":                   {document("", object(`"a": `+text, "a"), "200", `{"$ref": "#/components/schemas/T"}`), document("", object(`"a": `+text, "a"), "200", `{"$ref": "#/components/schemas/T"}`), ""},
		"another name of a wildcard": {document("", "", "200", ""), strings.ReplaceAll(document("", "", "200", ""), "id", "key"), ""},
		"a wildcard of another type": {document("", "", "200", ""), strings.Replace(document("", "", "200", ""), text, number, 1), "POST /a/{id}: path id: was string, takes integer now"},
		"the second wildcard":        {twoWildcards(text, text), twoWildcards(text, number), "GET /a/{x}/{y}: path y: was string, takes integer now"},
		"wildcards in another order": {twoWildcards(text, number), strings.NewReplacer(`"x"`, `"y"`, `"y"`, `"x"`, text, number, number, text).Replace(twoWildcards(text, number)), ""},
		"the first wildcard":         {twoWildcards(number, text), twoWildcards(`{"type": "number"}`, text), ""},
		"a format":                   {document(query("q", text, false), "", "200", text), document(query("q", `{"type": "string", "format": "uuid"}`, false), "", "200", text), "POST /a/{id}: query q: was no format, takes format uuid now"},
		"a format less":              {document(query("q", `{"type": "string", "format": "uuid"}`, false), "", "200", text), document(query("q", text, false), "", "200", text), ""},
		"a format of a response":     {document("", "", "200", `{"type": "string", "format": "date-time"}`), document("", "", "200", text), "POST /a/{id}: the response 200: was format date-time, is no format now"},
		"another pattern":            {document(query("q", `{"type": "string", "pattern": "a"}`, false), "", "200", ""), document(query("q", `{"type": "string", "pattern": "b"}`, false), "", "200", ""), "POST /a/{id}: query q: was pattern a, takes pattern b now"},
		"another encoding":           {document("", "", "200", text), document("", "", "200", `{"type": "string", "contentEncoding": "base64"}`), ""},
		"an encoding less":           {document("", "", "200", `{"type": "string", "contentEncoding": "base64"}`), document("", "", "200", text), "POST /a/{id}: the response 200: was content encoding base64, is no content encoding now"},
		"no null for a reference":    {document("", object(`"a": `+nullable), "200", ""), document("", object(`"a": {"$ref": "#/components/schemas/T"}`), "200", ""), "POST /a/{id}: the body.a: was null, takes object now"},
		"null for a reference":       {document("", object(`"a": {"$ref": "#/components/schemas/T"}`), "200", ""), document("", object(`"a": `+nullable), "200", ""), ""},
		"neither":                    {document("", "", "200", object(`"a": `+nullable)), document("", "", "200", object(`"a": `+text)), "POST /a/{id}: the response 200.a: was object, is string now"},
		"null, and more":             {document("", `{"type": ["string", "null"], "maxLength": 5}`, "200", ""), document("", `{"type": "string", "maxLength": 3}`, "200", ""), "POST /a/{id}: the body: was string or null, takes string now; POST /a/{id}: the body: was maxLength 5, takes maxLength 3 now"},
		"another kind, and more":     {document("", `{"type": "string", "maxLength": 5}`, "200", ""), document("", `{"type": "integer", "maxLength": 3}`, "200", ""), "POST /a/{id}: the body: was string, takes integer now"},
		"gone":                       {document("", "", "200", ""), `{"paths": {"/a/{id}": {"get": {}}}}`, "POST /a/{id}: is gone"},
		"status gone":                {document("", "", "200", text), document("", "", "201", text), "POST /a/{id}: status 200 is gone"},
		"a further success":          {document("", "", "200", text), strings.Replace(document("", "", "200", text), `"default"`, `"204": {"description": "n"}, "default"`, 1), "POST /a/{id}: the status may be 204, and could not"},
		"a further failure":          {document("", "", "200", text), strings.Replace(document("", "", "200", text), `"default"`, `"401": {"$ref": "#/components/responses/F"}, "default"`, 1), ""},
		"a new parameter":            {document("", "", "200", ""), document(query("q", text, false), "", "200", ""), ""},
		"a required one":             {document("", "", "200", ""), document(query("q", text, true), "", "200", ""), "POST /a/{id}: query q is required, and was not there"},
		"required now":               {document(query("q", text, false), "", "200", ""), document(query("q", text, true), "", "200", ""), "POST /a/{id}: query q is required, and was not"},
		"a parameter less":           {document(query("q", text, false), "", "200", ""), document("", "", "200", ""), "POST /a/{id}: query q is gone"},
		"a narrower parameter":       {document(query("q", `{"type": "number"}`, false), "", "200", ""), document(query("q", number, false), "", "200", ""), "POST /a/{id}: query q: was number, takes integer now"},
		"a wider parameter":          {document(query("q", number, false), "", "200", ""), document(query("q", `{"type": ["number", "null"]}`, false), "", "200", ""), ""},
		"a body":                     {document("", "", "200", ""), document("", object(""), "200", ""), "POST /a/{id}: a body is required, and was not there"},
		"no body":                    {document("", object(""), "200", ""), document("", "", "200", ""), "POST /a/{id}: the body is not read any more"},
		"a member of the body gone":  {document("", object(`"a": `+text), "200", ""), document("", object(""), "200", ""), "POST /a/{id}: the body.a is not read any more"},
		"a member required":          {document("", object(`"a": `+text), "200", ""), document("", object(`"a": `+text, "a"), "200", ""), "POST /a/{id}: the body.a is required, and was not"},
		"a new required member":      {document("", object(""), "200", ""), document("", object(`"a": `+text, "a"), "200", ""), "POST /a/{id}: the body.a is required, and was not"},
		"a new member":               {document("", object(""), "200", ""), document("", object(`"a": `+text), "200", ""), ""},
		"rules":                      {document("", object(`"a": {"type": "string", "maxLength": 5}`), "200", ""), document("", object(`"a": {"type": "string", "minLength": 1, "maxLength": 3}`), "200", ""), "POST /a/{id}: the body.a: was no minLength, takes minLength 1 now; POST /a/{id}: the body.a: was maxLength 5, takes maxLength 3 now"},
		"looser rules":               {document("", object(`"a": {"type": "integer", "minimum": 5}`), "200", ""), document("", object(`"a": {"type": "integer", "minimum": 3}`), "200", ""), ""},
		"a value less":               {document("", `{"type": "string", "enum": ["a", "b"]}`, "200", ""), document("", `{"type": "string", "enum": ["a"]}`, "200", ""), "POST /a/{id}: the body: was one of a, b, takes one of a now"},
		"a new value":                {document("", "", "200", `{"type": "string", "enum": ["a"]}`), document("", "", "200", `{"type": "string", "enum": ["a", "b"]}`), "POST /a/{id}: the response 200: was one of a, is one of a, b now"},
		"a value less to answer":     {document("", "", "200", `{"type": "string", "enum": ["a", "b"]}`), document("", "", "200", `{"type": "string", "enum": ["a"]}`), ""},
		"may be null":                {document("", "", "200", text), document("", "", "200", `{"type": ["string", "null"]}`), "POST /a/{id}: the response 200: was string, is string or null now"},
		"no null":                    {document("", "", "200", `{"type": ["string", "null"]}`), document("", "", "200", text), ""},
		"a member gone":              {document("", "", "200", object(`"a": `+text)), document("", "", "200", object("")), "POST /a/{id}: the response 200.a is gone"},
		"a member may be missing":    {document("", "", "200", object(`"a": `+text, "a")), document("", "", "200", object(`"a": `+text)), "POST /a/{id}: the response 200.a may be missing, and could not"},
		"more to answer":             {document("", "", "200", object("")), document("", "", "200", object(`"a": `+text, "a")), ""},
		"deep":                       {document("", "", "200", `{"type": "array", "items": `+object(`"a": {"type": "object", "additionalProperties": `+text+`}`)+`}`), document("", "", "200", `{"type": "array", "items": `+object(`"a": {"type": "object", "additionalProperties": `+number+`}`)+`}`), "POST /a/{id}: the response 200[].a.*: was string, is integer now"},
		"recursive":                  {document("", "", "200", `{"$ref": "#/components/schemas/T"}`), strings.Replace(document("", "", "200", `{"$ref": "#/components/schemas/T"}`), `"n": {"type": "integer"}`, `"n": {"type": "number"}`, 1), "POST /a/{id}: the response 200.n: was integer, is number now"},
		"no body any more":           {document("", "", "200", text), document("", "", "200", ""), "POST /a/{id}: the response 200 has no body any more"},
		"anything":                   {document("", "{}", "200", text), document("", text, "200", "{}"), "POST /a/{id}: the body: was any value, takes string now; POST /a/{id}: the response 200: was string, is any value now"},
		"broken":                     {"{", document("", "", "200", ""), "error: read an OpenAPI document: unexpected end of JSON input"},
	} {
		t.Run(name, func(t *testing.T) {
			changes, err := openapi.Compare([]byte(tt.before), []byte(tt.after))
			var found []string
			if err != nil {
				found = append(found, "error: "+err.Error())
			}
			for _, c := range changes {
				found = append(found, c.Method+" "+c.Path+": "+c.Message)
			}
			if got := strings.Join(found, "; "); got != tt.want {
				t.Errorf("found %s\nexpected %s", got, tt.want)
			}
		})
	}
}

// FuzzCompare: no document that can be read ends it, and none differs from itself.
func FuzzCompare(f *testing.F) {
	f.Add(document("", `{"$ref": "#/components/schemas/T"}`, "200", `{"$ref": "#/components/schemas/T"}`), document("", "{}", "201", ""))
	f.Add(`{"paths": {"/a": {"get": {"parameters": [{"in": "path"}], "responses": {"200": null}}}}}`, `{"components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		if _, err := openapi.Compare([]byte(before), []byte(after)); err != nil {
			return
		}
		if changes, err := openapi.Compare([]byte(before), []byte(before)); err != nil || len(changes) > 0 {
			t.Errorf("%s differs from itself: %v, %v", before, changes, err)
		}
	})
}
