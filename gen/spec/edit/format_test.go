package edit_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/spec/edit"
)

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"empty", "", ""},
		{"blank", "\n \n\n", ""},
		{"comments alone", "\n# a\n\n\n  #b\n\n", "# a\n\n# b\n"},
		{"final newline", "service: a", "service: a\n"},
		{"blank lines", "\n\na: 1\n\n\n\nb: 2  \n\nc: 3\n\n", "a: 1\n\nb: 2\n\nc: 3\n"},
		{"levels", "a:\n    b:\n        c: 1\n    d: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"},
		{"root indented", "   a:\n     b: 1\n   c: 2\n", "a:\n  b: 1\nc: 2\n"},
		{"list at its key", "a:\n- x\n-   y\nb: 1\n", "a:\n  - x\n  - y\nb: 1\n"},
		{"list of maps", "a:\n-   x: 1\n    y:\n    - 2\n-\n   z: 1\n", "a:\n  - x: 1\n    y:\n      - 2\n  -\n    z: 1\n"},
		{"list of lists", "a:\n-   -   x\n    - y\n- - z\n", "a:\n  - - x\n    - y\n  - - z\n"},
		{"spaces", "a  :   1\nb:\t{ x : 1 ,y:  [ 1,2 , 3 ] ,  }\nc: [ ]\nd: {  }\n", "a: 1\nb: {x: 1, y: [1, 2, 3],}\nc: []\nd: {}\n"},
		{"sets and pairs", "a: { x,y , \"z\":1 }\nb: [ x : 1 , {y : 2} ]\n", "a: {x, y, \"z\": 1}\nb: [x: 1, {y: 2}]\n"},
		{"no values", "a:\nb:   # none\nc: {x: , y:  }\nd:\n-\n- ~\n", "a:\nb: # none\nc: {x: , y: }\nd:\n  -\n  - ~\n"},
		{"comments behind", "a: 1#b\nb: 2     #c\nc: 3 #!x\n", "a: 1#b\nb: 2 # c\nc: 3 #!x\n"},
		{"comments in a column", "a: 1     # one\nbbb: 2   # two\n         # more\n\nc: 1 # x\ndd: 1 # y\n", "a: 1   # one\nbbb: 2 # two\n       # more\n\nc: 1 # x\ndd: 1 # y\n"},
		{"comments above", "a:\n    # of b\n    b: 1\n    # end of a\n# of c\nc: 1\n", "a:\n  # of b\n  b: 1\n  # end of a\n# of c\nc: 1\n"},
		{"comments in lists", "a:\n# of x\n- x\n# - y\n# of b\nb: 1\n", "a:\n  # of x\n  - x\n  # - y\n# of b\nb: 1\n"},
		{"taken out", "a:\n    b: 1\n#    c: 2\n    #d:\n    #  e: 1\n", "a:\n  b: 1\n#    c: 2\n  # d:\n  #   e: 1\n"},
		{"signs", "#!x\n##y\n#\n#---\n#z\n# prose\n#a:\n# b: 1\n", "#!x\n##y\n#\n#---\n# z\n# prose\n#a:\n# b: 1\n"},
		{"literal", "a:\n    b: |   # text\n          x\n            y  \n\n          z\n\n\n    c: 1\n", "a:\n  b: | # text\n    x\n      y  \n\n    z\n\n  c: 1\n"},
		{"literal kept", "a: |+\n x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"},
		{"literal indented", "a:\n    b: |2-\n        x\n      y\n", "a:\n  b: |2-\n      x\n    y\n"},
		{"literal without an end", "a: |\n x", "a: |\n  x"},
		{"folded", "a: >-\n        x\n         y\n\n     # z\nb: 1\n", "a: >-\n  x\n   y\n\n# z\nb: 1\n"},
		{"plain lines", "a: one\n       two\n\n       three\nb: one\n   two\n", "a: one\n  two\n\n  three\nb: one\n   two\n"},
		{"quoted lines", "a:\n    b: \"one\n      two \\\n\n    three\"   # x\n", "a:\n  b: \"one\n    two \\\n\n   three\" # x\n"},
		{"anchors", "a:   &x\n    b:   &y  z\nc:\n    <<:   *x\n    *y   : !!str  1\n    d: !t {a: 1}\n", "a: &x\n  b: &y z\nc:\n  <<: *x\n  *y : !!str 1\n  d: !t {a: 1}\n"},
		{"flow over lines", "a: [\n    1,\n         # x\n    {\n  b: 1\n  }\n    ]\n", "a: [\n  1,\n  # x\n  {\n    b: 1\n  }\n]\n"},
		{"flow in a column", "a:   {b: 1,\n      c: 2}\nd: [{\n  e: 1\n  }]\n", "a: {b: 1,\n    c: 2}\nd: [{\n  e: 1\n}]\n"},
		{"flow in a list", "a:\n- [\n 1\n ]\n- b: {\n    c: 1\n    }\n", "a:\n  - [\n      1\n    ]\n  - b: {\n      c: 1\n    }\n"},
		{"markers", "%YAML 1.1\n---   # x\na: 1\n...\n\n\n# y\n", "%YAML 1.1\n--- # x\na: 1\n...\n\n# y\n"},
		{"windows", "a:   1\r\n\r\n\r\nb: |\r\n    x\r\n", "a: 1\r\n\r\nb: |\r\n  x\r\n"},
		{"mixed line ends", "a: 1\r\nb: 1\n", "a: 1\nb: 1\n"},
		{"byte order mark", "\ufeffa:   1\n", "\ufeffa: 1\n"},
		{"value below", "a:\n      b\nc:\n   [1,\n    2]\nd:\n    |\n    x\n", "a:\n  b\nc:\n  [1,\n   2]\nd:\n  |\n  x\n"},
	} {
		got, err := edit.Format([]byte(tt.source))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\n--- got\n%s--- want\n%s%q", tt.name, err, got, tt.want, got)
		}
	}
}

