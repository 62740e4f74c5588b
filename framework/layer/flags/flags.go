// Package flags is a layer with feature flags: values that differ from caller to caller and change without a deployment. The words are those
// of OpenFeature: a flag has variants, one of which is the default, and an evaluation context with a targeting key and attributes decides
// which one an invocation gets. In f.yml:
//
//	layers:
//	  flags: {use: go:github.com/faasgen/faasgen/framework/layer/flags}
//	provider: {layers: [flags], environment: {LAYERS_FLAGS_RULES_FROM: "file:flags.txt"}}
//
// The [Rules] are a text. One that a reference leads to, such as a file or a store of parameters, is read again each minute: a text that is
// wrong then changes nothing, and one line in the log says where it is wrong. At the start it is an error.
//
// A function tells who calls, and takes values:
//
//	flags.SetContext(ctx, flags.EvaluationContext{TargetingKey: user.ID, Attributes: []flags.Attribute{flags.String("plan", user.Plan)}})
//	if flags.BooleanValue(ctx, "new-checkout", false) { … }
//
// An evaluation allocates nothing and calls no service. All those of one invocation see the same rules. What cannot be evaluated, as the flag does
// not exist, is of another type, or the function does not list the layer, is the default value that the code gives; [Evaluate] says why.
//
// It ends where flags are edited, and where what was evaluated is counted.
package flags

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
)

// Layer is the layer. It is made by New.
type Layer struct {
	text    config.Live[string]
	current atomic.Pointer[version]
	told    sync.Map // warnings that the log has
}

// version is a text, and the rules that count with it: those before it if it is wrong.
type version struct {
	layer *Layer
	text  string
	rules Rules
}

// New returns the layer, or the error that says where the text of the [Rules] is wrong. [config.NewLive] makes a text that stays, for tests.
//
//faas:layer
//faas:arg rules config=layer.rules refresh=1m
func New(rules config.Live[string]) (*Layer, error) {
	l := &Layer{text: rules}
	text := rules.Get(context.Background())
	parsed, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	l.current.Store(&version{l, text, parsed})
	return l, nil
}

// version is that of now. A text that has come since they were read is read by the first invocation that sees it; to compare a text with itself
// costs nothing.
func (l *Layer) version(ctx *framework.Context) *version {
	text, now := l.text.Get(ctx), l.current.Load()
	if text == now.text {
		return now
	}
	parsed, err := Parse(text)
	if err != nil {
		parsed = now.rules
	}
	next := &version{l, text, parsed}
	if l.current.CompareAndSwap(now, next) && err != nil {
		ctx.Logger().Error("the new rules of feature flags are wrong, and the old ones stay", "error", err.Error())
	}
	return next
}

// Name returns "flags".
func (l *Layer) Name() string { return "flags" }

// Middleware gives an invocation the rules of now. A hook would be one allocation more.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		ctx.SetValue(stateKey{}, l.version(ctx))
		return next(ctx)
	}
}

// stateKey is the context key of what an invocation evaluates with: a *version, or a *targeted.
type stateKey struct{}

// targeted is an invocation that has told who calls.
type targeted struct {
	*version
	context EvaluationContext
}

// stateOf is what the invocation evaluates with that ctx belongs to; version is nil if its function does not list the layer.
func stateOf(ctx context.Context) (v *version, c *EvaluationContext) {
	switch s := ctx.Value(stateKey{}).(type) {
	case *targeted:
		return s.version, &s.context
	case *version:
		return s, nil
	}
	return nil, nil
}

// EvaluationContext is what an invocation is known by.
type EvaluationContext struct {
	// TargetingKey is what shares are dealt by, such as the id of a user: the same key gets the same variant, in all processes and on all
	// clouds. Without one an invocation is in no share.
	TargetingKey string
	// Attributes are what conditions look at. Of two with one name the first counts.
	Attributes []Attribute
}

// SetContext sets the evaluation context of the invocation that ctx belongs to. It is for a guard or a middleware, or the function before its
// first flag: it must not be called concurrently with evaluations. Where the function does not list the layer it does nothing.
func SetContext(ctx context.Context, c EvaluationContext) {
	switch s := ctx.Value(stateKey{}).(type) {
	case *targeted:
		s.context = c
	case *version:
		framework.From(ctx).SetValue(stateKey{}, &targeted{s, c})
	}
}

