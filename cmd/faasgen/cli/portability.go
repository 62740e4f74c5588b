package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

// portability is the portability report of one application, as "check --json" prints it.
type portability struct {
	Folder   string    `json:"folder"`
	Service  string    `json:"service"`
	Features []feature `json:"features"`
}

type feature struct {
	Feature string `json:"feature"`
	// Targets are the answers by target.
	Targets map[string]answer `json:"targets"`
}

type answer struct {
	Answer   string    `json:"answer"`
	How      string    `json:"how,omitempty"`
	Findings []finding `json:"findings,omitempty"`
}

// ported is the portability report of one application as text and for tools.
type ported struct {
	folder, service string
	targets         []target.Target
	rows            []target.Row
}

func (t *tool) port(app *gen.App, chosen []target.Target, unit string) ported {
	p := ported{folder: relative(t.dir, app.Dir), targets: chosen}
	views := make([]*target.App, len(chosen))
	for i, tg := range chosen {
		views[i], _ = app.Target(tg.Name())
		p.service = views[i].Spec.Service
		if unit != "" {
			views[i] = views[i].Only(unit)
		}
	}
	p.rows = target.Portability(chosen, views)
	return p
}

func (t *tool) portability(list []ported) []portability {
	all := make([]portability, 0, len(list))
	for _, p := range list {
		out := portability{Folder: p.folder, Service: p.service, Features: []feature{}}
		for _, row := range p.rows {
			f := feature{Feature: row.Feature, Targets: map[string]answer{}}
			for i, a := range row.Answers {
				kept := answer{Answer: a.Answer, How: a.Mechanism}
				if len(a.Findings) > 0 {
					kept.Findings = t.findings(a.Findings)
				}
				f.Targets[p.targets[i].Name()] = kept
			}
			out.Features = append(out.Features, f)
		}
		all = append(all, out)
	}
	return all
}

// table prints the report: a line a feature, a column a target, and below it what is lost, by number.
func (t *tool) table(p ported, several bool) {
	if len(p.rows) == 0 {
		return
	}
	if several {
		fmt.Fprintf(t.out, "%s (%s)\n", p.service, p.folder)
	}
	lines := [][]string{{"feature"}}
	for _, tg := range p.targets {
		lines[0] = append(lines[0], tg.Name())
	}
	var notes []string
	for _, row := range p.rows {
		line := []string{row.Feature}
		for i, a := range row.Answers {
			cell := a.Answer
			if a.Mechanism != "" {
				cell += ": " + a.Mechanism
			}
			for _, f := range t.findings(a.Findings) {
				text := fmt.Sprintf("%s: %s", p.targets[i].Name(), f.Message)
				if f.File != "" {
					text = fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, text)
				}
				n := len(notes)
				for j, other := range notes {
					if other == text {
						n = j
					}
				}
				if n == len(notes) {
					notes = append(notes, text)
				}
				cell += fmt.Sprintf(" [%d]", n+1)
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	columns(t.out, lines)
	for i, note := range notes {
		fmt.Fprintf(t.out, "[%d] %s\n", i+1, note)
	}
}

// columns prints lines of cells under each other, two spaces apart.
func columns(w io.Writer, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		var b strings.Builder
		for i, cell := range line {
			b.WriteString(cell)
			b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
