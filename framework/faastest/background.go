package faastest

import (
	"context"
	"net/http"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// backgroundKey leads from the context of a request to where its background work is waited for.
type backgroundKey struct{}

// withBackground returns the request with such a place.
func withBackground(r *http.Request) (*http.Request, *framework.Background) {
	b := new(framework.Background)
	return r.WithContext(context.WithValue(r.Context(), backgroundKey{}, b)), b
}

func backgroundOf(r *http.Request) *framework.Background {
	b, _ := r.Context().Value(backgroundKey{}).(*framework.Background)
	return b
}

// finish waits for the background work of a call, as the platforms do before the next one, so that a test sees what it has done.
// Work that waits for the test itself, such as for its clock, is left alone after the grace.
func (a *App) finish(b *framework.Background) {
	if !b.Pending() {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Wait()
	}()
	limit := time.NewTimer(a.grace)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	}
}
