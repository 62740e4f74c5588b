package aliyun

import (
	"context"
	"log/slog"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Invocation is what FC says of one call, in the x-fc- headers of the request.
type Invocation struct {
	// RequestID is the vendor's id of the call.
	RequestID string
	// Function, Handler, Qualifier and Version name what was deployed and how it was called.
	Function, Handler, Qualifier, Version string
	// Memory is the memory limit in MB, zero if the vendor did not say.
	Memory int
	// Timeout is the function's time limit, zero if the vendor did not say.
	Timeout time.Duration
	// Region and AccountID are the vendor's region and the owner's account.
	Region, AccountID string
	// RetryCount is how often an asynchronous call was tried before.
	RetryCount int
	// ClientIP is the address of an http client.
	ClientIP string
	// Credentials are the temporary keys of the function's role, empty when it has none. They are of this call: do not
	// keep them.
	Credentials Credentials
	// Event is the payload as it came, nil for http. It must not be changed.
	Event []byte
}

// Credentials are temporary keys. They print as a word, so that no log shows them.
type Credentials struct {
	AccessKeyID, AccessKeySecret, SecurityToken string
}

const redacted = "[redacted]"

// String hides the keys.
func (Credentials) String() string { return redacted }

// GoString hides the keys.
func (Credentials) GoString() string { return redacted }

// LogValue hides the keys.
func (Credentials) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the keys.
func (Credentials) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// From returns the vendor's view of the call that ctx belongs to, nil if there is none.
func From(ctx context.Context) *Invocation {
	c := framework.From(ctx)
	if c == nil {
		return nil
	}
	inv, _ := c.Vendor().(*Invocation)
	return inv
}
