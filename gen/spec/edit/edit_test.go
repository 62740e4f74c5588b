package edit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/spec/edit"
)

// known are the functions of the application in the tests.
func known() edit.Application {
	return edit.Application{Functions: []string{"order-create", "order-list", "order-pay", "user-get", "user-list", "clean"}}
}

type change func(source []byte) (*edit.Result, error)

func group(name string, functions ...string) change {
	return func(source []byte) (*edit.Result, error) { return edit.Group(source, name, functions, known()) }
}

func split(functions ...string) change {
	return func(source []byte) (*edit.Result, error) { return edit.Split(source, functions, known()) }
}

func TestEdit(t *testing.T) {
	for _, tt := range []struct {
		name         string
		source, want string
		change       change
		done, notes  []string
	}{
		{
			"a first group", "service: shop\n", "service: shop\n\naggregation:\n  api:\n    functions:\n      - order-create\n      - order-list\n",
			group("api", "order-create", "order-list", "order-create"),
			[]string{"group api is new", "order-create joins group api", "order-list joins group api"}, nil,
		},
		{
			"a file without anything", "", "aggregation:\n  api:\n    functions:\n      - clean\n",
			group("api", "clean"), []string{"group api is new", "clean joins group api"}, nil,
		},
		{
			"the indentation of the file",
			"service: shop\nprovider:\n    region: eu\npackage:\n    include:\n    - a\n",
			"service: shop\nprovider:\n    region: eu\npackage:\n    include:\n    - a\n\naggregation:\n    api:\n        functions:\n        - clean\n",
			group("api", "clean"), []string{"group api is new", "clean joins group api"}, nil,
		},
		{
			"no last line end, and those of Windows", "service: shop\r\nprovider: {}", "service: shop\r\nprovider: {}\r\n\r\naggregation:\r\n  api:\r\n    functions:\r\n      - clean",
			group("api", "clean"), []string{"group api is new", "clean joins group api"}, nil,
		},
		{
			"a byte order mark, and a document with its marks", "\ufeff---\nservice: shop\n...\n", "\ufeff---\nservice: shop\n\naggregation:\n  api:\n    functions:\n      - clean\n...\n",
			group("api", "clean"), []string{"group api is new", "clean joins group api"}, nil,
		},
		{
			"an empty key", "aggregation: # none yet\nservice: shop\n", "aggregation: # none yet\n  api:\n    functions:\n      - clean\nservice: shop\n",
			group("api", "clean"), []string{"group api is new", "clean joins group api"}, nil,
		},
		{
			"a second group, apart like the others",
			"aggregation:\n  one:\n    functions:\n      - order-create\n\n  # the other\n  two:\n    functions:\n      - order-list # a\n      # - x\n\n# Rest\nservice: shop\n",
			"aggregation:\n  one:\n    functions:\n      - order-create\n\n  # the other\n  two:\n    functions:\n      - order-list # a\n      # - x\n\n  api:\n    functions:\n      - clean\n\n# Rest\nservice: shop\n",
			group("api", "clean"), []string{"group api is new", "clean joins group api"}, nil,
		},
		{
			"an item more, in quotes like the last",
			"aggregation:\n  api:\n    functions:\n    -   \"order-create\" # first\n    # - more\n    memorySize: 512\n",
			"aggregation:\n  api:\n    functions:\n    -   \"order-create\" # first\n    -   \"clean\"\n    # - more\n    memorySize: 512\n",
			group("api", "clean"), []string{"clean joins group api"}, nil,
		},
		{
			"an item more in brackets",
			"aggregation:\n  api:\n    functions: [ order-create, 'order-list', ] # both\n",
			"aggregation:\n  api:\n    functions: [ order-create, 'order-list', 'clean', 'user-get', ] # both\n",
			group("api", "clean", "user-get"), []string{"clean joins group api", "user-get joins group api"}, nil,
		},
		{
			"empty brackets",
			"aggregation:\n  api:\n    functions: [ ]\n    routes: [/a]\n",
			"aggregation:\n  api:\n    functions: [clean, user-get]\n    routes: [/a]\n",
			group("api", "clean", "user-get"), []string{"clean joins group api", "user-get joins group api"}, nil,
		},
		{
			"a list more",
			"aggregation:\n  api: # all\n    # by pattern\n    functionsPattern: [\"order-*\"]\n",
			"aggregation:\n  api: # all\n    functions:\n      - clean\n    # by pattern\n    functionsPattern: [\"order-*\"]\n",
			group("api", "clean", "order-list"), []string{"clean joins group api"},
			[]string{"order-list is in group api already, by its functionsPattern"},
		},
		{
			"nothing to do",
			"aggregation:\n  api: {functions: [clean]}\n", "aggregation:\n  api: {functions: [clean]}\n",
			group("api", "clean"), nil, []string{"clean is in group api already"},
		},
		{
			"moved by name",
			"aggregation:\n  api:\n    functions:\n      # money\n      - order-pay # often\n      - order-list\n  web:\n    functions: [user-get]\n",
			"aggregation:\n  api:\n    functions:\n      # money\n      - order-list\n  web:\n    functions: [user-get, order-pay]\n",
			group("web", "order-pay"), []string{"order-pay leaves group api", "order-pay joins group web"}, nil,
		},
		{
			"moved by pattern",
			"aggregation:\n  api:\n    functionsPattern:\n      - order-*\n  web:\n    functions: [user-get]\n",
			"aggregation:\n  api:\n    functionsPattern:\n      - order-*\n      - \"!order-pay\"\n  web:\n    functions: [user-get, order-pay]\n",
			group("web", "order-pay"), []string{"order-pay leaves group api", "order-pay joins group web"}, nil,
		},
		{
			"moved into a new group, with the last of the old one",
			"service: shop\naggregation:\n  # Orders\n  # of all kinds\n  api:\n    memorySize: 512\n    functions:\n      - order-pay\n\ncustom: 1\n",
			"service: shop\naggregation:\n  web:\n    functions:\n      - order-pay\n\ncustom: 1\n",
			group("web", "order-pay"),
			[]string{"group web is new", "order-pay leaves group api", "order-pay joins group web", "group api has no function left and is removed, with its memorySize"}, nil,
		},
		{
			"an overlap",
			"aggregation:\n  api:\n    functions: [order-pay]\n    overlap: true\n",
			"aggregation:\n  api:\n    functions: [order-pay]\n    overlap: true\n  web:\n    functions:\n      - order-pay\n",
			group("web", "order-pay"), []string{"group web is new", "order-pay joins group web"},
			[]string{"order-pay stays in group api, too, since an overlap is allowed"},
		},
		{
			"what undoes a split",
			"aggregation:\n  api:\n    functionsPattern: [order-*, \"!order-pay\"]\n", "aggregation:\n  api:\n    functionsPattern: [order-*]\n",
			group("api", "order-pay"), []string{"order-pay joins group api"}, nil,
		},
		{
			"a name that reads as something else",
			"aggregation:\n  api:\n    functions:\n      - clean\n", "aggregation:\n  api:\n    functions:\n      - clean\n      - \"null\"\n      - \"Yes\"\n",
			group("api", "null", "Yes"), []string{"null joins group api", "Yes joins group api"}, nil,
		},
		{
			"split by name",
			"aggregation:\n  api:\n    functions: ['order-pay', clean , user-get]\n", "aggregation:\n  api:\n    functions: [clean]\n",
			split("order-pay", "user-get", "order-list"), []string{"order-pay leaves group api", "user-get leaves group api"},
			[]string{"order-list is in no group"},
		},
		{
			"split by name, where routes are left",
			"aggregation:\n  api:\n    functions: # some\n      - clean\n      # or none\n    # more\n    routes: [/a]\n", "aggregation:\n  api:\n    # more\n    routes: [/a]\n",
			split("clean"), []string{"clean leaves group api"},
			[]string{"group api also takes functions by their routes; change these if one of them is a route of clean"},
		},
		{
			"split by name and pattern",
			"aggregation:\n  api:\n    functions: [order-pay, clean]\n    functionsPattern: ['order-*']\n",
			"aggregation:\n  api:\n    functions: [clean]\n    functionsPattern: ['order-*', '!order-pay']\n",
			split("order-pay"), []string{"order-pay leaves group api"}, nil,
		},
		{
			"the last one that a pattern matches",
			"aggregation:\n  api:\n    functionsPattern: [c*]\n  web:\n    functions: [user-get]\n", "aggregation:\n  web:\n    functions: [user-get]\n",
			split("clean"), []string{"clean leaves group api", "group api has no function left and is removed"}, nil,
		},
		{
			"the last group",
			"# The shop\nservice: shop\n\n# Units\naggregation:\n\n  api:\n    functions:\n      - clean\n      # and so on\n\n# The rest\ncustom: 1\n",
			"# The shop\nservice: shop\n\n# The rest\ncustom: 1\n",
			split("clean"), []string{"clean leaves group api", "group api has no function left and is removed"}, nil,
		},
		{
			"a group in the middle, with its comment",
			"aggregation:\n  one:\n    functions: [user-get]\n\n  # the second\n  two:\n    functions: [clean]\n\n  # the third\n  three:\n    functions: [user-list]\n",
			"aggregation:\n  one:\n    functions: [user-get]\n\n  # the third\n  three:\n    functions: [user-list]\n",
			split("clean"), []string{"clean leaves group two", "group two has no function left and is removed"}, nil,
		},
		{
			"the first group, in braces",
			"aggregation:\n  two: {functions: [clean]} # x\n\n  three:\n    functions: [user-list]\n",
			"aggregation:\n  three:\n    functions: [user-list]\n",
			split("clean"), []string{"clean leaves group two", "group two has no function left and is removed"}, nil,
		},
		{
			"targets have their own",
			"aggregation:\n  api:\n    functions: [clean, user-get]\ntargets:\n  aws:\n    aggregation:\n      api:\n        functions: [clean]\n",
			"aggregation:\n  api:\n    functions: [user-get]\ntargets:\n  aws:\n    aggregation:\n      api:\n        functions: [clean]\n",
			split("clean"), []string{"clean leaves group api"}, []string{"targets.aws.aggregation is left as it is"},
		},
		{
			"anchors elsewhere",
			"custom: &a {x: 1}\naggregation:\n  api:\n    functions: [clean, user-get]\n    environment: *a\n  web: &w\n    functions: [user-list]\n",
			"custom: &a {x: 1}\naggregation:\n  api:\n    functions: [user-get]\n    environment: *a\n  web: &w\n    functions: [user-list]\n",
			split("clean"), []string{"clean leaves group api"}, nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.change([]byte(tt.source))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, string(got.Text)); d != "" {
				t.Errorf("text (-want +got):\n%s", d)
			}
			if !slices.Equal(got.Done, tt.done) || !slices.Equal(got.Notes, tt.notes) {
				t.Errorf("done %q\nnotes %q", got.Done, got.Notes)
			}
		})
	}
}

