package glob

import "testing"

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"a.txt", "a.txt", true},
		{"./a.txt", "a.txt", true},
		{"a.txt", "b/a.txt", false},
		{"*", "a", true},
		{"*", "a/b", false},
		{"*.txt", "a.txt", true},
		{"**", "a", true},
		{"**", "a/b/c", true},
		{"**/*.txt", "a.txt", true},
		{"**/*.txt", "x/y/a.txt", true},
		{"x/**", "x/y/z", true},
		{"x/**", "x", true},
		{"x/**/z", "x/z", true},
		{"x/**/z", "x/y/y/z", true},
		{"x/**/z", "x/y/y", false},
		{"a/**/b/**/c", "a/b/b/x/c", true},
		{"a/**/b/**/c", "a/x/c", false},
		{"[a-c]?", "b1", true},
		{"[a-c]?", "d1", false},
		{"", "a", false},
	} {
		if got := Match(c.pattern, c.name); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}

func TestMatchBelow(t *testing.T) {
	if !MatchBelow("public", "public/a/b.css") || MatchBelow("public", "publicity/a") || !MatchBelow("a/*", "a/b/c") {
		t.Error("MatchBelow is wrong about folders")
	}
}

func TestCheck(t *testing.T) {
	for pattern, want := range map[string]string{
		"":         "the pattern is empty",
		"/etc/**":  `found "/etc/**", expected a path relative to f.yml`,
		`a\b`:      `found "a\\b", expected slashes between folders`,
		"../x":     `found "../x", which leaves the folder of f.yml`,
		"a/../../": `found "a/../../", which leaves the folder of f.yml`,
		"a**":      `found "a**", expected ** to be a whole segment`,
		"[a":       `found "[a", expected [ to be closed by ]`,
		"a/../b":   "",
		"**/*.txt": "",
	} {
		got := ""
		if err := Check(pattern); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("Check(%q): %q, want %q", pattern, got, want)
		}
	}
}
