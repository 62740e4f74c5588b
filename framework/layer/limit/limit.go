// Package limit is a layer that limits how often, and how many at once, a function is called, in all and by each caller. In f.yml:
//
//	layers:
//	  limit: {use: go:github.com/faasgen/faasgen/framework/layer/limit, config: {key: ip, keyRate: 5, keyBurst: 20}}
//
// Each function that names the layer has limits of its own, so that no grouping changes an answer; functions that want others name
// another layer of the same use. The limits are those of one process: with several instances the sum is as many times as much, and a
// process that is frozen gains tokens meanwhile.
//
// What becomes of an invocation over a limit follows from how it was delivered:
//
//   - A request is answered with 429, code rate_limited or overloaded, and Retry-After. So is a caller that waits for its call.
//   - Messages of a queue or stream fail at once, and are delivered again. A batch counts as one.
//   - Everything else, as times of a timer, waits for its turn until its deadline, and then fails with 503.
//
// Callers are told apart by a key. Those that are remembered are bounded in number and size; the one that was not seen for the longest
// time is forgotten first, and begins again. A request without a key shares its limit with all others without one.
//
// It is a module of its own, for golang.org/x/time/rate.
package limit

import (
	"fmt"
	"math"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Config is what the layer's entry in f.yml and configuration say of it. Zero is no limit.
//
//faas:config key=layer
type Config struct {
	// Rate is how many invocations of a function may begin in a second, on average, and Burst how many at once after a pause: at least
	// one, and Rate rounded up if zero.
	Rate  float64 //faas:config default=0
	Burst int     //faas:config default=0
	// Concurrency is how many may run at once.
	Concurrency int //faas:config default=0
	// Key tells callers apart whose requests are limited by KeyRate, KeyBurst and KeyConcurrency: ip, the client's address as the
	// platform vouches for it, of IPv6 the first 64 bits; or header:NAME, the first value of a header.
	Key            string  //faas:config default=""
	KeyRate        float64 //faas:config default=0
	KeyBurst       int     //faas:config default=0
	KeyConcurrency int     //faas:config default=0
	// Keys is how many callers of a function are remembered, besides those with requests under way.
	Keys int //faas:config default=10000
}

// maxKeys keeps the memory for callers under about 300 MB.
const maxKeys = 1_000_000

// Layer is the layer. It is made by New or NewKeyed.
type Layer struct {
	config Config
	key    func(*framework.Context) (string, bool) // nil without a limit by key
}

// New returns the layer, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config) (*Layer, error) {
	l := &Layer{config: *c}
	name, header := strings.CutPrefix(c.Key, "header:")
	switch {
	case c.Key == "":
		if c.byKey() {
			return nil, fmt.Errorf("key: found none and a limit by key, expected ip or header:NAME")
		}
	case c.Key == "ip":
		l.key = clientIP
	case header && web.ValidName(name):
		l.key = headerOf(name)
	default:
		return nil, fmt.Errorf("key: found %.100q, expected ip or header:NAME", c.Key)
	}
	return l, l.check()
}

// NewKeyed returns a layer of an application's own that tells callers apart by what key returns, such as the tenant that a guard has
// found; false is a call that is not limited by key. It is called for invocations of every kind. Config.Key must be empty:
//
//	// NewTenantLimit limits what each tenant may do.
//	//
//	//faas:layer
//	func NewTenantLimit() (*limit.Layer, error) {
//		return limit.NewKeyed(&limit.Config{KeyRate: 10, Keys: 1000}, func(ctx *framework.Context) (string, bool) { … })
//	}
func NewKeyed(c *Config, key func(*framework.Context) (string, bool)) (*Layer, error) {
	if c.Key != "" {
		return nil, fmt.Errorf("key: found %.100q and a function, expected one of both", c.Key)
	}
	l := &Layer{config: *c, key: key}
	return l, l.check()
}

func (c *Config) byKey() bool { return c.KeyRate != 0 || c.KeyConcurrency != 0 || c.KeyBurst != 0 }

// check completes the configuration.
func (l *Layer) check() error {
	c := &l.config
	for _, r := range []struct {
		name       string
		rate       float64
		burst      *int
		concurrent int
	}{{"", c.Rate, &c.Burst, c.Concurrency}, {"key", c.KeyRate, &c.KeyBurst, c.KeyConcurrency}} {
		if !(r.rate >= 0 && r.rate <= 1e6) {
			return fmt.Errorf("%s: found %v, expected a number of invocations a second from 0 to 1000000", member(r.name, "rate"), r.rate)
		}
		if *r.burst < 0 || *r.burst > 1e6 {
			return fmt.Errorf("%s: found %d, expected a number from 0 to 1000000", member(r.name, "burst"), *r.burst)
		}
		if *r.burst > 0 && r.rate == 0 {
			return fmt.Errorf("%s: found %d without %s, expected both", member(r.name, "burst"), *r.burst, member(r.name, "rate"))
		}
		if r.concurrent < 0 || r.concurrent > 1e6 {
			return fmt.Errorf("%s: found %d, expected a number from 0 to 1000000", member(r.name, "concurrency"), r.concurrent)
		}
		if *r.burst == 0 {
			*r.burst = int(math.Ceil(r.rate))
		}
	}
	switch {
	case l.key != nil && !c.byKey():
		return fmt.Errorf("key: found one and no limit by key, expected keyRate or keyConcurrency")
	case l.key == nil && c.Rate == 0 && c.Concurrency == 0:
		return fmt.Errorf("found no limit, expected rate, concurrency, or key with keyRate or keyConcurrency")
	case l.key != nil && (c.Keys < 1 || c.Keys > maxKeys):
		return fmt.Errorf("keys: found %d, expected a number from 1 to %d", c.Keys, maxKeys)
	}
	return nil
}

// member is the name of a member of Config: rate, or keyRate.
func member(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + strings.ToUpper(name[:1]) + name[1:]
}

// Name returns "limit".
func (l *Layer) Name() string { return "limit" }
