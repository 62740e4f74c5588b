package web

const (
	problemJSON = "application/problem+json"
	problemHTML = "text/html; charset=utf-8"
	problemText = "text/plain; charset=utf-8"
)

// shown is an error response in the form that the client wants, by its Accept header: a page for people who read HTML, lines for those
// who read text, and the problem document for all others, also where the client says nothing or wants what there is not.
func (p *problem) shown(r *Request) (body []byte, contentType string) {
	if lines := r.Header["Accept"]; len(lines) > 0 { // not by Accepts, which few units link
		json, html, text := max(quality(lines, problemJSON), quality(lines, "application/json")), quality(lines, "text/html"), quality(lines, "text/plain")
		if html > json && html >= text {
			return p.lines(true), problemHTML
		}
		if text > json {
			return p.lines(false), problemText
		}
	}
	body, err := encode(new(exactWriter), p)
	if err != nil {
		body = []byte(`{}`) // cannot be: p has only strings and numbers
	}
	return body, problemJSON
}

// lines is the problem in lines: of text, or of a page without script and style. Every unit with an http function links it, so that it is
// short rather than fast.
func (p *problem) lines(page bool) []byte {
	w := shownLines{page: page}
	w.line("<!doctype html>\n<meta charset=utf-8>\n<title>Error</title>\n<p>", p.Title)
	w.line("<p>", p.Detail)
	for _, f := range p.Errors {
		in := f.In
		if f.Name != "" {
			in += " "
		}
		w.line("<li>", in+f.Name+": "+f.Message)
	}
	w.line("<p>", p.Cause)
	w.line("<p>", p.RequestID)
	return w.to
}

// shownLines are written to a slice.
type shownLines struct {
	to   []byte
	page bool
}

// line adds a text, unless it is empty, after its markup if it is for a page.
//
//go:noinline
func (w *shownLines) line(markup, text string) {
	if text == "" {
		return
	}
	if w.page {
		w.add(markup)
	}
	for i := range len(text) {
		c := text[i : i+1]
		if w.page {
			switch c[0] {
			case '<':
				c = "&lt;"
			case '>':
				c = "&gt;"
			case '&':
				c = "&amp;"
			}
		}
		w.add(c)
	}
	w.add("\n")
}

//go:noinline
func (w *shownLines) add(text string) { w.to = append(w.to, text...) }
