package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// benchGroup measures what it costs a function to be one of many.
func benchGroup(ctx context.Context, work string) (table, error) {
	rows := table{{"", "ratio", "budget"}}
	routes, err := benchRoutes()
	if err != nil {
		return nil, err
	}
	starts, err := benchMembers(ctx, work)
	return append(append(rows, routes...), starts...), err
}

// groupRoutes are the 100 routes of an API.
func groupRoutes() (list []string) {
	for _, r := range []string{"users", "books", "orders", "carts", "items", "tags", "shops", "files", "mails", "logs"} {
		for _, v := range []string{"v1", "v2"} {
			base := "/" + v + "/" + r
			list = append(list, "GET "+base, "POST "+base, "GET "+base+"/{id}", "DELETE "+base+"/{id}", "GET "+base+"/{id}/parts/{part}")
		}
	}
	return list
}

// benchRoutes finds the functions of requests by both routers, in turns; the best of each counts.
func benchRoutes() (table, error) {
	app := &framework.App{Unit: "group"}
	mux, served := http.NewServeMux(), 0
	for i, pattern := range groupRoutes() {
		method, path, _ := strings.Cut(pattern, " ")
		app.Functions = append(app.Functions, &framework.Function{Name: fmt.Sprint("f-", i), Triggers: []framework.Trigger{web.Route{Method: method, Pattern: path}}})
		mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) { served++ })
	}
	router, err := web.NewRouter(app)
	if err != nil {
		return nil, err
	}
	testing.Init()
	if err := flag.Set("test.benchtime", benchtime); err != nil {
		return nil, err
	}
	var rows table
	for _, target := range []string{"/v1/books", "/v2/orders/77", "/v2/logs/77/parts/a", "/v2/logs/77/parts/a%2Fb"} {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return nil, err
		}
		r := &http.Request{Method: "GET", URL: u}
		ours := func() (int, error) { return router.Match("GET", "", u.Path, u.RawPath).Status, nil }
		theirs := func() (int, error) {
			served = 0
			mux.ServeHTTP(nil, r)
			return served, nil
		}
		var best [2]testing.BenchmarkResult
		for round := range rounds / 2 {
			for i, run := range []func() (int, error){ours, theirs} {
				m, err := measure(run)
				if err != nil {
					return nil, err
				}
				if round == 0 || m.NsPerOp() < best[i].NsPerOp() {
					best[i] = m
				}
			}
		}
		rows = append(rows, ratio("100 routes, GET "+target, float64(best[0].NsPerOp()), float64(best[1].NsPerOp()), "<= 1.20x"))
	}
	return rows, nil
}

// ratio is a row without the figures themselves, which are those of one machine.
func ratio(what string, ours, theirs float64, budget string) []string {
	return []string{what, fmt.Sprintf("%.2fx", ours/theirs), budget}
}

// benchMembers compares the cold starts of a group of which one function is called, and of that function alone.
func benchMembers(ctx context.Context, work string) (table, error) {
	var all []*measured
	for _, n := range []int{50, 1} {
		m := &measured{name: fmt.Sprint("group-", n)}
		var err error
		if m.binary, err = members(ctx, work, n); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	for range starts {
		for _, m := range all {
			d, u, err := serve(ctx, m.binary, 1)
			if err != nil {
				return nil, err
			}
			m.poll, m.rss = append(m.poll, d), append(m.rss, u.peak)
		}
	}
	group, one := all[0], all[1]
	return table{
		ratio("50 functions, start to first poll", float64(median(group.poll)), float64(median(one.poll)), "<= 1.30x"),
		ratio("50 functions, peak RSS after one call", median(group.rss), median(one.rss), "<= 1.50x"),
	}, nil
}

// members builds a unit of n functions in the shape of generated code: one takes raw payloads, the others have timers, and each
// has a store of its own.
func members(ctx context.Context, work string, n int) (string, error) {
	source, err := os.Create(filepath.Join(work, fmt.Sprintf("members-%d.go", n)))
	if err != nil {
		return "", err
	}
	defer source.Close()
	if err := membersSource.Execute(source, make([]struct{}, n)); err != nil {
		return "", err
	}
	// The program is in this module without lying in it.
	here, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	pkg := fmt.Sprintf("peer/members%d", n)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, pkg, "main.go"): source.Name()}})
	if err != nil {
		return "", err
	}
	file := filepath.Join(work, fmt.Sprintf("members-%d.json", n))
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		return "", err
	}
	binary := filepath.Join(work, fmt.Sprint("members-", n))
	return binary, goBuild(ctx, here, binary, "./"+pkg, "-overlay", file)
}

var membersSource = template.Must(template.New("members").Parse(`package main

import (
	"encoding/json"
{{- if gt (len .) 1}}
	"time"
{{- end}}

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
	"github.com/faasgen/faasgen/framework/platform/aws"
{{- if gt (len .) 1}}
	"github.com/faasgen/faasgen/framework/trigger/timer"
{{- end}}
)

func main() { aws.Run(newApp, {{if gt (len .) 1}}aws.Timer(), {{end}}aws.Raw()) }

type container struct {
	ioc.Container
{{- range $i, $_ := .}}
	store{{$i}} ioc.Cell[*container, *store{{$i}}]
{{- end}}
}

func newApp(rt *framework.Runtime) *framework.App {
	c := &container{}
	c.InitTimeout = rt.InitLimit()
	return &framework.App{Unit: "members", Functions: []*framework.Function{
{{- range $i, $_ := .}}
		{Name: "f-{{$i}}", Handler: c.handle{{$i}}, {{if $i}}Triggers: []framework.Trigger{timer.Schedule{Name: "t-{{$i}}", Every: time.Hour}}, {{end -}}
			Needs: framework.Needs{Warm: ioc.Warm(c, ioc.Needs(&c.store{{$i}}, getStore{{$i}})), Stop: c.Close}},
{{- end}}
	}}
}
{{range $i, $_ := .}}
// store{{$i}} is 64 KB of something that is made at the start.
type store{{$i}} struct{ squares [8192]int64 }

func newStore{{$i}}(*container, *ioc.Build) (*store{{$i}}, error) {
	s := &store{{$i}}{}
	for i := range s.squares {
		s.squares[i] = int64(i * i + {{$i}})
	}
	return s, nil
}

func getStore{{$i}}(c *container, b *ioc.Build) (*store{{$i}}, error) { return c.store{{$i}}.Get(c, b, newStore{{$i}}) }

func (c *container) handle{{$i}}(ctx *framework.Context) error {
	s, err := getStore{{$i}}(c, nil)
	if err != nil {
		return err
	}
	var in struct{ Name string }
	if raw, ok := ctx.Event().([]byte); ok {
		if err := json.Unmarshal(raw, &in); err != nil {
			return err
		}
	}
	if s.squares[1] == {{$i}} {
		return framework.Errorf(500, "broken", "the store is broken")
	}
	ctx.SetResult(struct {
		Message string ` + "`json:\"message\"`" + `
	}{"hello " + in.Name})
	return nil
}
{{end}}`))
