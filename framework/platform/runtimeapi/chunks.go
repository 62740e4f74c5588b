package runtimeapi

import (
	"fmt"
	"io"
	"strconv"
)

// Chunks writes a chunked body to a connection, for [Request.Stream]. Each Write is one chunk, sent at once.
type Chunks struct {
	to  io.Writer
	out []byte
	err error
}

// NewChunks begins the body.
func NewChunks(conn io.Writer) *Chunks { return &Chunks{to: conn} }

// Write sends p. After an error all later calls return the same one.
func (c *Chunks) Write(p []byte) (int, error) {
	if c.err != nil || len(p) == 0 { // an empty chunk would be the end
		return 0, c.err
	}
	c.out = strconv.AppendUint(c.out[:0], uint64(len(p)), 16)
	c.out = append(c.out, "\r\n"...)
	c.out = append(append(c.out, p...), "\r\n"...)
	if _, c.err = c.to.Write(c.out); c.err != nil {
		return 0, c.err
	}
	return len(p), nil
}

// End sends what comes after the last chunk: the fields that [Request.Trailers] announced, or some of them.
func (c *Chunks) End(trailer ...Field) error {
	if c.err != nil {
		return c.err
	}
	c.out = append(c.out[:0], "0\r\n"...)
	for _, f := range trailer {
		if !token(f.Name) || !text(f.Value) || ours(f.Name) {
			return fmt.Errorf("trailer %q: expected a name of token characters and a value without control characters", f.Name)
		}
		c.out = append(append(c.out, f.Name...), ": "...)
		c.out = append(append(c.out, f.Value...), "\r\n"...)
	}
	c.out = append(c.out, "\r\n"...)
	_, c.err = c.to.Write(c.out)
	return c.err
}