// odd are files in forms that are rare.
func odd() []string {
	return []string{
		"a: &x {b: 1}\nc: *x\nd: {<<: *x, e: [*x, *x ]}\n*x : y\n", "a: &x\n- 1\nb:\n  <<: [*x]\n", "&m\n&k a: !!str b\n", "--- &m\na: ! b\n", "a: !<tag:yaml.org,2002:str> 1\n",
		"a:\t1\t# b\n", "a: [\n\t1,\n\t2\n]\n", "a: 1\r\nb: >\r\n   x\r\n\r\n   y\r\n", "\ufeff# x\na: 1", "a: 1\n...\n# x", "---\n---\n", "--- {a: 1} # x\n...\n", "%TAG ! tag:a,2000:\n---\na: !b c\n",
		"a: |2\n    x\n   y\nb: >1-\n  x\nc: |+2\n\n   x\n\n\n", "- |1\n  x\n", "a:\n- |2\n   x\n- >\n x\n\n  y\n- |\n\n", "a: |\n      \n  \n      x\n     \n        \n", "a: |+\n  x\n\n", "a: |\n x", "a: |-\n x", "a: |\n", "a: >+\n\n\n", "a:\n  b: |\n   x\n  # y\n # z\n# a\n",
		"#a\n a: #b\n   #c\n   b: #d\n  #e\n   - #f\n     1 #g\n #h\n   -\n     #i\n     2\n#j\n", "a: # x\n   # y\n   b: 1\n", "a: 1  # x\nb: [1,  # x\n  2] # y\n", "{a: 1, # x\n # y\n b: [ # z\n  2 # a\n # b\n ], c\n}\n",
		"a: {b\n: 1,c:\n  2 ,\n d: , : e}\n", "a: [b: 1, ? c : 2, [d: e]: f, {g: h}: i, , ]\n", "? a\n: b\n", "? |\n  a\n: - b\n", "a: [one\n  two,\n     three\n four]\n", "a: 'one\n\n   two'' '\n", "a:\n   \"one\\\n  two\\ \n\t three\"\n",
		"a: one\n  two\n\n\n   three # x\n", "a: http://b:1/c#d\ne: -1\nf: - 1\n", "- a: 1\n", "a\n", "a: {\"b\":1,'c':2,d:3}\n", "äöü:   [ä,\n        ö] # ü\na: 1   # ü\n", "a: *x\n", "a: &\n", "a: [!b,c ]\n", "a: |1#b\n c\n", "!\n", "a: {{?}}\n", "a: [?b]\n", "a: ?b\n", "a: &b\n !\n! : &c\n! d: &e # f\n  !\n", "a:\n  !\n  - b\nc: !\n  d: 1\ne: &f\n  !!str g: 1\n", "a:\n  - # b\n    !\n  -\n\n!!str : &a !\n", "! : a\n", "{! : a, ! }\n", ": a\n", "a:\n  - - - 1\n    - 2\n  -\n   - 3\n", "a: \"b\" #c\n'd': e\n",
		"a: null\nb: ~\nc: !!null\nd: &x\ne: [&y , !!str , *y]\n!!null : f\n", "a: 1\n\n\n# x\n\n\n\n\n", "\n\n", "#", "---", "--- # x\n", "a:\n#- b\n- c\n#- d\n#e\nf: 1\n",
	}
}

