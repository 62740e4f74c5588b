package faastest

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// request makes the exchange of a request, which must be one of the function's.
func (a *App) request(f *framework.Function, r *http.Request) (*web.Exchange, error) {
	in := web.Request{
		Method: cmp.Or(r.Method, "GET"), Path: cmp.Or(r.URL.Path, "/"), RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery,
		Header: web.Header(r.Header.Clone()), Host: cmp.Or(r.Host, r.URL.Host), RemoteAddr: "192.0.2.1", Proto: "http",
	}
	if in.Header == nil {
		in.Header = web.Header{}
	}
	if r.Body != nil {
		var err error
		if in.Body, err = io.ReadAll(r.Body); err != nil {
			return nil, fmt.Errorf("read the request's body: %w", err)
		}
	}
	return a.matched(f, in)
}

// exchange is request for a request in the form of faasgen invoke.
func (a *App) exchange(f *framework.Function, r *envelope.Request) (*web.Exchange, error) {
	in := web.Request{
		Method: r.Method, Header: web.Header{}, Host: cmp.Or(r.Host, "example.com"), RemoteAddr: "192.0.2.1", Proto: "http", Body: r.Body,
	}
	if err := in.SetTarget(r.Target); err != nil {
		return nil, err
	}
	for _, h := range r.Header {
		in.Header.Add(h[0], h[1])
	}
	return a.matched(f, in)
}

// matched gives a request its route.
func (a *App) matched(f *framework.Function, r web.Request) (*web.Exchange, error) {
	m := a.router.Match(r.Method, r.Host, r.Path, r.RawPath)
	if m.Function != f {
		other := "no function"
		if m.Function != nil {
			other = "function " + m.Function.Name
		}
		return nil, fmt.Errorf("%s %s goes to %s", r.Method, r.Path, other)
	}
	r.Pattern, r.PathValues = m.Pattern, m.Values
	return web.NewExchange(r), nil
}

// typed makes the request that a handler would read v from. Body is v as JSON.
func (a *App) typed(f *framework.Function, routes []web.Route, v reflect.Value, body []byte) (*web.Exchange, error) {
	p := parts{path: map[string]string{}, query: url.Values{}, header: web.Header{}, members: map[string]bool{}}
	if hasForm(v.Type()) {
		p.form = &formBody{}
	}
	if err := p.fields(v); err != nil {
		return nil, err
	}
	values, err := json.Marshal(p.path)
	if err != nil {
		return nil, err
	}
	r, err := envelope.ParseRequest(routes, values)
	if err != nil {
		return nil, err
	}
	r.Header = nil
	mediaType := "application/json"
	if p.form != nil {
		if r.Body, mediaType, err = p.form.body(); err != nil {
			return nil, err
		}
	} else {
		r.Body = p.body(body)
	}
	if routes[0].Method == "" && r.Body == nil {
		r.Method = http.MethodGet
	}
	if len(p.query) > 0 {
		r.Target += "?" + p.query.Encode()
	}
	if r.Body != nil {
		r.Header = append(r.Header, [2]string{"Content-Type", mediaType})
	}
	for _, name := range slices.Sorted(maps.Keys(p.header)) {
		for _, value := range p.header[name] {
			r.Header = append(r.Header, [2]string{name, value})
		}
	}
	if len(p.cookies) > 0 {
		r.Header = append(r.Header, [2]string{"Cookie", strings.Join(p.cookies, "; ")})
	}
	return a.exchange(f, r)
}

// parts are the places of a request that fields go to.
type parts struct {
	path    map[string]string
	query   url.Values
	header  web.Header
	cookies []string
	members map[string]bool // of the JSON that are not the body's
	form    *formBody       // nil where the body is JSON
}

// fields reads the tagged fields of a struct and of those embedded in it.
func (p *parts) fields(v reflect.Value) error {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		in, name, options := place(f.Tag)
		if p.form != nil && (in == "form" || in == "file" || in == "" && !f.Anonymous) {
			if err := p.form.field(f, v.Field(i), in, name, options); err != nil {
				return err
			}
			continue
		}
		if in == "" {
			if inner := reflect.Indirect(v.Field(i)); f.Anonymous && inner.IsValid() && inner.Kind() == reflect.Struct {
				if err := p.fields(inner); err != nil {
					return err
				}
			}
			continue
		}
		member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		p.members[cmp.Or(member, f.Name)] = true
		if v.Field(i).IsZero() && in != "path" && !strings.Contains(options, "required") {
			continue // which the handler will find all the same
		}
		texts, err := texts(v.Field(i))
		if err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
		p.add(in, name, texts)
	}
	return nil
}

// place is where the tag of a field says that it comes from, "" for the body.
func place(tag reflect.StructTag) (in, name, options string) {
	for _, in := range []string{"path", "query", "header", "cookie", "form", "file"} {
		if text, ok := tag.Lookup(in); ok && (in != "form" || text != "-") {
			name, options, _ := strings.Cut(text, ",")
			return in, name, options
		}
	}
	return "", "", ""
}

func (p *parts) add(in, name string, texts []string) {
	for _, text := range texts {
		switch in {
		case "path":
			p.path[name] = text
		case "query":
			p.query.Add(name, text)
		case "header":
			p.header.Add(name, text)
		case "cookie":
			p.cookies = append(p.cookies, name+"="+text)
		}
	}
}

// body is the JSON without the members that go elsewhere, nil if nothing is left.
func (p *parts) body(raw []byte) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return raw
	}
	maps.DeleteFunc(members, func(name string, _ json.RawMessage) bool { return p.members[name] })
	if len(members) == 0 {
		return nil
	}
	b, err := json.Marshal(members)
	if err != nil {
		return raw // cannot be: it was just decoded
	}
	return b
}

// texts writes a field as a request has it, a list as several values.
func texts(v reflect.Value) ([]string, error) {
	switch x := v.Interface().(type) {
	case encoding.TextMarshaler:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return nil, nil
		}
		b, err := x.MarshalText()
		return []string{string(b)}, err
	case time.Duration:
		return []string{x.String()}, nil
	case []byte:
		return []string{string(x)}, nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return texts(v.Elem())
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			one, err := texts(v.Index(i))
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
		}
		return all, nil
	case reflect.String: // by its kind: it may have a String method that is for people
		return []string{v.String()}, nil
	case reflect.Bool:
		return []string{strconv.FormatBool(v.Bool())}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return []string{strconv.FormatInt(v.Int(), 10)}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return []string{strconv.FormatUint(v.Uint(), 10)}, nil
	case reflect.Float32, reflect.Float64:
		return []string{strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())}, nil
	}
	return nil, errors.New("a " + v.Type().String() + " has no form in a request")
}
