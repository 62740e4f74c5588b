package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/config/store"
)

// source keeps texts, and the names of each request.
type source struct {
	texts map[string]string
	wait  bool // until the context ends

	mu    sync.Mutex
	reads []string
}

func (*source) Scheme() string { return "vault" }

func (s *source) Read(ctx context.Context, names []string) []store.Result {
	if s.wait {
		<-ctx.Done()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, strings.Join(names, " "))
	var results []store.Result
	for _, name := range names {
		text, ok := s.texts[name]
		if !ok {
			results = append(results, store.Result{Err: errors.New("there is no such secret")})
			continue
		}
		results = append(results, store.Result{Text: text})
	}
	return results
}

type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { text, ok := v[name]; return text, ok }

// login has two secrets, of which both are to be in one request.
type login struct {
	User, Password config.Secret
}

// unit is an application with two functions, as generated code makes one, with what they have read.
func unit(got *[]string) func(*framework.Runtime) *framework.App {
	return func(rt *framework.Runtime) *framework.App {
		var once config.Once
		load := func() (*config.Config, error) { return once.Load(rt) }
		function := func(name string, check func(struct{}, *config.Reader)) *framework.Function {
			return &framework.Function{
				Name: name, Handler: func(*framework.Context) error { return nil },
				Needs: framework.Needs{Check: config.Checks(struct{}{}, load, check)},
			}
		}
		app := &framework.App{Functions: []*framework.Function{
			function("a", func(_ struct{}, r *config.Reader) {
				l := config.Value[login](r, "db")
				*got = append(*got, l.User.Reveal(), l.Password.Reveal())
			}),
			function("b", func(_ struct{}, r *config.Reader) {
				*got = append(*got, config.Value[config.Secret](r, "auth.token").Reveal(), fmt.Sprint(config.Value[int](r, "max.items")))
			}),
		}}
		return app
	}
}

var references = variables{
	"DB_USER_FROM": "vault:user", "DB_PASSWORD_FROM": "vault:password", "AUTH_TOKEN_FROM": "vault:token", "MAX_ITEMS_FROM": "vault:max",
	"OTHER_KEY_FROM": "vault:not-theirs",
}

func start(t *testing.T, v variables, s *source, got *[]string) error {
	t.Helper()
	rt := &framework.Runtime{CodeDir: t.TempDir(), Variables: v}
	e := framework.NewEngine(rt, store.With(unit(got), s)(rt))
	err := e.Start(t.Context())
	if err == nil {
		t.Cleanup(func() { _ = e.Close(context.Background()) })
	}
	return err
}

func TestOneBatchForAllFunctions(t *testing.T) {
	s := &source{texts: map[string]string{"user": "u", "password": "p", "token": "t", "max": "7"}}
	var got []string
	if err := start(t, references, s, &got); err != nil {
		t.Fatal(err)
	}
	if want := []string{"user password token max"}; !slices.Equal(s.reads, want) {
		t.Errorf("found the requests %q, expected %q", s.reads, want)
	}
	if want := []string{"u", "p", "t", "7"}; !slices.Equal(got[len(got)-4:], want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A unit of some functions reads what these need: its role has no right to more.
func TestOtherFunctions(t *testing.T) {
	s := &source{texts: map[string]string{"token": "t", "max": "7"}}
	v := variables{"FAAS_FUNCTIONS": "b"}
	for name, text := range references {
		v[name] = text
	}
	var got []string
	if err := start(t, v, s, &got); err != nil {
		t.Fatal(err)
	}
	if want := []string{"token max"}; !slices.Equal(s.reads, want) {
		t.Errorf("found the requests %q, expected %q", s.reads, want)
	}
}

func TestErrors(t *testing.T) {
	const secret = "do-not-show"
	for name, tt := range map[string]struct {
		source *source
		limit  string
		want   []string
	}{
		"missing": {source: &source{texts: map[string]string{"user": secret, "token": secret, "max": "1"}},
			want: []string{"environment variable DB_PASSWORD_FROM: key db.password: vault:password: there is no such secret"}},
		"wrong type": {source: &source{texts: map[string]string{"user": secret, "password": secret, "token": secret, "max": secret}},
			want: []string{"MAX_ITEMS_FROM", "key max.items: expected a whole number"}},
		"empty": {source: &source{texts: map[string]string{"user": secret, "password": "", "token": secret, "max": "1"}},
			want: []string{"key db.password: vault:password: the text is empty"}},
		"too large": {source: &source{texts: map[string]string{"user": secret, "password": strings.Repeat(secret, 10_000), "token": secret, "max": "1"}},
			want: []string{"key db.password: vault:password: found 110000 bytes, expected 65536 at most"}},
		"too late": {source: &source{wait: true}, limit: "50ms", want: []string{"init did not finish within 50ms"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := variables{}
			for name, text := range references {
				v[name] = text
			}
			if tt.limit != "" {
				v["FAAS_INIT_TIMEOUT"] = tt.limit
			}
			var got []string
			err := start(t, v, tt.source, &got)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("found %v, expected %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	for name, tt := range map[string]struct {
		failures []*call.Failure
		limit    time.Duration
		sent     int
		want     string
	}{
		"throttled once":     {failures: []*call.Failure{{Reason: call.Throttled}, nil}, sent: 2},
		"broken once":        {failures: []*call.Failure{{Reason: call.Broken}, nil}, sent: 2},
		"always throttled":   {failures: slices.Repeat([]*call.Failure{{Reason: call.Throttled, Code: "Rate"}}, 9), sent: 4, want: "the store takes no requests at the moment: Rate"},
		"no time":            {failures: slices.Repeat([]*call.Failure{{Reason: call.Throttled, After: time.Second}}, 9), limit: 900 * time.Millisecond, sent: 1, want: "the store takes no requests at the moment"},
		"denied":             {failures: []*call.Failure{{Reason: call.Refused, Code: "No", Message: "user x", Err: store.ErrDenied}}, sent: 1, want: "the role of the function may not read it: No: user x"},
		"refused":            {failures: []*call.Failure{{Reason: call.Refused, Code: "No"}}, sent: 1, want: "the store refuses to read it: No"},
		"gone":               {failures: []*call.Failure{{Reason: call.Gone, Code: "NotFound"}}, sent: 1, want: "the store does not have it: NotFound"},
		"without a role":     {failures: []*call.Failure{{Reason: call.NoCredentials, Message: "X is not set"}}, sent: 1, want: "there are no credentials to read the store with; give the function a role: X is not set"},
		"of another service": {failures: []*call.Failure{{Reason: call.BadAnswer}}, sent: 1, want: "the store did not answer as expected"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if tt.limit > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, tt.limit)
				defer cancel()
			}
			sent := 0
			err := store.Request(ctx, func() error {
				f := tt.failures[sent]
				if sent++; f == nil {
					return nil
				}
				return f
			})
			text := ""
			if err != nil {
				text = err.Error()
			}
			if sent != tt.sent || text != tt.want {
				t.Errorf("sent %d times, error %q; want %d, %q", sent, text, tt.sent, tt.want)
			}
		})
	}
}
