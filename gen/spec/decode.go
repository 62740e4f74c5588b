package spec

import (
	"encoding"
	"fmt"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

// extensionKey is the name in the faas tag of a field that holds x-<target> keys.
const extensionKey = "x-*"

var extensionForm = regexp.MustCompile(`^x-[a-z][a-z0-9]*$`)

// decoder fills the types of this package from yaml nodes, driven by their faas tags: the same walk makes the JSON
// schema (schema.go).
type decoder struct {
	*tree
	// keys are the places of keys, places those that Spec.Places describes.
	keys, places map[string]Place
	// noted are the paths in places, in the order they came, so that those below one are found without looking at all.
	noted []string
	// replaced is Spec.replaced.
	replaced map[token.Position]string
	// failed is Spec.failed, staged Spec.staged.
	failed map[string]bool
	staged map[string]Place
	// nulls is Spec.nulls.
	nulls map[string]Place
}

func (d *decoder) spec(root *yaml.Node) *Spec {
	s := &Spec{Path: d.path}
	if root == nil {
		d.report(d.at(1, 1, 1).Errorf(CodeRequired, "service is missing"))
	} else {
		d.value(root, reflect.ValueOf(s).Elem(), where{})
	}
	s.keys, s.Places, s.Positions, s.replaced, s.failed = d.keys, d.places, map[string]token.Position{}, d.replaced, d.failed
	s.staged, s.nulls, s.unset, s.spoilt = d.staged, d.nulls, d.unset, d.spoilt
	for path, place := range d.keys {
		s.Positions[path] = place.Pos
	}
	return s
}

// value decodes one node. What it cannot decode it reports and leaves alone.
func (d *decoder) value(node *yaml.Node, v reflect.Value, w where) {
	if d.takesAway(node, v.Type(), w) {
		return
	}
	n := d.enter(node)
	if n == nil {
		return
	}
	defer d.leave()
	defer func(fixed string) { d.sub.fixed = fixed }(d.sub.fixed)
	d.sub.fixed = w.fixed
	defer d.locate(len(d.unset), w.path, node)
	defer func(before int) {
		if len(d.diags) > before {
			d.failed[w.path] = true
		}
		for i := before; belowSecrets(w.path) && i < len(d.diags); i++ {
			d.diags[i].Line = "" // which may have a secret in it
		}
	}(len(d.diags))
	if w.path != "" {
		if _, ok := d.places[w.path]; !ok || n.Kind == yaml.ScalarNode || w.item {
			d.note(w.path, d.node(node))
		}
	}
	switch v.Type() {
	case reflect.TypeFor[*yaml.Node]():
		v.Set(reflect.ValueOf(n))
		return
	case reflect.TypeFor[Event]():
		d.event(n, v, w)
		return
	case reflect.TypeFor[Values]():
		d.configuration(n, v.Addr().Interface().(*Values), w)
		return
	case reflect.TypeFor[annotations.List]():
		d.words(node, n, v, w)
		return
	}
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); !ok {
		switch v.Kind() {
		case reflect.Pointer:
			if v.Type().Elem().Kind() == reflect.Struct && isNull(n) && !w.item {
				v.Set(reflect.New(v.Type().Elem()))
				return
			}
			p := reflect.New(v.Type().Elem())
			before, unset := len(d.diags), len(d.unset)
			d.value(node, p.Elem(), w)
			if len(d.diags) == before && len(d.unset) == unset || p.Elem().Kind() == reflect.Struct {
				v.Set(p)
			}
			return
		case reflect.Struct:
			d.structure(n, v, w)
			return
		case reflect.Map:
			d.dictionary(n, v, w)
			return
		case reflect.Slice:
			d.list(n, v, w)
			return
		}
	}
	d.scalar(node, n, v, w)
}

