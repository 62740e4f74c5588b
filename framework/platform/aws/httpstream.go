package aws

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// HTTPStream is [HTTP] for a unit behind a function URL in the mode RESPONSE_STREAM: responses are sent piece by piece, as
// their readers give them or as mounted applications write them. To other ingresses it answers as HTTP does.
func HTTPStream() platform.Codec { return httpCodec(stream) }

const (
	// maxStream is Lambda's limit for a streamed response.
	maxStream = 200 << 20
	// maxPiece is how much of a response is kept in memory.
	maxPiece = 32 << 10

	trailerType = "Lambda-Runtime-Function-Error-Type"
	trailerBody = "Lambda-Runtime-Function-Error-Body"
)

// stream sends the response: status and headers as JSON, eight NUL bytes, the body.
func stream(c *httpCall, r *web.Response) error {
	inv, ok := c.payload.Invocation.Vendor.(*Invocation)
	if !ok || inv.loop == nil {
		return errors.New("found an invocation that is not the loop's, so that nothing can be streamed")
	}
	s := &streamed{call: c, inv: inv}
	if r.Reader != nil {
		s.from, s.buffer = r.Reader, make([]byte, maxPiece)
		// A reader that fails at once, as one of a resource that is gone does, is still a clean error.
		if err := s.next(); err != nil {
			s.close()
			r = c.exchange.Respond(nil, fmt.Errorf("read the response body: %w", err), c.info())
			s.from, s.piece = nil, nil
		}
	}
	defer s.close()
	if s.from == nil {
		s.piece, s.done = r.Body, true
	}
	s.begin(r)
	return s.post()
}

// begin makes what comes before the body.
func (s *streamed) begin(r *web.Response) {
	s.prelude = append(s.prelude, `{"statusCode":`...)
	s.prelude = strconv.AppendInt(s.prelude, int64(r.Status), 10)
	s.prelude = encodeAPIGateway2(s.prelude, r, s.call)
	s.prelude = append(s.prelude, "}\x00\x00\x00\x00\x00\x00\x00\x00"...)
}

// streamed is one response on its way.
type streamed struct {
	call    *httpCall
	inv     *Invocation
	prelude []byte
	from    io.Reader // the user's; nil if the body is whole
	buffer  []byte
	piece   []byte // what was read last
	failure error  // what follows it
	done    bool
	sent    int64
}

// next reads what there is, and waits if there is nothing. The reader is the user's, so that a panic of it is an error.
func (s *streamed) next() (err error) {
	defer func() {
		if v := recover(); v != nil {
			// wrapped, since one as it is counts as logged by the engine
			err = fmt.Errorf("read the response body: %w", &framework.PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	if s.piece = nil; s.failure != nil {
		return s.failure
	}
	for range 100 {
		n, err := s.from.Read(s.buffer)
		s.piece, s.done = s.buffer[:n], err == io.EOF
		if n > 0 && !s.done {
			s.failure = err // after what came with it
		}
		if n > 0 || s.done {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

func (s *streamed) close() {
	if c, ok := s.from.(io.Closer); ok {
		_ = c.Close() // all that was wanted of it has been read, or cannot be
	}
	s.from = nil
}

// post makes the call that answers the invocation.
func (s *streamed) post() error {
	response, err := s.inv.loop.client.Do(context.Background(), runtimeapi.Request{
		Method: "POST", Path: apiVersion + "/runtime/invocation/" + s.inv.RequestID + "/response",
		Header: []runtimeapi.Field{
			{Name: "Content-Type", Value: "application/vnd.awslambda.http-integration-response"},
			{Name: "Lambda-Runtime-Function-Response-Mode", Value: "streaming"},
		},
		Trailers: trailerType + ", " + trailerBody,
		Stream:   s.write,
	})
	if s.inv.posted = accepted; err == nil && (response.Status == 202 || response.Status == 413) {
		if response.Status == 413 { // Lambda has answered the caller
			s.log("Lambda refused the response: it is too large", nil)
		}
		return nil
	}
	s.inv.posted = refused
	s.log("the response could not be posted; the process ends", errors.New(describe(response, err)))
	return nil
}

func (s *streamed) log(message string, err error) {
	args := []any{"bytes", s.sent, "request_id", s.inv.RequestID, "route", s.call.match.Pattern}
	if err != nil {
		args = append(args, "error", err.Error())
	}
	s.call.payload.Log().Error(message, args...)
}

// write sends prelude and body. What goes wrong on the way is reported in the trailer, which cuts the client's response short.
func (s *streamed) write(conn io.Writer) error {
	chunks := runtimeapi.NewChunks(conn)
	first := s.prelude
	if len(s.piece) <= maxPiece {
		first, s.piece = append(first, s.piece...), nil
	}
	if _, err := chunks.Write(first); err != nil {
		return err
	}
	for s.sent = int64(len(first)); ; {
		s.sent += int64(len(s.piece))
		if s.sent > maxStream {
			return s.fail(chunks, &framework.Error{Status: 500, Code: "response_too_large", Message: "the response is larger than the platform can carry", Err: fmt.Errorf("more than %d bytes", maxStream)})
		}
		if _, err := chunks.Write(s.piece); err != nil {
			return err
		}
		if s.done {
			return chunks.End()
		}
		if err := s.next(); err != nil {
			return s.fail(chunks, err)
		}
	}
}

// fail ends a stream that is not whole.
func (s *streamed) fail(chunks *runtimeapi.Chunks, err error) error {
	s.log("request failed while its response was streamed", err)
	d := platform.Describe(err, false)
	doc := errorDocument{Message: d.Message, Type: errorType(d.Type), Stack: []string{}}
	if len(doc.Message) > maxMessage/4 { // it becomes a header
		doc.Message = strings.ToValidUTF8(doc.Message[:maxMessage/4], "") + "..."
	}
	body, err := platform.JSON(doc)
	if err != nil {
		body = []byte(`{}`) // cannot be: there are only strings in it
	}
	return chunks.End(
		runtimeapi.Field{Name: trailerType, Value: doc.Type},
		runtimeapi.Field{Name: trailerBody, Value: base64.StdEncoding.EncodeToString(body)},
	)
}
