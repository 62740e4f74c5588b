// Package web is the http trigger: requests, responses, routing, the binding of a user's struct, and how a handler's result
// becomes a response. It does not import net/http; the bridge to it is web/nethttp. What a vendor's payload looks like is the
// platforms' business, and what checks a request beyond its types the user's.
//
// # Patterns
//
// A pattern is a path whose segments are literals or wildcards:
//
//	/books            this path
//	/books/{id}       any one segment more; :id is the same
//	/files/{path...}  all that is left, also nothing after the slash; a last * is {rest...}
//	/files/           the same without a name
//	/files/{$}        the path with the slash and nothing more
//
// The most specific of the patterns that match is chosen, as by net/http.ServeMux: a literal before {id} before {path...},
// a route with a host before one without. Two that match a common path with neither more specific conflict. A value is
// decoded after the path has been cut into segments, so that %2F is a slash in a value and not between two. [Router] says
// where ServeMux would redirect and a router does not.
//
// # Responses
//
// [Exchange.Respond] has the rules by which results and errors become responses, [Binder] those by which a request becomes a
// struct. Nothing of an error that is not a *framework.Error is ever shown to a caller, except in a dev run.
package web
