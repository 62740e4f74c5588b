// Package notes runs an existing server, which is not written in Go.
package notes

import (
	"net/http"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/legacy"
)

// New starts server.py, which listens on the port that it finds in PORT.
//
//faas:handler notes
//faas:http ANY /notes/*
func New(rt *framework.Runtime) http.Handler {
	return legacy.New(rt, legacy.Command{
		Path:         "python3",
		Args:         []string{"-u", "notes/server.py"},
		PortVariable: "PORT",
		Ready:        "/notes/health",
		StopTimeout:  2 * time.Second,
	})
}