// Reason is why a flag has its value, by OpenFeature's word.
type Reason string

// Reasons.
const (
	Static         Reason = "STATIC"          // the flag has no rules
	Default        Reason = "DEFAULT"         // no rule is for the invocation
	TargetingMatch Reason = "TARGETING_MATCH" // a rule is
	Split          Reason = "SPLIT"           // it is in a share
	Disabled       Reason = "DISABLED"        // the flag has its default variant alone, for now
	Failed         Reason = "ERROR"           // see ErrorCode
)

// ErrorCode is why a flag could not be evaluated, by OpenFeature's word; empty if it could.
type ErrorCode string

// Error codes.
const (
	ProviderNotReady ErrorCode = "PROVIDER_NOT_READY" // the function does not list the layer
	FlagNotFound     ErrorCode = "FLAG_NOT_FOUND"     // the rules do not have it
	TypeMismatch     ErrorCode = "TYPE_MISMATCH"      // its variants are of another type
)

// Details are the outcome of an evaluation.
type Details struct {
	// Variant is the name of the variant, and Value its value; empty if it failed.
	Variant string
	Value   Value
	// Reason is why.
	Reason Reason
	// ErrorCode is why it failed.
	ErrorCode ErrorCode
}

// Evaluate evaluates a flag for the invocation that ctx belongs to.
func Evaluate(ctx context.Context, flag string) Details {
	v, c := stateOf(ctx)
	if v == nil {
		return Details{Reason: Failed, ErrorCode: ProviderNotReady}
	}
	d := v.rules.evaluate(flag, c)
	if d.ErrorCode != "" {
		v.layer.warn(ctx, flag, d.ErrorCode)
	}
	return d
}

// warning is what the log says once.
type warning struct {
	flag string
	code ErrorCode
}

// maxWarnings bounds what is remembered: names of flags may come from outside.
const maxWarnings = 1000

// warn logs that a flag cannot be evaluated, once for each flag and reason.
func (l *Layer) warn(ctx context.Context, flag string, code ErrorCode) {
	w := warning{flag, code}
	if len(flag) > maxName {
		w.flag = flag[:maxName]
	}
	if _, known := l.told.Load(w); known {
		return
	}
	n := 0
	l.told.Range(func(any, any) bool { n++; return n < maxWarnings })
	if n == maxWarnings {
		return
	}
	w.flag = strings.Clone(w.flag) // it may be a piece of a request, which would stay with it
	if _, known := l.told.LoadOrStore(w, true); !known {
		framework.From(ctx).Logger().Warn("a feature flag has the default value of the code", "flag", w.flag, "error_code", string(code))
	}
}

// value is the value of a flag, if it is of that type.
func value(ctx context.Context, flag string, of kind) (Value, bool) {
	d := Evaluate(ctx, flag)
	if d.ErrorCode != "" {
		return Value{}, false
	}
	if d.Value.kind != of {
		if v, _ := stateOf(ctx); v != nil {
			v.layer.warn(ctx, flag, TypeMismatch)
		}
		return Value{}, false
	}
	return d.Value, true
}

// BooleanValue is the value of a flag whose variants are true and false, or else the default value.
func BooleanValue(ctx context.Context, flag string, defaultValue bool) bool {
	if v, ok := value(ctx, flag, boolean); ok {
		return v.truth
	}
	return defaultValue
}

// StringValue is the value of a flag whose variants are texts, or else the default value.
func StringValue(ctx context.Context, flag string, defaultValue string) string {
	if v, ok := value(ctx, flag, text); ok {
		return v.text
	}
	return defaultValue
}

// FloatValue is the value of a flag whose variants are numbers, or else the default value.
func FloatValue(ctx context.Context, flag string, defaultValue float64) float64 {
	if v, ok := value(ctx, flag, number); ok {
		return v.number
	}
	return defaultValue
}

// IntValue is the value of a flag whose variants are whole numbers, or else the default value.
func IntValue(ctx context.Context, flag string, defaultValue int64) int64 {
	v, ok := value(ctx, flag, number)
	if !ok {
		return defaultValue
	}
	if n, whole := v.Int(); whole {
		return n
	}
	if v, _ := stateOf(ctx); v != nil {
		v.layer.warn(ctx, flag, TypeMismatch)
	}
	return defaultValue
}
