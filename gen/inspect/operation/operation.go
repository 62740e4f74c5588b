// Package operation is the model of an application's http functions as those who call them see them: operations on paths, with types as
// schemas. Package openapi reads it from the application and writes its document, package client writes clients; it does neither itself.
package operation

import "github.com/faasgen/faasgen/gen/inspect/schema"

// API are the http functions of an application.
type API struct {
	// Service is the name of the application, Description the comment of the package in its folder.
	Service, Description string
	// Tags are the packages that have functions, with their comments.
	Tags map[string]string
	// Schemes are what the guards of operations ask for, by their names: bearer, or header:NAME; "" is not known.
	Schemes map[string]string
	// Operations are sorted by path, then as methods are read.
	Operations []*Operation
	// Definitions are the named types, sorted by name.
	Definitions []*schema.Definition
	// Findings are the places that no schema describes, and functions that are left out.
	Findings []schema.Finding
}

// Operation is one method of a path.
type Operation struct {
	// ID is unique. Method is in upper case; wildcards of Path are in braces.
	ID, Method, Path string
	// Host is the only one that the route is for, empty if it is for all.
	Host string
	// Summary is a sentence without its full stop, Description what follows it. Tag is a package.
	Summary, Description, Tag string
	Deprecated                bool
	Parameters                []Parameter
	// Body are the forms that a body may have, one a media type, JSON first; nil if the operation takes none.
	Body []*Content
	// Open says that the function reads the request itself: what it takes in addition to its path is not known.
	Open bool
	// Responses are by status; "2XX" is all of a class, "default" all others.
	Responses map[string]Response
	// Guards are those that the function's middleware has, by name.
	Guards []string
}

// Parameter is a value of a request outside its body.
type Parameter struct {
	// In is path, query, header or cookie; Name is the name there.
	Name, In, Description string
	Required, Deprecated  bool
	// Rest says that a value in the path may have slashes.
	Rest bool
	// Schema is what the text of a value is of; that of an array is what several are of.
	Schema *schema.Schema
}

// Content is a body of one media type.
type Content struct {
	// Media is "*/*" where the function decides.
	Media  string
	Schema *schema.Schema
	// Texts are the properties of a form that are JSON text.
	Texts []string
	// Stream says that the body is sent while it is made.
	Stream bool
}

// Response is what an operation may answer.
type Response struct {
	Description string
	// Content is nil where there is no body.
	Content *Content
	// Failure is in place of both one of the responses that all operations share; its content is a problem of RFC 9457.
	Failure string
}
