package otel

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/faasgen/faasgen/framework/call/wire"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

// leastZipped is the size of a message from which it is compressed, in bytes: a smaller one is one packet as it is, and to compress it
// would be most of what its export costs.
const leastZipped = 1400

// maxAnswer is what is read of a receiver's answer, in bytes: it is empty, or one line of words.
const maxAnswer = 64 << 10

// line is the way to a receiver, which several signals may have.
type line struct {
	client *wire.Client
	life   context.Context
	cut    context.CancelFunc // ends what is under way

	mu      sync.Mutex
	pending *attempt // to connect, that no export has seen the end of
}

// attempt is one to connect. It does not end with the invocation that began it: of a receiver for whose handshake the cap is too short
// there would never be a connection.
type attempt struct {
	done   chan struct{}
	err    error // when done
	waited bool  // an export has, for as long as it could, and no other one does; who exports may touch it
}

func newLine(origin string) (*line, error) {
	client, err := wire.New(origin, maxAnswer)
	if err != nil {
		return nil, errors.New("the endpoint is no address of a receiver")
	}
	l := &line{client: client}
	l.life, l.cut = context.WithCancel(context.Background())
	return l, nil
}

// connect begins to connect, unless there is a connection, for which it returns nil, or that is under way.
func (l *line) connect() *attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending != nil || l.client.Ready() {
		return l.pending
	}
	a := &attempt{done: make(chan struct{})}
	l.pending = a
	go func() {
		defer close(a.done)
		a.err = l.client.Connect(l.life)
	}()
	return a
}

// ready reports whether there is a connection, and why there will not be one. If neither is so yet it has waited until ctx has ended, or
// an export before it has; one that is the last waits all the same.
func (l *line) ready(ctx context.Context, last bool) (ok bool, f *failure) {
	a := l.connect()
	if a == nil {
		return true, nil
	}
	if a.waited && !last {
		select {
		case <-a.done:
		default:
			return false, nil
		}
	}
	select {
	case <-a.done:
	case <-ctx.Done():
		a.waited = true
		return false, nil
	}
	l.mu.Lock()
	l.pending = nil
	l.mu.Unlock()
	if a.err != nil {
		return false, &failure{reason: unreachable, again: true}
	}
	return true, nil
}

// unreachable is the reason of a failure to connect.
const unreachable = "the receiver cannot be reached"

// sender posts requests of one signal to its receiver.
type sender struct {
	*receiver
	*line
	plain  []runtimeapi.Field // headers of a message as it is
	zipped []runtimeapi.Field // and of one that is compressed
	zip    sync.Pool          // of *gzip.Writer
}

func newSender(r *receiver, l *line) *sender {
	s := &sender{receiver: r, line: l, plain: append([]runtimeapi.Field{{Name: "Content-Type", Value: "application/x-protobuf"}}, r.header...)}
	s.zipped = append(slices.Clip(s.plain), runtimeapi.Field{Name: "Content-Encoding", Value: "gzip"})
	s.zip.New = func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return w }
	return s
}

// failure is why a receiver has not taken what it was sent. It has nothing of the receiver's words, nor of ours to it.
type failure struct {
	reason string
	again  bool          // it may be sent again
	after  time.Duration // how long the receiver wants to be left alone
	large  bool          // less at once may be taken
}

func (f *failure) Error() string { return f.reason }

// post sends one request, and returns how many of its spans or points were refused.
func (s *sender) post(ctx context.Context, message []byte) (refused int64, f *failure) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	body, header := message, s.plain
	if s.gzip && len(message) >= leastZipped {
		var b bytes.Buffer
		w := s.zip.Get().(*gzip.Writer)
		w.Reset(&b)
		_, _ = w.Write(message) // a buffer takes all
		_ = w.Close()
		s.zip.Put(w)
		body, header = b.Bytes(), s.zipped
	}
	r, err := s.client.Do(ctx, runtimeapi.Request{Method: "POST", Path: s.path, Header: header, Body: body})
	switch {
	case ctx.Err() != nil:
		return 0, &failure{reason: "the receiver did not answer in time"}
	case err != nil:
		if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
			return 0, &failure{reason: unreachable, again: true}
		}
		return 0, &failure{reason: "the connection to the receiver broke, or what came was no answer"}
	case r.Status == 200 || r.Status == 202 || r.Status == 204:
		if refused, ok := accepted(r.Body); ok || strings.HasPrefix(strings.ToLower(r.Get("Content-Type")), "application/json") {
			return refused, nil
		}
		return 0, &failure{reason: fmt.Sprintf("the receiver answered with status %d and what is no answer of OTLP", r.Status)}
	}
	f = &failure{reason: fmt.Sprintf("the receiver answered with status %d", r.Status), after: min(r.After(), 5*time.Minute)}
	switch r.Status {
	case 413:
		f.large = true
	case 429, 502, 503, 504:
		f.again = true
	}
	return 0, f
}

// accepted reads the answer of a receiver that took it, maybe without some.
func accepted(body []byte) (refused int64, ok bool) {
	for len(body) > 0 {
		number, kind, n := protowire.ConsumeTag(body)
		if n < 0 {
			return 0, false
		}
		body = body[n:]
		if number == 1 && kind == protowire.BytesType {
			inner, n := protowire.ConsumeBytes(body)
			if n < 0 {
				return 0, false
			}
			if number, kind, m := protowire.ConsumeTag(inner); m > 0 && number == 1 && kind == protowire.VarintType {
				if v, n := protowire.ConsumeVarint(inner[m:]); n > 0 {
					refused = int64(v)
				}
			}
			body = body[n:]
			continue
		}
		if n = protowire.ConsumeFieldValue(number, kind, body); n < 0 {
			return 0, false
		}
		body = body[n:]
	}
	return max(0, refused), true
}
