package sim

import "strings"

// ClientIP is the address of every client, one that is reserved for documentation.
const ClientIP = "192.0.2.1"

// Path is that of the target, still encoded.
func (r *Request) Path() string { path, _, _ := strings.Cut(r.Target, "?"); return path }

// Query is what follows the path, still encoded.
func (r *Request) Query() string { _, query, _ := strings.Cut(r.Target, "?"); return query }
