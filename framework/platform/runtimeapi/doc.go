// Package runtimeapi is the HTTP/1.1 client of the polling loops: one connection to the vendor's endpoint inside the
// sandbox, one request at a time. It exists because net/http would triple the size of a unit that handles only events,
// and with it the time of a cold start.
//
// It speaks what such endpoints speak: keep-alive, Content-Length and chunked responses, interim responses, responses that end
// with the connection. It knows no TLS, no proxy, no redirect, no cookie and no name server; an address is IPv4:port or
// localhost:port unless [Client.Dial] is set. Bodies are held in memory, up to [Client.MaxBody].
package runtimeapi
