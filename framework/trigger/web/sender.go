package web

import (
	"io"
	"strings"
)

// Sender sends a response while its handler still runs, where the platform has no connection to write to. It refuses whatever
// comes after the call has been answered, so that a handler that missed its deadline may go on using it.
type Sender interface {
	// Begin sends the head of the response, once and before all else. After an error nothing has been sent, and the call can
	// still be answered in another way.
	Begin(status int, h Header) error
	// Write sends a piece of the body, when there is enough of it.
	io.Writer
	// Flush sends what Write has kept back.
	Flush() error
}

// SendBy has the response sent by s if the handler wants to stream it. A platform calls it before the function is called.
func (x *Exchange) SendBy(s Sender) { x.sender = s }

// Sender returns what sends the response while the handler runs, nil where the whole response is the handler's result or where
// the platform has a connection.
func (x *Exchange) Sender() Sender { return x.sender }

// Head makes the head of a response whose body a [Sender] sends, by the rules of [Exchange.Respond]: h is all that the handler
// wants to send, and replaces the exchange's headers. The error is of a status or of a header that cannot be sent.
func (x *Exchange) Head(status int, h map[string][]string) (*Response, error) {
	if x.err != nil {
		return nil, x.err
	}
	clear(x.response.Header)
	return x.succeed(&Response{Status: status, Header: h, Reader: strings.NewReader("")}, 0)
}
