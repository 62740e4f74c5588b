// Package custom runs a unit on the custom runtimes of Alibaba Cloud Function Compute 3.0 (custom.debian12 and its older
// variants): an http server that gets everything, requests and events and the calls of its life cycle.
//
// # Requests
//
// The header x-fc-control-path tells them apart, never the path of the URL, so that a function may have the route
// /invoke. Clients cannot set it: FC refuses requests with x-fc- headers of their own.
//
//	/http-invoke   a client's request, as the client sent it
//	/invoke        an event; the response is 200, or 404 with X-Fc-Status: 404 and an error document
//	/initialize    the initializer: 200 when the unit has started, 500 with an error document when it has not
//	/pre-stop      the unit is closed: 200, or 500 with an error document
//	/pre-freeze    200; FC 3.0 does not call it
//	(none)         as /http-invoke: a container on a developer's machine, whose requests come without FC
//	anything else  404
//
// An HTTP response has X-Fc-Status: 404 when a function failed in a way that it did not state (an error that is no
// *framework.Error, a panic, its deadline), so that FC counts a function error; the client's status is a 5xx. Functions
// do not see x-fc- headers, whose contents are in aliyun.From: among them are credentials. Those that FC refuses in a
// response (x-fc-*, Connection, Keep-Alive, Server) are dropped, with one line in the log for each name.
//
// FC sends no deadline, only the time limit; the deadline is the arrival plus that, less a fiftieth (at most 100 ms)
// for the response to travel.
//
// # Start
//
// The unit is started before the port is opened: FC waits two minutes for the port, while a request that had to wait for
// the start would use up its own time limit. The initializer, which FC calls after that if the deployment file configures
// it, finds the start done and answers at once.
//
// A start that fails, or hangs until the unit's init timeout (110 seconds if it has none), opens the port all the same:
// the first call is answered with the reason, in the form that fits it, and FC shows what /initialize answers as the error of the
// initializer. Then the process exits with 1, as it also does after a second without any call: a unit that did not start
// must not stay.
//
// # End
//
// /pre-stop closes the unit: what runs is finished, later calls are refused. SIGTERM, which FC documents only for
// containers, does the same and exits with 0; after nine seconds what still runs is cut off.
//
// # Log
//
// Each call is framed on standard output by the lines that FC's log parser knows, "FC Invoke Start RequestId: " and "FC
// Invoke End RequestId: ", the latter with ", Error: " and a word when the call failed.
package custom
