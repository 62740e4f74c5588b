// Package faastest runs an application, or one unit of it, inside a test: the generated code, the container and the real
// engine, in process and without a port. Functions are called by name, by request or by a vendor's payload, so that no
// change of the grouping in f.yml breaks a test of the whole application:
//
//	func TestOrders(t *testing.T) {
//		a := faastest.Start(t, app.New, faastest.Config{"order.maxItems": 2})
//		order := faastest.Call[order.Order](t, a, "order-create", order.Request{Shop: "berlin", Item: "tea"})
//		...
//	}
//
// where app is the generated package internal/faasgen/app. What is injected is replaced by app.NewWith:
//
//	a := faastest.Start(t, func(rt *framework.Runtime) *framework.App {
//		return app.NewWith(rt, app.Overrides{OrderStore: &fake{}})
//	})
//
// A test does not depend on the process that it runs in: configuration comes from the files next to f.yml, for the environment
// "test", from the variables in .env there, and from the test itself; the process's environment variables do not count unless
// [ProcessVariables] is given. The test's own values win, then the process's, then .env, then the files.
// Applications share nothing, so tests may be parallel.
//
// Timers do not fire by themselves: a test says at what time they do. Code that has a framework.Clock injected is given one
// that the test moves:
//
//	clock := faastest.NewClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
//	a := faastest.Start(t, app.New, faastest.Clock(clock))
//	...
//	clock.Advance(time.Hour)
//
// Code that calls package time is tested in a bubble of testing/synctest, in which Start and all calls work but a server at
// [App.Handler] does not; there the deadlines of functions pass by the bubble's clock, too.
//
// [App.Deliver] hands a cloud's payload over, which [Payload] writes, and [Response] reads the response to a request. A company's own cloud
// is added by [Cloud].
//
// The package ends where processes begin: artefacts are run by the simulators below framework/platform/sim.
package faastest
