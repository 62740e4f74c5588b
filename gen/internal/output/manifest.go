package output

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// ManifestName is the name of the manifest in Folder.
const ManifestName = "manifest.json"

// manifest lists the files below Folder with their hashes.
type manifest struct {
	// Comment says what the file is, since JSON has no other place for it.
	Comment string            `json:"comment"`
	Files   map[string]string `json:"files"`
	// Previous holds the hashes before a commit that has not ended.
	Previous map[string]string `json:"previous,omitempty"`

	// merged are the hashes of all sides of a merge that left its conflict markers, nil without one.
	merged map[string][]string
}

const manifestComment = "Written by faasgen: the generated files and their hashes. By them it knows what it may replace and delete."

func (m manifest) encode() ([]byte, error) {
	m.Comment = manifestComment
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "\t")
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return b.Bytes(), err
}

// decode reads a manifest. One with the conflict markers of a merge has the entries of all its sides; a broken one counts as
// none.
func decode(content []byte) (manifest, bool) {
	if conflicted(content) {
		m := manifest{merged: map[string][]string{}}
		for line := range strings.Lines(string(content)) {
			var entry map[string]string
			if json.Unmarshal([]byte("{"+strings.TrimSuffix(strings.TrimSpace(line), ",")+"}"), &entry) != nil {
				continue
			}
			for name, hash := range entry {
				m.merged[name] = append(m.merged[name], hash)
			}
		}
		return m, true
	}
	var m manifest
	if json.Unmarshal(content, &m) != nil || m.Files == nil {
		return manifest{}, false
	}
	return m, true
}

// accepts reports whether the file is listed at all, and whether with that hash.
func (m manifest) accepts(name, hash string) (known, same bool) {
	now, inNow := m.Files[name]
	was, inWas := m.Previous[name]
	merged, inMerged := m.merged[name]
	return inNow || inWas || inMerged, inNow && now == hash || inWas && was == hash || slices.Contains(merged, hash)
}
