//go:build !unix

package wire

// Stale reports that nothing is known of the connection.
func (s *socket) Stale() bool { return false }
