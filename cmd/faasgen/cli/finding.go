package cli

import (
	"go/token"

	"github.com/faasgen/faasgen/annotations"
)

// finding is a diagnostic as "check --json" prints it.
type finding struct {
	place
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Chain    []link `json:"chain,omitempty"`
}

type place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

type link struct {
	place
	Message string `json:"message"`
}

func (t *tool) findings(ds annotations.Diagnostics) []finding {
	list := make([]finding, 0, len(ds))
	for _, d := range ds {
		f := finding{place: t.place(d.Pos), Severity: "error", Code: d.Code, Message: d.Message, Hint: d.Hint}
		if d.Severity == annotations.SeverityNote {
			f.Severity = "note"
		}
		for _, l := range d.Chain {
			f.Chain = append(f.Chain, link{t.place(l.Pos), l.Message})
		}
		list = append(list, f)
	}
	return list
}

func (t *tool) place(p token.Position) place {
	if p.Filename == "" {
		return place{}
	}
	return place{relative(t.dir, p.Filename), p.Line, p.Column}
}
