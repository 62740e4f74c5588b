// Package call is the client for calls from one function to another. Typed stubs are built on it. It knows no vendor and links no
// network code: calls leave the process through a [Transport], which main hands over as it does codecs, so that a unit without calls
// links none.
//
//	func main() { aws.Run(call.With(invoke.New(), app.New), aws.HTTP()) }
//
//	doc.go          how a call travels
//	client.go       Client: one call, in process or through the transport, and what becomes of its error
//	inprocess.go    calls of a function in the same unit, and Do, for stubs whose values are copied there
//	key.go          the idempotency key of a context
//	retry.go        when a call is tried again, and after what time
//	targets.go      FAAS_CALLS: where the functions of other units are
//	trace.go        the W3C trace context of the caller
//	transport.go    Transport, Request and Failure: what a cloud's transport implements
//	typed.go        Encode and Decode, for stubs whose values are JSON
//	carry/          what a stub makes of a copy for a call within the unit
//
// # A stub
//
// A field with //faas:call is an interface of one method or a func. Its implementation encodes the input, calls, and decodes the
// result, here of types that only JSON carries:
//
//	func (s orderCreate) Create(ctx context.Context, in order.CreateRequest) (*order.Order, error) {
//		payload, err := call.Encode(in)
//		if err != nil {
//			return nil, err
//		}
//		return call.Decode[*order.Order](s.client.Call(ctx, "order-create", payload, call.Options{}))
//	}
//
// Where a copy of a value can be made that equals what JSON would make of it, one line does the same, without JSON in process:
//
//	return call.Do[order.CreateRequest, *order.Order](ctx, s.client, "order-create", in, call.Options{}, carryCreateRequest, carryOrder)
//
// The called function has the trigger [framework.Callee] in its list. Its adapter gets the payload as []byte, or by
// adapter.Called the value that a stub in the same unit passes, and returns its result as ever.
//
// # Where a call goes
//
// A call whose result is waited for goes to the function of the same unit if it has one, through its middleware, limits and
// deadline, with the values that JSON would make of those passed, so that grouping changes nothing but the time it takes. It has as
// much time as over the wire: a fiftieth less than the caller, at most 100 ms. Only there a caller whose context is cancelled has that
// of the called function end, too. Any other leaves through the transport, to
// where FAAS_CALLS says:
//
//	FAAS_CALLS=order-create,order-get=shop-prod-order:live;mail=shop-prod-mail
//
// which are names of functions, and of the deployed function that has them, with a qualifier (an alias or version) where there is
// one. An asynchronous call always leaves the process, through the vendor's own asynchronous invoke with its retries and its dead
// letters; that of a function of the same unit which FAAS_CALLS does not name goes to the unit itself.
//
// # On the wire
//
// A call is one JSON object on every cloud. People and pipelines leave the context out:
//
//	{"faas":"call","function":"order-create","payload":{"id":1},
//	 "context":{"answer":true,"timeout":4900,"key":"…","traceparent":"00-…","tracestate":"…","root":"…"}}
//
// timeout is the time in milliseconds that the caller waits, key the idempotency key, root the request id of the invocation with
// which the chain of calls began, for the log. With answer the called function answers
//
//	{"faas":"answer","payload":{"id":1}}       a result
//	{"faas":"answer","base64":"/w=="}          a result that is not JSON
//	{"faas":"answer","error":{"status":409,"code":"out_of_stock","message":"nothing is left"}}
//
// so that a *framework.Error crosses with status, code and message, and nothing else of it. Any other error, and a panic, is a
// failure for the vendor too, which counts it; the caller gets a 500 with the code internal. Without answer every error is one for
// the vendor, which delivers the call again.
//
// # Errors
//
// Every error of a call is a *framework.Error, except that of a context which has ended: the error of the called function, or one
// of this package, whose cause is for the log:
//
//	500 internal            the function failed, and its log says why
//	500 unknown_callee      neither FAAS_CALLS nor the unit has the function
//	500 no_transport        main hands over no transport
//	500 invalid_payload     the payload is not JSON
//	500 call_credentials    the unit has no credentials: it needs a role
//	502 call_refused        the vendor refused the call: rights, signature
//	502 callee_gone         the deployed function is not there
//	502 bad_answer          what came back is cut short, too long, or no answer
//	502 call_failed         the connection broke after the call was sent: the function may have run
//	503 callee_unreachable  no connection
//	503 callee_throttled    the vendor refuses calls for now
//	503 callee_unavailable  the vendor has an error of its own
//	504 callee_timeout      the function did not answer in its time, or in that of the call
//	413 payload_too_large   the payload is over the vendor's limit
//
// # Retries
//
// A call is tried again when it surely did not run: without a connection, when the vendor throttles, and on its own 5xx. There are
// three tries, after random times that grow, within the caller's deadline. What a function answered is never tried again. An
// asynchronous call, which may be delivered more than once anyhow, is also sent again when the connection breaks.
package call
