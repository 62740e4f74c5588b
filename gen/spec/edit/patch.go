package edit

import (
	"strings"
)

// patch collects what becomes of the lines of a document, by their indexes.
type patch struct {
	*document
	dropped  map[int]bool
	replaced map[int]string // without line ends
	inserted map[int][]insertion
}

// insertion is lines that come before a line.
type insertion struct {
	lines []string
	// apart has a blank line before them, unless there is one or nothing.
	apart bool
}

func (d *document) patch() *patch {
	return &patch{document: d, dropped: map[int]bool{}, replaced: map[int]string{}, inserted: map[int][]insertion{}}
}

func (p *patch) drop(from, to int) {
	for i := from; i < to; i++ {
		p.dropped[i] = true
	}
}

func (p *patch) insert(before int, i insertion) {
	p.inserted[before] = append(p.inserted[before], i)
}

// apply returns the new text. A file whose last line has no end keeps it that way.
func (p *patch) apply() []byte {
	var out []string
	for i := 0; i <= len(p.lines); i++ {
		for _, in := range p.inserted[i] {
			end := p.lineEnd(i)
			if last := len(out) - 1; last >= 0 && !strings.HasSuffix(out[last], "\n") {
				out[last] += end
			}
			if in.apart && len(out) > 0 && !blank(out[len(out)-1]) {
				out = append(out, end)
			}
			for _, line := range in.lines {
				out = append(out, line+end)
			}
		}
		if i == len(p.lines) || p.dropped[i] {
			continue
		}
		line := p.lines[i]
		if text, ok := p.replaced[i]; ok {
			line = text + line[len(strings.TrimRight(line, "\r\n")):]
		}
		out = append(out, line)
	}
	if n := len(p.lines); n > 0 && !strings.HasSuffix(p.lines[n-1], "\n") && len(out) > 0 {
		last := len(out) - 1
		out[last] = strings.TrimSuffix(strings.TrimSuffix(out[last], "\n"), "\r")
	}
	text := strings.Join(out, "")
	if p.mark {
		text = byteOrderMark + text
	}
	return []byte(text)
}

// lineEnd is how the line before an index ends, or else the first one that ends at all.
func (p *patch) lineEnd(before int) string {
	for i := before - 1; i >= 0; i-- {
		if strings.HasSuffix(p.lines[i], "\r\n") {
			return "\r\n"
		}
		if strings.HasSuffix(p.lines[i], "\n") {
			return "\n"
		}
	}
	if len(p.lines) > 0 && strings.HasSuffix(p.lines[0], "\r\n") {
		return "\r\n"
	}
	return "\n"
}
