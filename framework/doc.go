// Package framework is what user code and generated code import: the [Context] a handler receives, the [App] a unit is
// made of, the [Engine] that runs its life cycle, and the [Error] a handler answers with.
//
// It knows no cloud, no trigger and no protocol. Triggers are in framework/trigger/<kind>, the loops that speak a
// vendor's protocol in framework/platform/<name>, construction in framework/ioc. It imports the standard library
// without net/http, so that a unit that handles only events stays small.
//
// A handler is an ordinary method:
//
//	//faas:handler
//	//faas:http GET /orders/{id}
//	func (c *Controller) Get(ctx *framework.Context, in GetRequest) (*Order, error)
//
// What only the code that "faasgen generate" writes calls is in framework/adapter; App, Function and Needs are the data that it
// fills.
package framework
