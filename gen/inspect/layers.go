package inspect

import (
	"go/token"
	"strings"

	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
)

// layersFile is the name under which the reader knows what f.yml says of the configuration of layers. What it says of a place in
// it means one of f.yml.
const layersFile = "layers of f.yml"

// layerDefaults is that configuration; it lies below everything else.
func (a *Application) layerDefaults() values.LayerDefaults { return values.Layers(a.plan.Spec.Layers) }

// reach is what some functions need, with the layers that f.yml lists for them: they may be linked with others, for other targets and stages.
func (a *Application) reach(functions []*model.Function) []*wiring.Node {
	having := make([]*model.Function, len(functions))
	for i, f := range functions {
		having[i] = f.Having(a.plan.Spec.NamedLayers(f.Name))
	}
	return a.graph.Reach(having)
}

// inFile takes the place out of an error of the reader: in one of some files, or in f.yml.
func (a *Application) inFile(text string, files []string) (string, token.Position) {
	text, pos := inFile(text, append([]string{layersFile}, files...))
	return text, a.fromLayers(pos)
}

// fromLayers is a place in f.yml, for one in the configuration of layers.
func (a *Application) fromLayers(pos token.Position) token.Position {
	if pos.Filename != layersFile {
		return pos
	}
	return a.layerDefaults().Place(pos.Column).Pos
}

// withLayers adds that configuration to the defaults of components.
func (a *Application) withLayers(defaults []config.Defaults) []config.Defaults {
	if text := a.layerDefaults().Text; text != "" {
		defaults = append([]config.Defaults{{Name: layersFile, Content: text}}, defaults...)
	}
	return defaults
}

// layer is the place in f.yml where a key of a layer may be set, "" for the keys of others.
func layer(key string) string {
	rest, ok := strings.CutPrefix(key, "layers.")
	name, _, below := strings.Cut(rest, ".")
	if !ok || !below {
		return ""
	}
	return "layers." + name + ".config"
}

// layerOf is where f.yml defines the layer that a key belongs to.
func (a *Application) layerOf(key string) spec.Place {
	return a.plan.Spec.KeyPlace(strings.TrimSuffix(layer(key), ".config"))
}
