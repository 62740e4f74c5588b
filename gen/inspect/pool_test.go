package inspect_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// Whatever reads maxOpen below a key has a pool: by a field of its own, in a struct, with a default, for one function.
const pooled = `package shop

type Limits struct {
	Name string
	MaxOpen int
}

//faas:provide
type Direct struct {
	Max int //faas:config key=direct.maxOpen default=7
}

//faas:provide
type Whole struct {
	Limits *Limits //faas:config key=whole
}

//faas:provide
type Nested struct {
	Both struct { DB Limits ` + "`yaml:\"db\"`" + ` } //faas:config key=nested
}

//faas:provide
type Text struct {
	Limits struct { MaxOpen string } //faas:config key=text
}

type Controller struct {
	Direct *Direct //faas:inject
	Whole  *Whole  //faas:inject
	Nested *Nested //faas:inject
	Text   *Text   //faas:inject
}

//faas:handler get
func (*Controller) Get() {}

//faas:handler own
func (*Controller) Own() {}

//faas:handler free
func Free() {}
`

func TestPools(t *testing.T) {
	type pool struct {
		MaxOpen      int64
		Known        bool
		File         string
		Line, Column int
	}
	for name, c := range map[string]struct {
		resource, spec, config string
		want                   map[string]pool // by unit
	}{
		"default":           {resource: "direct", want: map[string]pool{"get": {MaxOpen: 7, Known: true}, "own": {MaxOpen: 7, Known: true}}},
		"file":              {resource: "direct", config: "direct: {maxOpen: 3}", want: map[string]pool{"get": {3, true, "config.default.yml", 1, 19}, "own": {3, true, "config.default.yml", 1, 19}}},
		"struct":            {resource: "whole", config: "whole: {maxOpen: 4}", want: map[string]pool{"get": {4, true, "config.default.yml", 1, 18}, "own": {4, true, "config.default.yml", 1, 18}}},
		"struct without it": {resource: "whole", config: "whole: {name: x}", want: map[string]pool{"get": {0, true, "config.default.yml", 1, 8}, "own": {0, true, "config.default.yml", 1, 8}}},
		"nested":            {resource: "nested.db", config: "nested: {db: {maxOpen: 5}}", want: map[string]pool{"get": {5, true, "config.default.yml", 1, 24}, "own": {5, true, "config.default.yml", 1, 24}}},
		"of a function": {
			resource: "whole", config: "whole: {maxOpen: 4}", spec: "functions: {own: {config: {whole: {maxOpen: 6}}}}",
			want: map[string]pool{"get": {4, true, "config.default.yml", 1, 18}, "own": {6, true, "f.yml", 2, 45}},
		},
		"variable": {
			resource: "whole", config: "whole: {maxOpen: 4}", spec: "functions: {own: {environment: {WHOLE_MAX_OPEN: \"8\"}}, get: {environment: {CONFIG_WHOLE: \"{maxOpen: 9}\"}}}",
			want: map[string]pool{"get": {9, true, "f.yml", 2, 90}, "own": {8, true, "f.yml", 2, 49}},
		},
		"of the deployment": {
			resource: "direct", spec: "functions: {own: {environment: {DIRECT_MAX_OPEN: \"${env.POOL_NOWHERE}\"}}, get: {environment: {DIRECT_MAX_OPEN_FROM: env:MAX}}}",
			want: map[string]pool{"get": {}, "own": {}},
		},
		"no number":     {resource: "text", config: "text: {maxOpen: x}", want: map[string]pool{"get": {0, false, "config.default.yml", 1, 17}, "own": {0, false, "config.default.yml", 1, 17}}},
		"wrong number":  {resource: "direct", config: "direct: {maxOpen: many}", want: map[string]pool{"get": {0, false, "config.default.yml", 1, 19}, "own": {0, false, "config.default.yml", 1, 19}}},
		"broken file":   {resource: "direct", config: "direct: [", want: map[string]pool{"get": {}, "own": {}}},
		"nothing reads": {resource: "nobody", want: map[string]pool{}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := module(t, "")
			apptest.Write(t, dir, map[string]string{
				"shop/shop.go": pooled, "f.yml": "service: shop\n" + c.spec + "\n", "config.default.yml": c.config + "\n",
			})
			app := read(t, dir)
			got := map[string]pool{}
			for _, p := range app.Pools(app.Units(), c.resource) {
				if _, twice := got[p.Unit]; twice {
					t.Errorf("%s has two pools", p.Unit)
				}
				if p.Key != c.resource+".maxOpen" {
					t.Errorf("key %s", p.Key)
				}
				file := p.Pos.Filename
				if file != "" {
					file = filepath.Base(file)
				}
				got[p.Unit] = pool{p.MaxOpen, p.Known, file, p.Pos.Line, p.Pos.Column}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