// locate says of the variables without a value since then, which none below has told, what path and node have them.
func (d *decoder) locate(since int, path string, node *yaml.Node) {
	for i := since; i < len(d.unset); i++ {
		if u := &d.unset[i]; u.path == "" {
			u.path, u.value = path, d.node(node).Pos
		}
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// wrong reports a node of the wrong type.
func (d *decoder) wrong(n *yaml.Node, w where, expected string) {
	if belowSecrets(w.path) { // where the text may be the secret itself
		d.report(d.node(n).Errorf(CodeType, "%s is not a reference, expected {from: SCHEME:NAME}", w.path))
		return
	}
	found := describe(n)
	if w.key != "" && !w.item {
		found += " for " + w.key
	}
	d.report(d.node(n).Errorf(CodeType, "found %s, expected %s", found, expected))
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value, w where) {
	if isNull(n) && w.path != "" && !w.item {
		return
	}
	fields := annotations.Fields(v.Type())
	if n.Kind != yaml.MappingNode {
		d.wrong(n, w, "a map of keys")
		if n.Kind == yaml.ScalarNode && !w.item && slices.ContainsFunc(fields, func(f annotations.Field) bool { return f.Name == "enabled" }) {
			on := "true"
			if n.ShortTag() == "!!bool" {
				on = n.Value
			}
			d.diags[len(d.diags)-1].Hint = fmt.Sprintf("write %s: {enabled: %s}", w.key, on)
		}
		return
	}
	seen := map[string]bool{}
	from := len(d.noted)
	for _, e := range d.entries(n) {
		at := w.child(e.name)
		i := slices.IndexFunc(fields, func(f annotations.Field) bool { return f.Name == e.name && f.Name != extensionKey })
		if i < 0 {
			d.extension(e, v, fields, w)
			continue
		}
		d.key(at.path, e.key)
		seen[e.name] = true
		at.enum = fields[i].Enum
		d.value(e.value, v.FieldByIndex(fields[i].Index), at)
	}
	for _, f := range fields {
		if f.Required && !seen[f.Name] {
			place := d.node(n)
			if w.path == "" {
				place = d.at(1, 1, 1)
			} else if !w.item {
				place = d.places[w.path].Or(place)
			}
			d.report(place.Errorf(CodeRequired, "%s is missing%s", f.Name, in(w)))
		}
	}
	if settings := v.FieldByName("Settings"); settings.IsValid() {
		settings.FieldByName("Places").Set(reflect.ValueOf(d.below(w.path, from)))
	}
}

func in(w where) string {
	if w.path == "" {
		return ""
	}
	return " in " + w.path
}

// below returns the places below a path that were noted since, by the rest of their paths.
func (d *decoder) below(path string, since int) map[string]Place {
	places := map[string]Place{}
	for _, at := range d.noted[since:] {
		if rest, ok := strings.CutPrefix(at, path+"."); ok {
			if place, ok := d.places[at]; ok { // not of what is taken away
				places[rest] = place
			}
		}
	}
	return places
}

// note keeps a place.
func (d *decoder) note(path string, place Place) {
	d.places[path] = place
	d.noted = append(d.noted, path)
}

// key notes the place of a key. Values note theirs later, over it, when they are scalars.
func (d *decoder) key(path string, key *yaml.Node) {
	place := d.node(key)
	d.keys[path] = place
	d.note(path, place)
}

func (d *decoder) unknown(e entry, fields []annotations.Field, w where) {
	var known []string
	for _, f := range fields {
		if f.Name != extensionKey {
			known = append(known, f.Name)
		}
	}
	diag := d.node(e.key).Errorf(CodeUnknownKey, "unknown key %q%s", e.name, in(w))
	switch {
	case extensionForm.MatchString(e.name):
		diag.Hint = "the vendor's own keys go into f.yml itself, provider, functions.<name> or the arguments of a trigger"
	case e.name == "package" && strings.HasPrefix(w.path, "stages."):
		diag.Hint = "one package serves all stages"
	case e.name == "use" && w.layerOverlay():
		diag.Hint = "the package of a layer is the same for all targets and stages; only config can differ"
	default:
		diag.Hint = suggestion(e.name, known)
	}
	d.report(diag)
}

// suggestion is the hint for a word that is not one of those known.
func suggestion(found string, known []string) string {
	s := annotations.Suggest(found, known)
	for _, k := range known {
		if s == "" && len(found) > 2 && strings.HasPrefix(strings.ToLower(k), strings.ToLower(found)) {
			s = k // memory for memorySize
		}
	}
	if s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	if len(known) == 0 {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}

func (d *decoder) dictionary(n *yaml.Node, v reflect.Value, w where) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(n, w, "a map")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range d.entries(n) {
		if v.Type() == reflect.TypeFor[map[string]*Domain]() {
			var ok bool
			if e.name, ok = d.stagedKey(e); !ok {
				continue
			}
		}
		at := w.child(e.name)
		at.loose = v.Type().Elem().Kind() == reflect.String
		d.key(at.path, e.key)
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(e.value, value, at)
		if _, gone := d.nulls[at.path]; gone {
			continue
		}
		if value.Kind() == reflect.Pointer && value.IsNil() {
			continue
		}
		v.SetMapIndex(reflect.ValueOf(e.name), value)
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, w where) {
	if n.Kind != yaml.SequenceNode {
		expected := "a list"
		if isNull(n) {
			expected = "a list; [] is the empty one"
		}
		d.wrong(n, w, expected)
		return
	}
	items := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		at := w.child(strconv.Itoa(i))
		at.item = true
		d.value(item, items.Index(i), at)
	}
	v.Set(items)
}

// words decodes a List: a list, or one word that may hold several with commas between them, as in a directive.
func (d *decoder) words(node, n *yaml.Node, v reflect.Value, w where) {
	if n.Kind == yaml.ScalarNode {
		d.scalar(node, n, v, w)
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.wrong(n, w, "a word or a list of words")
		return
	}
	var texts []string
	d.list(n, reflect.ValueOf(&texts).Elem(), w)
	v.Set(reflect.ValueOf(annotations.List(texts)))
}

// event decodes one trigger: a map with one key, its kind.
func (d *decoder) event(n *yaml.Node, v reflect.Value, w where) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, w, "a trigger such as http: {method: GET, path: /}")
		return
	}
	entries := d.entries(n)
	if len(entries) != 1 {
		d.report(d.node(n).Errorf(CodeType, "found a trigger with %d keys, expected one: its kind", len(entries)))
		return
	}
	e := entries[0]
	triggers := annotations.Triggers()
	of := slices.IndexFunc(triggers, func(t annotations.Definition) bool { return t.Name == e.name })
	if of < 0 {
		var known []string
		for _, t := range triggers {
			known = append(known, t.Name)
		}
		diag := d.node(e.key).Errorf(CodeUnknownKey, "unknown trigger %q", e.name)
		diag.Hint = suggestion(e.name, known)
		d.report(diag)
		return
	}
	at := w.child(e.name)
	d.key(at.path, e.key)
	event := Event{Kind: e.name, Pos: d.keys[at.path].Pos, Place: d.keys[at.path], Marker: reflect.New(triggers[of].Marker).Interface()}
	arguments := e.value
	if m := d.enter(e.value); m != nil {
		arguments = m
		d.leave()
	}
	if isNull(arguments) {
		arguments = &yaml.Node{Kind: yaml.MappingNode, Line: e.key.Line, Column: e.key.Column}
	}
	from := len(d.noted)
	if arguments.Kind == yaml.MappingNode {
		arguments = d.withoutExtensions(arguments, &event.Extension, at)
	}
	d.value(arguments, reflect.ValueOf(event.Marker).Elem(), at)
	event.Places = d.below(at.path, from)
	v.Set(reflect.ValueOf(event))
}

