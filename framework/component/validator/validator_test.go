package validator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	playground "github.com/go-playground/validator/v10"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/component/validator"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// page is embedded, so that its fields are the input's own.
type page struct {
	Size int `query:"size" validate:"max=100"`
}

type line struct {
	SKU   string  `json:"sku" validate:"required,len=4"`
	Price float64 `json:"price" validate:"gt=0"`
}

// Address is embedded by name.
type Address struct {
	City string `json:"city" validate:"required"`
}

type order struct {
	page
	Shop     string            `path:"shop" validate:"alphanum"`
	Token    string            `header:"X-Token" validate:"min=3"`
	Tags     []string          `query:"tag,required" validate:"dive,oneof=new 'very old'"`
	Name     string            `json:"name,omitempty" validate:"required"`
	Plain    string            `validate:"omitempty,email"`
	Lines    []line            `json:"lines" validate:"min=1,unique=SKU,dive"`
	ByShelf  map[string]line   `json:"shelves" validate:"dive"`
	Address  *Address          `json:"address"`
	Home     Address           `json:"-"`
	Again    string            `json:"again" validate:"eqfield=Name"`
	Colour   string            `json:"colour" validate:"omitempty,hexcolor|rgb"`
	When     time.Time         `json:"when" validate:"omitempty,gt"`
	Even     int               `json:"even" validate:"even=2"`
	Wait     time.Duration     `json:"wait" validate:"lte=1h"`
	Comments map[string]string `json:"comments" validate:"max=1"`
	Secret   string            `json:"secret" validate:"excluded_with=Name"`
	Rare     string            `json:"rare" validate:"omitempty,bic"`
	Note     string            `form:"note" validate:"max=3"`
	Both     string            `form:"both" json:"both_ways" validate:"max=3"`
	From     Address           `form:"from"`
	Picture  web.File          `file:"picture" validate:"omitempty"`
}

// even is a rule of the application.
type even struct{ tag string }

func (e even) Tag() string                                         { return e.tag }
func (even) Valid(_ context.Context, f playground.FieldLevel) bool { return f.Field().Int()%2 == 0 }
func (even) Expected(param string) string                          { return "a multiple of " + param }

func right() order {
	return order{
		Shop: "berlin", Token: "abc", Tags: []string{"new", "very old"}, Name: "ann", Lines: []line{{"0001", 1}},
		Again: "ann", Address: &Address{"Bern"}, Home: Address{"Rome"}, From: Address{"Oslo"},
	}
}

