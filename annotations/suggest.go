package annotations

import "strings"

// Suggest returns the known word that is nearest to found, empty if none is near: at most two edits away, and for short
// words fewer than half of their letters. A difference of case alone is not an edit. The first of equally near words wins.
func Suggest(found string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		d := editDistance(strings.ToLower(found), strings.ToLower(k))
		if d < distance && 2*d < max(len(found), len(k)) {
			best, distance = k, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > 2 || d < -2 {
		return max(len(x), len(y)) // far off: the exact number does not matter, and long input stays cheap
	}
	before, row, next := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		next[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(y)]
}

// Near reports whether found is known with one mistake, or in another case: a letter too many, too few, another one, or two swapped. It is
// for places where other words may stand, too.
func Near(found, known string) bool {
	return editDistance(strings.ToLower(found), strings.ToLower(known)) < 2
}