// scalar decodes text, numbers, true and false, and what reads itself from text.
func (d *decoder) scalar(node, n *yaml.Node, v reflect.Value, w where) {
	expected, tags := expectation(v, w)
	if n.Kind != yaml.ScalarNode {
		d.wrong(n, w, expected)
		return
	}
	d.sub.stage = w.stage && v.Kind() == reflect.String && len(w.enum) == 0
	text, replaced, ok := d.text(n)
	d.sub.stage = false
	if !ok {
		return
	}
	d.needsStage(text, w.path, node)
	if replaced {
		d.replaced[d.node(node).Pos] = n.Value
	}
	if !Known(text) && (v.Kind() != reflect.String || len(w.enum) > 0 || w.path == "provider.name" || w.path == "provider.stage") {
		return // as if it were not there
	}
	if !replaced && !slices.Contains(tags, n.ShortTag()) {
		d.wrong(n, w, expected)
		return
	}
	if n.ShortTag() == "!!bool" && v.Kind() == reflect.Bool {
		text = strings.ToLower(text) // yaml has True and TRUE too
	}
	field := annotations.Field{Name: w.key, Enum: w.enum}
	var err error
	if len(w.enum) > 0 && !slices.Contains(w.enum, text) {
		var structure struct{ Value string }
		field.Index = []int{0}
		err = field.Set(reflect.ValueOf(&structure).Elem(), text)
	} else {
		err = annotations.SetText(v, text)
	}
	if err == nil {
		return
	}
	place, message := d.node(node), err.Error()
	if replaced {
		// The value may be a secret, and the error quotes it.
		message = fmt.Sprintf("the value of %s is not %s", clip(n.Value), expected)
	}
	diag := place.Errorf(CodeValue, "%s", message)
	if w.key != "" && !w.item && len(w.enum) == 0 {
		diag.Message = w.key + ": " + diag.Message
	}
	diag.Hint = annotations.Hint(err)
	d.report(diag)
}

// expectation says what belongs into v, for people and as the tags of yaml.
func expectation(v reflect.Value, w where) (string, []string) {
	text := []string{"!!str", "!!timestamp"}
	switch v.Type() {
	case reflect.TypeFor[annotations.Memory]():
		return "an amount of memory such as 256 or 1GB", []string{"!!str", "!!int", "!!float"}
	case reflect.TypeFor[annotations.Duration]():
		return "a duration such as 10 or 1m30s", []string{"!!str", "!!int", "!!float"}
	case reflect.TypeFor[annotations.Days]():
		return "a number of days such as 30 or 30d", []string{"!!str", "!!int"}
	case reflect.TypeFor[annotations.Statuses]():
		return "a status such as 201, or several such as 200,202", []string{"!!str", "!!int"}
	case reflect.TypeFor[annotations.List]():
		return "a word or a list of words", text
	}
	switch v.Kind() {
	case reflect.Bool:
		return "true or false", []string{"!!bool"}
	case reflect.Float64:
		return "a number", []string{"!!int", "!!float"}
	case reflect.Int:
		return "a whole number", []string{"!!int"}
	}
	if len(w.enum) > 0 {
		return annotations.Join(w.enum, "or"), text
	}
	if w.loose {
		return "text", append(text, "!!int", "!!float", "!!bool")
	}
	return "text", text
}