var blocks = regexp.MustCompile("(?s)```ya?ml\n(.*?)```")

// samples are the files of the repository, and what its pages show.
func samples(t testing.TB) []string {
	var list []string
	root := filepath.Join("..", "..", "..")
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		page := strings.HasSuffix(name, ".md")
		if !page && d.Name() != "f.yml" && !strings.HasSuffix(name, ".txtar") {
			return nil
		}
		text, err := os.ReadFile(name)
		switch {
		case err != nil:
			return err
		case page:
			for _, block := range blocks.FindAllStringSubmatch(string(text), -1) {
				list = append(list, block[1])
			}
		case d.Name() == "f.yml":
			list = append(list, string(text))
		default:
			for part := range strings.SplitSeq("\n"+string(text), "\n-- ") {
				if name, content, _ := strings.Cut(part, " --\n"); strings.HasSuffix(name, ".yml") && len(content) > 0 {
					list = append(list, content)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 50 {
		t.Fatalf("found only %d samples", len(list))
	}
	return list
}

func FuzzFormat(f *testing.F) {
	for _, s := range odd() {
		f.Add([]byte(s))
	}
	for _, s := range samples(f) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) { formats(t, source) })
}

// TestFormatSamples needs no fuzzing: every sample in forms that editors may give it.
func TestFormatSamples(t *testing.T) {
	refused := 0
	for _, s := range append(odd(), samples(t)...) {
		wide := regexp.MustCompile(`(?m)^ +`).ReplaceAllStringFunc(s, func(indent string) string { return indent + indent })
		for _, s := range []string{s, wide, strings.ReplaceAll(s, ": ", ":   "), strings.ReplaceAll(s, ", ", ",\n        "), strings.ReplaceAll(s, "\n", "\r\n"), strings.ReplaceAll(s, "\n", "\n\n\n")} {
			if !formats(t, []byte(s)) {
				refused++
			}
		}
	}
	t.Logf("%d refused", refused)
}

// formats formats a text and checks the result. It is false if the text cannot be formatted, and that is right.
func formats(t *testing.T, source []byte) bool {
	t.Helper()
	result, err := edit.Format(source)
	before, wrong := nodes(source)
	if err != nil {
		refusal, ok := errors.AsType[*edit.Refusal](err)
		switch {
		case !ok && wrong == nil:
			t.Errorf("%v\n%q", err, source)
		case ok && strings.Contains(refusal.Why, "cannot be formatted"):
			t.Errorf("%v\n%q", err, source)
		case ok && wrong == nil && utf8.Valid(source) && !expected(refusal.Why):
			t.Errorf("refused: %v\n%q", err, source)
		}
		return false
	}
	after, err := nodes(result)
	if err != nil {
		t.Fatalf("%v\n%q\n%q", err, source, result)
	}
	if !equal(before, after) {
		t.Fatalf("another tree:\n%q\n%q", source, result)
	}
	if again, err := edit.Format(result); err != nil || !bytes.Equal(again, result) {
		t.Fatalf("not final: %v\n%q\n%q\n%q", err, source, result, again)
	}
	return true
}

// expected are the reasons to refuse what can be read.
func expected(why string) bool {
	for _, text := range []string{"line end", "question mark", "a second document", "found no keys"} {
		if strings.Contains(why, text) {
			return true
		}
	}
	return false
}

// nodes reads a text of one document.
func nodes(source []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return &document, nil
}

func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Style != b.Style || a.Tag != b.Tag || a.Value != b.Value || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !equal(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
