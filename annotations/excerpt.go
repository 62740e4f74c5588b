package annotations

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxExcerpt is how many columns of a source line are shown: what fits in a terminal next to the indentation.
const maxExcerpt = 110

// excerpt is a source line as it is shown, and the line of carets below it. at and length are bytes.
func excerpt(line string, at, length int) (text, marks string) {
	trimmed := strings.TrimLeft(line, " \t")
	at = max(0, at-(len(line)-len(trimmed)))
	end := max(at, min(at+max(1, length), len(trimmed)))
	before, marked, after := trimmed[:at], trimmed[at:end], trimmed[end:]

	// Of a long line the part around the mark is shown: first the end goes, then the middle of the mark, then the start.
	room := maxExcerpt - columns(before) - columns(marked)
	if room < columns(after) {
		after = cut(after, max(room, 20)) + "..."
	}
	if room < 20 {
		if columns(marked) > maxExcerpt/2 {
			marked = cut(marked, maxExcerpt/2)
			after = "..."
		}
		if over := columns(before) + columns(marked) - maxExcerpt + 20; over > 0 {
			before = "..." + before[len(cut(before, over)):]
		}
	}
	return visible(before + marked + after), padding(before) + strings.Repeat("^", max(1, columns(marked)))
}

// cut is the longest start of s that is not wider than some columns.
func cut(s string, width int) string {
	for i, r := range s {
		if width -= runeColumns(r); width < 0 {
			return s[:i]
		}
	}
	return s
}

// padding keeps tabs, so that the carets stand below what they point at wherever the tab stops are.
func padding(before string) string {
	var b strings.Builder
	for _, r := range before {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", runeColumns(r)))
		}
	}
	return b.String()
}

// visible replaces what a terminal would obey instead of show. Source is not always one's own.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)) {
			return '?'
		}
		return r
	}, s)
}

// oneLine keeps a message on its line.
func oneLine(s string) string { return visible(strings.ReplaceAll(s, "\t", " ")) }

func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// runeColumns is how wide a terminal draws a character: two columns for Chinese, Japanese, Korean and most emoji, none for
// combining marks. The ranges are the wide ones of Unicode, joined where only unassigned characters lie between.
func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.Is(unicode.Bidi_Control, r): // shown as one question mark
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me) || r == 0x200b || r == 0x200d || r == 0xfeff:
		return 0
	case 0x1100 <= r && r <= 0x115f, 0x2e80 <= r && r <= 0xa4cf && r != 0x303f, 0xac00 <= r && r <= 0xd7a3, 0xf900 <= r && r <= 0xfaff,
		0xfe30 <= r && r <= 0xfe6f, 0xff00 <= r && r <= 0xff60, 0xffe0 <= r && r <= 0xffe6, 0x1f300 <= r && r <= 0x1f64f,
		0x1f900 <= r && r <= 0x1f9ff, 0x20000 <= r && r <= 0x3fffd:
		return 2
	}
	return 1
}
