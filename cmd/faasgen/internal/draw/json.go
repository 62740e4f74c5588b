package draw

import (
	"bytes"
	"encoding/json"
	"go/token"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
)

// application is a graph as JSON has it.
type application struct {
	Service string `json:"service"`
	Dir     string `json:"dir"`
	Units   []unit `json:"units"`
	Nodes   []node `json:"nodes"`
	Edges   []edge `json:"edges"`
}

type unit struct {
	Name      string   `json:"name"`
	Functions []string `json:"functions"` // IDs
}

type node struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Name      string    `json:"name"`
	Package   string    `json:"package,omitempty"`
	Handler   string    `json:"handler,omitempty"`
	Triggers  []trigger `json:"triggers,omitempty"`
	Task      bool      `json:"task,omitempty"`
	Type      string    `json:"type,omitempty"`
	As        []string  `json:"as,omitempty"`
	ProvideID string    `json:"provideId,omitempty"`
	Scope     string    `json:"scope,omitempty"`
	Lazy      bool      `json:"lazy,omitempty"`
	Eager     bool      `json:"eager,omitempty"`
	Init      bool      `json:"init,omitempty"`
	Destroy   bool      `json:"destroy,omitempty"`
	Async     bool      `json:"async,omitempty"`
	Timeout   string    `json:"timeout,omitempty"`
	Tries     int       `json:"tries,omitempty"`
	Unused    bool      `json:"unused,omitempty"`
	place
}

type trigger struct {
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"`
	place
}

type edge struct {
	From     string  `json:"from"`
	To       *string `json:"to"` // null when nothing provides what is optional
	Name     string  `json:"name,omitempty"`
	Type     string  `json:"type,omitempty"`
	As       string  `json:"as,omitempty"`
	Call     bool    `json:"call,omitempty"` // a call, and no need
	Lazy     bool    `json:"lazy,omitempty"`
	Optional bool    `json:"optional,omitempty"`
	Default  *string `json:"default,omitempty"`
	place
}

type place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// JSON writes a list of applications.
func JSON(graphs []*inspect.Graph, path func(string) string) ([]byte, error) {
	at := func(p token.Position) place {
		if p.Filename == "" {
			return place{}
		}
		return place{path(p.Filename), p.Line, p.Column}
	}
	list := []application{}
	for _, g := range graphs {
		a := application{Service: g.Service, Dir: path(g.Dir), Units: []unit{}, Nodes: []node{}, Edges: []edge{}}
		for _, u := range g.Units {
			ids := []string{}
			for _, f := range u.Functions {
				ids = append(ids, f.ID)
			}
			a.Units = append(a.Units, unit{u.Name, ids})
		}
		for _, n := range g.Nodes {
			out := node{
				ID: n.ID, Kind: string(n.Kind), Name: n.Name, Package: n.Package, Handler: n.Handler, Task: n.Task, Type: n.Type, As: n.As,
				ProvideID: n.ProvideID, Scope: string(n.Scope), Lazy: n.Lazy, Eager: n.Eager, Init: n.Init, Destroy: n.Destroy,
				Async: n.Async, Tries: n.Tries, Unused: n.Unused, place: at(n.Pos),
			}
			if n.Timeout > 0 {
				out.Timeout = annotations.Duration(n.Timeout).String()
			}
			for _, t := range n.Triggers {
				out.Triggers = append(out.Triggers, trigger{t.Kind, t.Text, at(t.Pos)})
			}
			a.Nodes = append(a.Nodes, out)
		}
		for _, e := range g.Edges {
			out := edge{
				From: e.From.ID, Name: e.Name, Type: e.Type, As: e.As, Call: e.Call, Lazy: e.Lazy, Optional: e.Optional, Default: e.Default,
				place: at(e.Pos),
			}
			if e.To != nil {
				out.To = &e.To.ID
			}
			a.Edges = append(a.Edges, out)
		}
		list = append(list, a)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(list)
	return b.Bytes(), err
}
