package local

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// healthTimeout limits one response about the health.
const healthTimeout = 5 * time.Second

// health answers GET /_faas/health to this machine: 200 when the unit can do its work, 503 when it cannot. Why it cannot is
// in the log. For everybody else the path does not exist: such a request is the application's.
type health struct {
	engine *framework.Engine
	log    *slog.Logger
	// behind says that the parent hands over its listener and says who called.
	behind bool
	next   http.Handler
}

func (h health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != ControlPrefix+"health" || r.Method != http.MethodGet || !h.near(r) {
		h.next.ServeHTTP(w, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
	defer cancel()
	if err := h.engine.Health(ctx); err != nil {
		h.log.Warn("unhealthy", "error", err)
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "unhealthy"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// near reports whether the request comes from this machine, and not through a proxy that runs on it.
func (h health) near(r *http.Request) bool {
	// The headers count also when they are empty, as a client may send them: a proxy may add a line of its own to those.
	if !h.behind && (r.Header.Values("X-Forwarded-For") != nil || r.Header.Values("Forwarded") != nil) {
		return false
	}
	return Loopback(client(r, h.behind))
}
