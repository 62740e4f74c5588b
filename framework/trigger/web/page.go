package web

import "strings"

const (
	problemJSON = "application/problem+json"
	problemHTML = "text/html; charset=utf-8"
	problemText = "text/plain; charset=utf-8"
)

// shown is an error response in the form that the client wants, by its Accept header: a page for people who read HTML, lines for those
// who read text, and the problem document for all others, also where the client says nothing or wants what there is not.
func (p problem) shown(r *Request) (body []byte, contentType string) {
	switch r.Accepts(problemJSON, "application/json", "text/html", "text/plain") {
	case "text/html":
		return p.page(), problemHTML
	case "text/plain":
		return p.text(), problemText
	}
	body, err := encode(new(exactWriter), p)
	if err != nil {
		body = []byte(`{}`) // cannot be: p has only strings and numbers
	}
	return body, problemJSON
}

// text is the problem in lines.
func (p problem) text() []byte {
	b := []byte(p.Title)
	if p.Detail != "" {
		b = append(b, ": "+p.Detail...)
	}
	b = append(b, '\n')
	for _, f := range p.Errors {
		b = append(b, f.In...)
		if f.Name != "" {
			b = append(b, " "+f.Name...)
		}
		b = append(b, ": "+f.Message+"\n"...)
	}
	if p.Cause != "" {
		b = append(b, "cause: "+p.Cause+"\n"...)
	}
	if p.RequestID != "" {
		b = append(b, "request "+p.RequestID+"\n"...)
	}
	return b
}

// page is the problem as HTML, without script and style.
func (p problem) page() []byte {
	b := append([]byte("<!doctype html>\n<meta charset=utf-8>\n<title>"), p.Title...)
	b = append(b, "</title>\n<h1>"+p.Title+"</h1>\n"...)
	if p.Detail != "" {
		b = append(escape(append(b, "<p>"...), p.Detail), "\n"...)
	}
	if len(p.Errors) > 0 {
		b = append(b, "<ul>\n"...)
		for _, f := range p.Errors {
			b = escape(append(b, "<li>"...), strings.TrimSuffix(f.In+" "+f.Name, " ")+": "+f.Message)
			b = append(b, '\n')
		}
		b = append(b, "</ul>\n"...)
	}
	if p.Cause != "" {
		b = append(escape(append(b, "<pre>"...), p.Cause), "</pre>\n"...)
	}
	if p.RequestID != "" {
		b = append(escape(append(b, "<p>request "...), p.RequestID), '\n')
	}
	return b
}

// escape adds a text to HTML, between tags.
func escape(b []byte, text string) []byte {
	for i := range len(text) {
		switch text[i] {
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '&':
			b = append(b, "&amp;"...)
		case '"':
			b = append(b, "&#34;"...)
		case '\'':
			b = append(b, "&#39;"...)
		default:
			b = append(b, text[i])
		}
	}
	return b
}
