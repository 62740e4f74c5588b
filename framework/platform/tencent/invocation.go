package tencent

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Invocation is what SCF says of one call.
type Invocation struct {
	// RequestID is the vendor's id of the call.
	RequestID string
	// Memory is the memory limit in MB, zero if the vendor did not say.
	Memory int
	// Timeout is the function's time limit, zero if the vendor did not say.
	Timeout time.Duration
	// Function, Version and Namespace name what was deployed.
	Function, Version, Namespace string
	// Region, AppID and UIN are the vendor's region and the owner's account.
	Region, AppID, UIN string
	// Event is the payload as it came, nil for a web function. It must not be changed.
	Event []byte
}

// Credentials are the temporary keys of the function's role. They print as a word, so that no log shows them.
type Credentials struct {
	SecretID, SecretKey, SessionToken string
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

// Credentials returns the keys of the function's role as they are now, empty when the function has no role. They expire:
// ask again in each call instead of keeping them.
func (*Invocation) Credentials() Credentials {
	return Credentials{
		SecretID:     os.Getenv("TENCENTCLOUD_SECRETID"),
		SecretKey:    os.Getenv("TENCENTCLOUD_SECRETKEY"),
		SessionToken: os.Getenv("TENCENTCLOUD_SESSIONTOKEN"),
	}
}

// MemoryLimit is Memory, by which codecs bound what they keep.
func (i *Invocation) MemoryLimit() int { return i.Memory }
