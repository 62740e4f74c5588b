package output

import (
	"bytes"
	"encoding/json"
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

// decode reads a manifest. A broken one, after a merge perhaps, counts as none.
func decode(content []byte) (manifest, bool) {
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
	return inNow || inWas, inNow && now == hash || inWas && was == hash
}
