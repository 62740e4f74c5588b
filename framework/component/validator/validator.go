// Package validator is the component that checks the validate:"…" tags of inputs with
// github.com/go-playground/validator, whose documentation lists the rules. An application imports it with its
// //faas:configuration; from then on generated code calls it for every input that carries such tags, for requests and events.
//
// It is a module of its own, so that only those who use it have its dependencies. What a rule means is the library's
// business; the component names fields as clients know them and says in English what was expected. It never repeats a
// value, which may be a secret.
package validator

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	playground "github.com/go-playground/validator/v10"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Rule is a rule of the application's own, as a provider in the group "validation":
//
//	// Even is the rule of validate:"even".
//	//
//	//faas:provide group=validation
//	type Even struct{}
//
// Like any member of a group it counts where f.yml lists it: groups: {validation: [order.Even]}.
type Rule interface {
	// Tag is the rule's name in tags. It may replace a rule of the library.
	Tag() string
	// Valid decides about one field. It may be called by several goroutines at once.
	Valid(ctx context.Context, field playground.FieldLevel) bool
	// Expected completes "expected …"; param is what follows the name and an equals sign in the tag.
	Expected(param string) string
}

// Validator checks inputs. It is safe for concurrent use.
type Validator struct {
	engine *playground.Validate
	rules  map[string]Rule
}

var _ framework.Validator = (*Validator)(nil)

// New returns a validator that knows the rules of the library and those given. A rule without a name, with one that tags
// cannot hold, or with the name of another one is an error.
//
//faas:provide as=framework.Validator
//faas:arg rules group=validation optional
func New(rules []Rule) (*Validator, error) {
	v := &Validator{engine: playground.New(playground.WithRequiredStructEnabled()), rules: map[string]Rule{}}
	v.engine.RegisterTagNameFunc(fieldName)
	var errs []error
	for _, r := range rules {
		errs = append(errs, v.register(r))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *Validator) register(r Rule) (err error) {
	tag := r.Tag()
	if v.rules[tag] != nil {
		return fmt.Errorf("%T: a second rule is called %q", r, tag)
	}
	defer func() { // the library's answer to a name that has a meaning in tags
		if p := recover(); p != nil {
			err = fmt.Errorf("%T: the rule cannot be called %q: %v", r, tag, p)
		}
	}()
	if err := v.engine.RegisterValidationCtx(tag, r.Valid); err != nil {
		return fmt.Errorf("%T: the rule cannot be called %q: %w", r, tag, err)
	}
	v.rules[tag] = r
	return nil
}

// Validate implements framework.Validator: it returns nil, a *framework.Error with status 400 that lists the wrong fields,
// or one with status 500 when the tags themselves are wrong, which the first call for an input finds out.
func (v *Validator) Validate(ctx context.Context, in any) error {
	err := v.check(ctx, in)
	if err == nil {
		return nil
	}
	var wrong playground.ValidationErrors
	if !errors.As(err, &wrong) {
		return &framework.Error{Status: 500, Code: "validation", Message: "the input could not be checked", Err: err}
	}
	e := &framework.Error{Status: 400, Code: "invalid_event", Message: "the event has fields that are not valid"}
	if web.From(ctx) != nil {
		e.Code, e.Message = "invalid_request", "the request has fields that are not valid"
	}
	top := reflect.Indirect(reflect.ValueOf(in)).Type().Name()
	for i, f := range wrong {
		if i == maxFields {
			e.Message += fmt.Sprintf(", of which %d are not listed", len(wrong)-i)
			break
		}
		where, name := place(f.Namespace(), top)
		e.Fields = append(e.Fields, framework.FieldError{In: where, Name: name, Message: v.message(f)})
	}
	return e
}

// maxFields bounds what is reported about one input: a list may have any number of wrong elements.
const maxFields = 100

// check runs the library, which panics with a text where it does not understand a tag.
func (v *Validator) check(ctx context.Context, in any) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case string:
			err = fmt.Errorf("validate tags of %T: %s", in, p)
		default: // of a rule; the engine logs its stack
			panic(p)
		}
	}()
	return v.engine.StructCtx(ctx, in)
}
