// Package contract has tests compare what an application answers with its OpenAPI document, as "faasgen openapi" writes it: one option,
// and every response that a test gets is checked. It makes no requests of its own, and looks at none: what a function refuses is the
// function's business. It is a module of its own, since it reads documents with github.com/getkin/kin-openapi.
package contract

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/faasgen/faasgen/framework/faastest"
)

// maxBody is how much of a response is looked at, in bytes. Of a longer one the status and the headers are.
const maxBody = 4 << 20

// File reads the document from a file.
//
//	a := faastest.Start(t, app.New, contract.File(t, "openapi.json"))
func File(t testing.TB, name string) faastest.Option {
	t.Helper()
	document, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("contract: %v", err)
	}
	return Check(t, document)
}

// Check fails the test for each response that the document does not allow; see [Document.Response]. A document that is none ends the
// test.
func Check(t testing.TB, document []byte) faastest.Option {
	t.Helper()
	d, err := Load(document)
	if err != nil {
		t.Fatalf("contract: %v", err)
	}
	return faastest.Front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			t.Helper()
			c := &recorder{ResponseWriter: w}
			next.ServeHTTP(c, r)
			if err := d.Response(r, c.recorded()); err != nil {
				t.Errorf("contract: %s %s: %v", r.Method, r.URL.Path, err)
			}
		})
	})
}

// Document is an OpenAPI document to compare responses with, wherever they come from. It is for any number of goroutines.
type Document struct{ router routers.Router }

// Load reads a document.
func Load(document []byte) (*Document, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(document)
	if err == nil {
		err = doc.Validate(loader.Context)
	}
	var d Document
	if err == nil {
		doc.Servers = nil // a test's host is none of them
		d.router, err = legacy.NewRouter(doc)
	}
	if err != nil {
		return nil, fmt.Errorf("the document: %w", err)
	}
	return &d, nil
}

// Response is what a request was answered with.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	// Cut says that the body is not all of it: it is not looked at then.
	Cut bool
}

// Response says what of a response the document does not allow: its status, its media type, its body. It is nil for requests that no
// operation of the document is for, such as those of a mounted application.
func (d *Document) Response(r *http.Request, w Response) error {
	asked := r.Clone(r.Context())
	asked.Body = http.NoBody
	if r.Method == http.MethodHead { // which has the responses of GET
		asked.Method = http.MethodGet
	}
	route, parameters, err := d.router.FindRoute(asked)
	if err != nil {
		return nil
	}
	declared := route.Operation.Responses.Status(w.Status)
	if declared == nil {
		declared = route.Operation.Responses.Value(strconv.Itoa(w.Status/100) + "XX")
	}
	if declared == nil && w.Status < 400 { // default is for what fails
		return fmt.Errorf("found status %d, expected one of %s; //faas:http names those that a function sets with status=", w.Status, statuses(route.Operation))
	}
	if declared == nil {
		declared = route.Operation.Responses.Default()
	}
	media, isJSON := mediaType(w.Header.Get("Content-Type"))
	if declared != nil && declared.Value != nil && len(w.Body) > 0 && declared.Value.Content.Get(media) == nil {
		return fmt.Errorf("found a body of type %q in the response, status %d, expected %s", media, w.Status, cmp.Or(joined(declared.Value.Content), "none"))
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true}
	if w.Cut || !isJSON || r.Method == http.MethodHead || w.Status == http.StatusNotModified { // whose body the client has
		options.ExcludeResponseBody = true
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: asked, PathParams: parameters, Route: route, Options: options},
		Status:                 w.Status, Header: w.Header, Body: io.NopCloser(bytes.NewReader(w.Body)), Options: options,
	}
	if err := openapi3filter.ValidateResponse(r.Context(), input); err != nil {
		return fmt.Errorf("the response, status %d, is not that of the document: %w", w.Status, short(err))
	}
	return nil
}

// recorder keeps what passes.
type recorder struct {
	http.ResponseWriter
	mu     sync.Mutex
	status int
	header http.Header
	body   bytes.Buffer
	cut    bool
}

// Unwrap is for http.ResponseController.
func (c *recorder) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader notes the status.
func (c *recorder) WriteHeader(status int) {
	c.note(status)
	c.ResponseWriter.WriteHeader(status)
}

func (c *recorder) note(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.status == 0 && status >= 200 {
		c.status, c.header = status, c.Header().Clone()
	}
}

// Write notes the body.
func (c *recorder) Write(p []byte) (int, error) {
	c.note(http.StatusOK)
	c.mu.Lock()
	if c.body.Len()+len(p) > maxBody {
		c.cut = true
	} else if !c.cut {
		c.body.Write(p)
	}
	c.mu.Unlock()
	return c.ResponseWriter.Write(p)
}

func (c *recorder) recorded() Response {
	c.note(http.StatusOK)
	c.mu.Lock()
	defer c.mu.Unlock()
	return Response{Status: c.status, Header: c.header, Body: c.body.Bytes(), Cut: c.cut}
}

// mediaType is a Content-Type without its parameters, and whether it is JSON.
func mediaType(header string) (media string, isJSON bool) {
	media, _, err := mime.ParseMediaType(header)
	if err != nil {
		return header, false
	}
	return media, media == "application/json" || strings.HasSuffix(media, "+json")
}

func statuses(o *openapi3.Operation) string {
	list := slices.Sorted(maps.Keys(o.Responses.Map()))
	return strings.Join(slices.DeleteFunc(list, func(status string) bool { return status == "default" }), ", ")
}

func joined(c openapi3.Content) string { return strings.Join(slices.Sorted(maps.Keys(c)), ", ") }

// short leaves out the schema, which the document has.
func short(err error) error {
	var of *openapi3.SchemaError
	if !errors.As(err, &of) {
		return err
	}
	if _, places, ok := strings.Cut(of.Reason, "\n"); ok { // a line each, after one that says that there are some
		return errors.New(strings.ReplaceAll(places, "\n", ";"))
	}
	return errors.New("/" + strings.Join(of.JSONPointer(), "/") + ": " + of.Reason)
}
