package faastest

import "net/http"

// Front puts a handler before the application's HTTP ingress: what [App.Do], [App.HTTP] and [App.Handler] send goes through it, the first
// one first. Tests that look at every request and response use it.
func Front(wrap func(http.Handler) http.Handler) Option {
	return option(func(s *settings) error { s.fronts = append(s.fronts, wrap); return nil })
}