func TestFields(t *testing.T) {
	v, err := validator.New([]validator.Rule{even{"even"}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*order)
		want   string // "in name: message", one a line
	}{
		{"nothing", func(*order) {}, ""},
		{"embedded", func(o *order) { o.Size = 101 }, "query size: expected at most 100"},
		{"path", func(o *order) { o.Shop = "../x" }, "path shop: expected letters and digits only"},
		{"header", func(o *order) { o.Token = "xy" }, "header X-Token: expected at least 3 characters"},
		{"form", func(o *order) { o.Note, o.Both, o.From.City = "long", "long", "" }, "form note: expected at most 3 characters\nbody both_ways: expected at most 3 characters\nform from.city: found nothing, expected a value"},
		{"query list", func(o *order) { o.Tags[1] = "old" }, "query tag[1]: expected one of new, very old"},
		{"missing", func(o *order) { o.Name, o.Again = "", "" }, "body name: found nothing, expected a value"},
		{"without a tag", func(o *order) { o.Plain = "x" }, "body Plain: expected an email address"},
		{"list", func(o *order) { o.Lines = nil }, "body lines: expected at least 1 element"},
		{"in a list", func(o *order) { o.Lines = append(o.Lines, line{"1", -1}) },
			"body lines[1].sku: expected exactly 4 characters\nbody lines[1].price: expected more than 0"},
		{"in a map", func(o *order) { o.ByShelf = map[string]line{"a.b": {"", 1}} }, "body shelves[a.b].sku: found nothing, expected a value"},
		{"long key", func(o *order) { o.ByShelf = map[string]line{strings.Repeat("x", 1000): {"", 1}} },
			"body shelves[" + strings.Repeat("x", 192) + "...: found nothing, expected a value"},
		{"pointer", func(o *order) { o.Address = &Address{} }, "body address.city: found nothing, expected a value"},
		{"not of JSON", func(o *order) { o.Home = Address{} }, "body Home.city: found nothing, expected a value"},
		{"another field", func(o *order) { o.Again = "bob" }, "body again: expected the value of Name"},
		{"either", func(o *order) { o.Colour = "red" }, "body colour: expected a colour"},
		{"time", func(o *order) { o.When = time.Unix(0, 0) }, "body when: expected a time in the future"},
		{"own rule", func(o *order) { o.Even = 3 }, "body even: expected a multiple of 2"},
		{"duration", func(o *order) { o.Wait = 2 * time.Hour }, "body wait: expected at most 1h"},
		{"entries", func(o *order) { o.Comments = map[string]string{"a": "", "b": ""} }, "body comments: expected at most 1 entry"},
		{"excluded", func(o *order) { o.Secret = "hunter2" }, "body secret: found a value, expected nothing"},
		{"rare rule", func(o *order) { o.Rare = "x" }, "body rare: expected a value that is bic"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := right()
			tt.change(&in)
			err := v.Validate(t.Context(), &in)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *framework.Error
			if !errors.As(err, &e) || e.Status != 400 || e.Code != "invalid_event" {
				t.Fatalf("got %v", err)
			}
			var lines []string
			for _, f := range e.Fields {
				lines = append(lines, f.In+" "+f.Name+": "+f.Message)
			}
			if got := strings.Join(lines, "\n"); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestManyWrong: the response to an input does not grow with it.
func TestManyWrong(t *testing.T) {
	v, err := validator.New([]validator.Rule{even{"even"}})
	if err != nil {
		t.Fatal(err)
	}
	in := right()
	in.Tags = make([]string, 1000)
	var e *framework.Error
	if err := v.Validate(t.Context(), &in); !errors.As(err, &e) || len(e.Fields) != 100 || !strings.HasSuffix(e.Message, ", of which 900 are not listed") {
		t.Errorf("%d fields, %s", len(e.Fields), e.Message)
	}
}

// TestWrongTags: a mistake in a tag is the application's, so that no stranger is told of it.
func TestWrongTags(t *testing.T) {
	v, err := validator.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]any{
		"unknown": &struct {
			A string `validate:"requird"`
		}{"x"},
		"of another type": &struct {
			A bool `validate:"min=3"`
		}{true},
		"bad number": &struct {
			A string `validate:"min=x"`
		}{"y"},
	} {
		var e *framework.Error
		err := v.Validate(t.Context(), in)
		if !errors.As(err, &e) || e.Status != 500 || e.Message != "the input could not be checked" || e.Err == nil || !strings.Contains(e.Err.Error(), "validate tags of ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// panics is a rule with a mistake.
type panics struct{ even }

func (panics) Valid(context.Context, playground.FieldLevel) bool { panic(errors.New("of the rule")) }

func TestPanicOfARule(t *testing.T) {
	v, err := validator.New([]validator.Rule{panics{even{"even"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); fmt.Sprint(p) != "of the rule" {
			t.Errorf("recovered %v", p)
		}
	}()
	in := right()
	t.Errorf("returned %v", v.Validate(t.Context(), &in))
}

func TestRules(t *testing.T) {
	for name, tt := range map[string]struct {
		rules []validator.Rule
		want  string
	}{
		"twice":   {[]validator.Rule{even{"even"}, even{"even"}}, `validator_test.even: a second rule is called "even"`},
		"unnamed": {[]validator.Rule{even{}}, `validator_test.even: the rule cannot be called ""`},
		"special": {[]validator.Rule{even{"dive"}}, `validator_test.even: the rule cannot be called "dive"`},
		"comma":   {[]validator.Rule{even{"a,b"}}, `validator_test.even: the rule cannot be called "a,b"`},
	} {
		if _, err := validator.New(tt.rules); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// handler checks what Example posts.
func handler(v *validator.Validator) framework.Handler {
	return func(ctx *framework.Context) error {
		var in struct {
			Item  string `json:"item" validate:"required"`
			Count int    `json:"count" validate:"min=1,max=99"`
		}
		b := web.NewBinder(&web.From(ctx).Request)
		b.JSON(&in)
		if err := b.Err(); err != nil {
			return err
		}
		return v.Validate(ctx, &in)
	}
}

func Example() {
	v, err := validator.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	f := &framework.Function{Name: "order", Handler: handler(v)}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "order", Functions: []*framework.Function{f}})
	if err := e.Start(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	_, err = e.Invoke(context.Background(), framework.Invocation{Function: f, Event: web.NewExchange(web.Request{Method: "POST", Body: []byte(`{"count":100}`)})})
	fmt.Println(err)
	// Output: invalid_request: the request has fields that are not valid (body item: found nothing, expected a value; body count: expected at most 99)
}
