package emit

import (
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// The layers of f.yml: a method of the container describes each, and every function that is linked with it mentions the method. Which
// of them a function has is not known here: the settings of a deployment say so.

// namedLayers are those that a function is linked with, by name.
func (w *writer) namedLayers() (list []*model.Layer) {
	for _, l := range w.layers {
		if l.Instance != "" {
			list = append(list, l)
		}
	}
	return list
}

// layerField is the field that replaces a layer, in lower case: auditLayer.
func layerField(l *model.Layer) string {
	name := camel(l.Instance)
	if strings.HasSuffix(name, "Layer") {
		return name
	}
	return name + "Layer"
}

func (w *writer) nameLayers() {
	w.layerMethods = map[*model.Layer]string{}
	for _, l := range w.namedLayers() {
		w.layerMethods[l] = w.fields.take("layer" + model.Title(camel(l.Instance)))
	}
}

// writeLayers writes those methods.
func (w *writer) writeLayers(f *file) {
	for _, l := range w.namedLayers() {
		name := w.layerMethods[l]
		f.comment(name+" is layer "+l.Instance+" of f.yml.", "")
		f.p("func (c *container) %s(on bool) %s {", name, symNamedLayer)
		fields := f.s("Name: %q, Off: !on, Instead: c.%s", l.Instance, w.replacedLayers[l])
		if n := w.nodes[l.Provider]; n == nil {
			fields += ", Make: " + f.makeLayer(l)
		} else {
			if w.reads[n] {
				fields += f.s(",\nCheck: %s(c, c.settings, %s)", symCheckConfig, checkName(w.checked(n)))
			}
			fields += f.s(",\nBuild: %s(c, %s)", symAdaptedLayer, getterName(w.primary(n)))
		}
		f.p("return %s{%s}", symNamedLayer, fields)
		f.p("}")
		f.p("")
	}
}