func TestRefusal(t *testing.T) {
	routes := edit.Application{Groups: map[string][]string{"clean": {"api"}, "user-get": {"api"}, "user-list": {"api"}}}
	for _, tt := range []struct {
		name, source string
		change       change
		why, lines   string
		removed      []string
	}{
		{
			"a group in braces", "aggregation:\n  api: {functions: [clean], memorySize: 512}\n", group("api", "user-get"),
			"line 2: found api in braces, expected one key a line in what is edited",
			"aggregation:\n  api:\n    functions:\n      - clean\n      - user-get\n    # with memorySize as before", nil,
		},
		{
			"all in braces", "aggregation: {api: {functions: [clean]}, web: {functions: [user-get]}}\n", group("web", "clean"),
			"line 1: found aggregation in braces, expected one key a line in what is edited",
			"aggregation:\n  web:\n    functions:\n      - user-get\n      - clean", []string{"api"},
		},
		{
			"the file in braces", "{service: shop}\n", group("api", "clean"),
			"line 1: found the whole file in braces, expected one key a line",
			"aggregation:\n  api:\n    functions:\n      - clean", nil,
		},
		{
			"brackets in several lines", "aggregation:\n  api:\n    functions: [clean,\n      user-get]\n", split("clean"),
			"line 3: found the brackets of functions in several lines, expected one line, or one item a line",
			"aggregation:\n  api:\n    functions:\n      - user-get", nil,
		},
		{
			"an anchor", "aggregation:\n  api: &a\n    functions: [clean, user-get]\n", split("clean"),
			"line 2: found an anchor at api, expected none in what is edited",
			"aggregation:\n  api:\n    functions:\n      - user-get", nil,
		},
		{
			"an anchor in what is removed", "aggregation:\n  api:\n    functions: [clean]\n    tags: &t {a: b}\ncustom: *t\n", split("clean"),
			"line 4: found an anchor in what is removed, expected none", "", []string{"api"},
		},
		{
			"a list that is an alias", "custom: &f [clean, user-get]\naggregation:\n  api:\n    functions: *f\n", split("clean"),
			"line 4: found an alias for functions, expected the list itself in what is edited",
			"aggregation:\n  api:\n    functions:\n      - user-get", nil,
		},
		{
			"a merge key", "custom: &f {functionsPattern: [user-*]}\naggregation:\n  api:\n    <<: *f\n    timeout: 3\n", split("user-get"),
			"line 3: found a merge key (<<) in api, expected none in what is edited",
			"aggregation:\n  api:\n    functionsPattern:\n      - \"user-*\"\n      - \"!user-get\"\n    # with << and timeout as before", nil,
		},
		{
			"an item that is an alias", "custom: &f clean\naggregation:\n  api:\n    functions:\n      - *f\n      - user-get\n", split("user-get"),
			"line 5: found an alias or a tag in functions, expected plain text in what is edited",
			"aggregation:\n  api:\n    functions:\n      - clean", nil,
		},
		{
			"a route", "aggregation:\n  api:\n    routes: [/a/*]\n",
			func(source []byte) (*edit.Result, error) {
				return edit.Split(source, []string{"clean", "user-get"}, routes)
			},
			"line 2: group api takes clean by one of its routes (/a/*), and a route cannot leave a function out",
			"aggregation:\n  api:\n    functions:\n      - user-list\n    # without routes", nil,
		},
		{
			"moved from a route", "aggregation:\n  api:\n    routes: [/a/*]\n",
			func(source []byte) (*edit.Result, error) {
				return edit.Group(source, "web", []string{"clean"}, routes)
			},
			"line 2: group api takes clean by one of its routes (/a/*), and a route cannot leave a function out",
			"aggregation:\n  api:\n    functions:\n      - user-get\n      - user-list\n    # without routes\n  web:\n    functions:\n      - clean", nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.change([]byte(tt.source))
			r, ok := errors.AsType[*edit.Refusal](err)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if r.Error() != tt.why || strings.Join(r.Lines, "\n") != tt.lines || !slices.Equal(r.Removed, tt.removed) {
				t.Errorf("%v\n%s\nremoved %q", r, strings.Join(r.Lines, "\n"), r.Removed)
			}
		})
	}
	if d := cmp.Diff(map[string][]string{"clean": {"api"}, "user-get": {"api"}, "user-list": {"api"}}, routes.Groups); d != "" {
		t.Errorf("what the caller knows was changed:\n%s", d)
	}
}

func TestWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		source, want string
		change       change
	}{
		"two documents":     {"service: a\n---\nservice: b\n", "line 2: found a second document, expected one", group("api", "clean")},
		"a tab":             {"service: a\naggregation:\n\tapi:\n", "line 3: found a tab in the indentation, expected spaces", group("api", "clean")},
		"a key twice":       {"service: a\nservice: b\n", `line 2: key "service" is already in line 1`, group("api", "clean")},
		"a group twice":     {"aggregation:\n  api:\n  api:\n", `line 3: key "api" is already in line 2`, group("api", "clean")},
		"a list twice":      {"aggregation:\n  api:\n    functions: []\n    functions: []\n", `line 4: key "functions" is already in line 3`, group("api", "clean")},
		"no map":            {"aggregation: 3\n", "line 1: found no keys for aggregation, expected groups by their names", group("api", "clean")},
		"no group":          {"aggregation: {api: 3}\n", "line 1: found no keys for the group api, expected such as functions", group("api", "clean")},
		"no list":           {"aggregation: {api: {functions: x}}\n", "line 1: found no list for functions, expected one", group("api", "clean")},
		"no yaml":           {"a: [\n", "yaml: line 1: did not find expected node content", group("api", "clean")},
		"no keys":           {"- a\n", "line 1: found no keys, expected those of f.yml", group("api", "clean")},
		"line ends":         {"a: b\rc: d\n", "found a line end that is neither that of Unix nor that of Windows, expected one of these", group("api", "clean")},
		"a group's name":    {"", `found "a b" as the name of a group, expected 2 to 60 letters, digits and dashes that start with a letter`, group("a b", "clean")},
		"a function's name": {"", `found "!x" as the name of a function, expected 2 to 60 letters, digits and dashes that start with a letter`, split("!x")},
	} {
		if _, err := tt.change([]byte(tt.source)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
